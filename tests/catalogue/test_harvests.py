"""The shelf of harvests, on both stores."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from broadsheet.catalogue import Catalogue, Harvest, History, Outcome, restore
from broadsheet.errors import CatalogueError

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
RUN = Harvest(source="toy", spec="toy:cs.CL", started=NOON, touched=NOON, since=date(2026, 1, 1))


def filed(catalogue: Catalogue, *harvests: Harvest) -> list[Harvest]:
    """The tries, filed one after the other."""
    with catalogue.writing() as desk:
        return [replace(one, key=desk.harvests.begin(one)) for one in harvests]


def test_a_try_comes_back_as_it_was_written(catalogue: Catalogue) -> None:
    (begun,) = filed(catalogue, RUN)
    written = replace(
        begun,
        touched=NOON + HOUR,
        finished=NOON + HOUR,
        outcome=Outcome.FAILED,
        until=date(2026, 1, 5),
        cursor={"token": "a|b"},
        counts={"new": 3, "unknown": 0},
        pages=2,
        total=900,
        announced=NOON - HOUR,
        through=NOON,
        error="The source said:\nno.",
    )
    with catalogue.writing() as desk:
        desk.harvests.write(written)
    with catalogue.reading() as desk:
        assert desk.harvests.list("toy:cs.CL", 9) == [written]
        assert desk.harvests.list("toy:cs.LG", 9) == []
    with catalogue.writing() as desk:
        desk.harvests.write(replace(written, error="a\0b", cursor={}))
        assert desk.harvests.list("toy:cs.CL", 9)[0].error == "a\ufffdb"
        assert desk.harvests.list("toy:cs.CL", 9)[0].cursor == {}


def test_a_try_that_is_not_there_any_more_is_not_written(catalogue: Catalogue) -> None:
    (begun,) = filed(catalogue, RUN)
    with catalogue.writing() as desk:
        with pytest.raises(CatalogueError, match="not in the catalogue any more"):
            desk.harvests.write(replace(begun, key=begun.key + 1))
        with pytest.raises(CatalogueError, match="not in the catalogue any more"):
            desk.harvests.write(replace(begun, started=NOON + HOUR))


def test_the_history_names_the_last_good_one_and_counts_failures_since(
    catalogue: Catalogue,
) -> None:
    with catalogue.reading() as desk:
        assert desk.harvests.history("toy:cs.CL") == History()
    good = replace(RUN, outcome=Outcome.DONE)
    bad = replace(RUN, outcome=Outcome.FAILED, error="no")
    before = replace(bad, started=NOON - HOUR)
    later = [replace(bad, started=NOON + HOUR * hours) for hours in (1, 2)]
    stopped = replace(RUN, outcome=Outcome.STOPPED, started=NOON + 3 * HOUR)
    other = replace(bad, spec="toy:cs.LG")
    kept = filed(catalogue, before, good, *later, stopped, other)
    with catalogue.reading() as desk:
        assert desk.harvests.history("toy:cs.CL") == History(
            kept[4], kept[1], 2, NOON + HOUR, kept[1]
        )
        assert desk.harvests.history("toy:cs.LG") == History(kept[5], None, 1, NOON)


def test_only_the_last_try_for_the_same_days_is_gone_on_with(catalogue: Catalogue) -> None:
    since, until = date(2026, 1, 1), date(2026, 1, 5)
    stopped = replace(RUN, outcome=Outcome.STOPPED, cursor={"page": "3"})
    windows = [stopped, replace(stopped, until=until), replace(stopped, since=None)]
    kept = filed(catalogue, *windows)
    with catalogue.reading() as desk:
        unfinished = desk.harvests.unfinished
        assert unfinished("toy:cs.CL", since, None) == kept[0]
        assert unfinished("toy:cs.CL", since, until) == kept[1]
        assert unfinished("toy:cs.CL", None, None) == kept[2]
        assert unfinished("toy:cs.CL", until, None) is None
    filed(catalogue, replace(RUN, outcome=Outcome.DONE))
    with catalogue.reading() as desk:
        assert desk.harvests.unfinished("toy:cs.CL", since, None) is None


def test_a_backup_holds_the_tries_and_gives_no_key_again(
    catalogue: Catalogue, tmp_path: Path, locks: Path
) -> None:
    kept = filed(catalogue, RUN, RUN)
    catalogue.backup(tmp_path / "copy.db", progress=lambda share: None)
    url = f"sqlite:///{tmp_path / 'other.db'}"
    restore(
        tmp_path / "copy.db",
        url,
        locks=locks,
        replace=False,
        now=NOON,
        progress=lambda share: None,
    )
    other = Catalogue.open(url, locks=locks)
    with other.writing() as desk:
        assert desk.harvests.list("toy:cs.CL", 9) == kept[::-1]
        assert desk.harvests.begin(RUN) == kept[1].key + 1
    assert other.check() == []
    other.close()


def test_old_tries_before_the_last_good_one_are_forgotten(catalogue: Catalogue) -> None:
    old, new = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)
    tries = [
        ("a", old, Outcome.DONE),
        ("a", old, Outcome.FAILED),
        ("a", new, Outcome.FAILED),
        ("a", new, Outcome.DONE),
        ("b", old, Outcome.DONE),
        ("b", old, Outcome.FAILED),
        ("c", old, Outcome.FAILED),
    ]
    with catalogue.writing() as desk:
        keys = [
            desk.harvests.begin(
                Harvest(source=spec, spec=spec, started=at, touched=at, outcome=outcome)
            )
            for spec, at, outcome in tries
        ]
        assert desk.harvests.prune(datetime(2026, 2, 1, tzinfo=UTC)) == 2
        left = [one.key for spec in "abc" for one in desk.harvests.list(spec, 9)]
        assert sorted(left) == keys[2:]


def test_a_back_fill_does_not_count_as_reaching_the_present(catalogue: Catalogue) -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    plain = Harvest(source="a", spec="a", started=at, touched=at, outcome=Outcome.DONE)
    with catalogue.writing() as desk:
        desk.harvests.begin(replace(plain, until=at.date()))
        assert desk.harvests.history("a").reaching is None
        reaching = desk.harvests.begin(plain)
        good = desk.harvests.begin(replace(plain, until=at.date()))
        history = desk.harvests.history("a")
        assert history.good
        assert history.good.key == good
        assert history.reaching
        assert history.reaching.key == reaching
        desk.harvests.prune(datetime(2027, 1, 1, tzinfo=UTC))
        assert desk.harvests.history("a") == history
