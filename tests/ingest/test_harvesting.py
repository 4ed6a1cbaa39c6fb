"""Harvests into real catalogues: what is filed, what is recorded, and how they go on."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from broadsheet.catalogue import Catalogue, Citation, Harvest, Outcome, restore
from broadsheet.errors import (
    BusyError,
    CatalogueError,
    FetchError,
    InputError,
    SettingError,
    SourceError,
)
from broadsheet.fetch import Client
from broadsheet.ingest import NamedSource, Order, harvest
from broadsheet.ingest.harvesting import papers_of, reached
from broadsheet.papers import PaperId, Signal, SignalKind
from broadsheet.sources.remote import Gone, Page, Tally, Wanted
from tests.catalogue.killing import die_after_statements, run_and_kill
from tests.library.listing import THROUGH, Listed, toy_lists, toy_record
from tests.library.ready import new_catalogue

NOW = datetime(2026, 5, 4, 6, tzinfo=UTC)
DOWN = FetchError("https://toy.example/ gave HTTP 503.", hint="Try again later.")


def take(
    catalogue: Catalogue, source: Listed, order: Order | None = None, **options: Any
) -> Harvest:
    """Harvest a source at a moment of its own."""
    settled: dict[str, Any] = {"clock": lambda: NOW} | options
    return harvest(catalogue, Client(), source.asked(), order or Order(), **settled)


def ids(catalogue: Catalogue) -> list[str]:
    """The ids of all papers, as they were filed."""
    with catalogue.reading() as desk:
        return [paper.id for _, paper in desk.papers.page(0, 1000)]


def test_all_pages_are_filed_and_the_try_is_recorded(catalogue: Catalogue) -> None:
    source = Listed(toy_lists(3), announced=NOW - timedelta(hours=9))
    told: list[tuple[int, int]] = []
    done = take(catalogue, source, progress=lambda at: told.append((at.done, at.total)))
    assert done.outcome is Outcome.DONE
    assert (done.pages, done.total, done.cursor, done.error) == (3, 9, None, "")
    assert (done.counts["read"], done.counts["new"]) == (9, 9)
    assert (done.started, done.finished, done.through) == (NOW, NOW, THROUGH)
    assert done.announced == NOW - timedelta(hours=9)
    assert told == [(3, 9), (6, 9), (9, 9)]
    with catalogue.reading() as desk:
        assert desk.harvests.list("listed:toy", 9) == [done]
        assert desk.papers.count() == 9
    assert catalogue.check() == []


def test_the_next_harvest_asks_again_for_one_day(catalogue: Catalogue) -> None:
    source = Listed(toy_lists(2))
    take(catalogue, source)
    again = take(catalogue, source)
    assert [wanted.since for wanted in source.wanted] == [None, date(2026, 5, 2)]
    assert (again.counts["unchanged"], again.counts["new"]) == (6, 0)
    assert ids(catalogue) == [f"toy:{number}" for number in range(6)]


def test_after_a_stale_harvest_the_days_that_are_owed_are_asked_for(catalogue: Catalogue) -> None:
    source = Listed(toy_lists(1), announced=NOW - timedelta(days=6), due=NOW - timedelta(days=1))
    take(catalogue, source)
    source.announced = NOW
    take(catalogue, source)
    take(catalogue, source)
    assert [wanted.since for wanted in source.wanted] == [
        None,
        date(2026, 4, 27),
        date(2026, 5, 2),
    ]


@pytest.mark.parametrize("page", range(4))
def test_a_failure_before_any_page_loses_and_repeats_nothing(
    catalogue: Catalogue, page: int
) -> None:
    source = Listed(toy_lists(4), faults={page: DOWN})
    failed = take(catalogue, source)
    assert (failed.outcome, failed.pages) == (Outcome.FAILED, page)
    assert failed.error == "https://toy.example/ gave HTTP 503.\nTry again later."
    source.faults.clear()
    done = take(catalogue, source)
    assert source.wanted[1].cursor == ({"page": str(page)} if page else None)
    assert (done.counts["new"], done.counts["read"], done.pages) == (12, 12, 4)
    assert len(ids(catalogue)) == 12


def test_a_stop_between_pages_is_gone_on_from(catalogue: Catalogue) -> None:
    source = Listed(toy_lists(3))
    stopped = take(catalogue, source, stop=iter([False, False, True]).__next__)
    assert (stopped.outcome, stopped.pages, stopped.counts["new"]) == (Outcome.STOPPED, 2, 6)
    done = take(catalogue, source)
    assert (done.outcome, done.pages, done.counts["new"]) == (Outcome.DONE, 3, 9)
    assert done.counts["unchanged"] == 0


def test_a_kill_at_any_statement_loses_and_repeats_nothing(
    catalogue_file: Path, locks: Path, tmp_path: Path
) -> None:
    killed = True
    statements = 0
    while killed:
        statements += 7
        url = f"sqlite:///{tmp_path / f'{statements}.db'}"
        new_catalogue(tmp_path / f"{statements}.db")

        def work(url: str = url, statements: int = statements) -> None:
            opened = Catalogue.open(url, locks=locks)
            die_after_statements(statements)
            take(opened, Listed(toy_lists(3)))

        killed = run_and_kill(work)
        opened = Catalogue.open(url, locks=locks)
        assert opened.check() == []
        done = take(opened, Listed(toy_lists(3)))
        assert done.outcome is Outcome.DONE
        assert ids(opened) == [f"toy:{number}" for number in range(9)]
        if killed:
            assert (done.counts["new"], done.counts["unchanged"]) == (9, 0)
        with opened.reading() as desk:
            earlier = desk.harvests.list("listed:toy", 9)[1:]
        assert all(one.outcome is not Outcome.RUNNING for one in earlier)
        opened.close()
    assert statements > 30


def test_a_harvest_that_was_killed_is_said_to_be(catalogue: Catalogue) -> None:
    cut = Harvest(source="toy", spec="listed:toy", started=NOW, touched=NOW, cursor={"page": "1"})
    with catalogue.writing() as desk:
        desk.harvests.begin(cut)
    take(catalogue, Listed(toy_lists(2)))
    with catalogue.reading() as desk:
        before = desk.harvests.list("listed:toy", 9)[1]
    assert before.outcome is Outcome.STOPPED
    assert before.error == "The process ended before the harvest did."


def test_what_is_gone_is_withdrawn_until_the_source_has_it_again(catalogue: Catalogue) -> None:
    take(catalogue, Listed([[toy_record(1), toy_record(2)]]))
    gone = take(catalogue, Listed([[Gone("1"), Gone("77"), toy_record(3), Gone("3")]]))
    assert (gone.counts["gone"], gone.counts["unknown"], gone.counts["updated"]) == (3, 1, 1)
    with catalogue.reading() as desk:
        papers = {str(paper.id): paper for _, paper in desk.papers.page(0, 9)}
    assert [papers[f"toy:{number}"].withdrawn for number in (1, 2, 3)] == [True, False, True]
    assert papers["toy:1"].title == "Kettle number 1 of the series 7"
    again = take(catalogue, Listed([[Gone("1")]]))
    assert again.counts["unchanged"] == 1
    take(catalogue, Listed([[toy_record(1)]]))
    with catalogue.reading() as desk:
        found = desk.papers.get("toy:1")
    assert found is not None
    assert not found[1].withdrawn


def test_counts_go_to_the_paper_that_any_id_leads_to(catalogue: Catalogue) -> None:
    stars = (Signal(SignalKind.STARS, value=9, at=NOW), Signal(SignalKind.DOWNLOADS, value=4))
    take(catalogue, Listed([[toy_record(1, arxiv_id="2502.90001")]]))
    with catalogue.reading() as desk:
        before = desk.changes.latest()
    counted = [Tally(PaperId("2502.90001v2"), stars), Tally(PaperId("doi:10.1/none"), stars)]
    done = take(catalogue, Listed([counted]))
    assert (done.counts["tallied"], done.counts["unknown"], done.counts["read"]) == (1, 1, 0)
    with catalogue.reading() as desk:
        (key,) = desk.papers.resolve(["2502.90001"]).values()
        kept = [(one.source, one.signal.kind, one.signal.value) for one in desk.signals.of(key)]
        after = desk.changes.latest()
    assert sorted(kept) == [("toy", SignalKind.DOWNLOADS, 4), ("toy", SignalKind.STARS, 9)]
    assert after == before + 1
    take(catalogue, Listed([counted]))
    with catalogue.reading() as desk:
        assert desk.changes.latest() == after


def test_the_same_count_on_another_day_is_no_news(catalogue: Catalogue) -> None:
    take(catalogue, Listed([[toy_record(1, arxiv_id="2502.90001")]]))
    for day, stars in enumerate((9, 9, 12, 12, 9)):
        signal = Signal(SignalKind.STARS, value=stars, at=NOW + timedelta(days=day))
        take(catalogue, Listed([[Tally(PaperId("2502.90001"), (signal,))]]))
    with catalogue.reading() as desk:
        (key,) = desk.papers.resolve(["2502.90001"]).values()
        signals = [one.signal for one in desk.signals.of(key)]
        seen = desk.changes.latest()
    kept = [((one.at or NOW) - NOW, one.value) for one in signals]
    assert [(gap.days, value) for gap, value in kept] == [(0, 9), (2, 12), (4, 9)]
    late = Signal(SignalKind.STARS, value=12, at=NOW + timedelta(days=3))
    take(catalogue, Listed([[Tally(PaperId("2502.90001"), (late,))]]))
    with catalogue.reading() as desk:
        assert desk.changes.latest() == seen


def test_what_a_record_cites_is_kept_and_follows_its_paper(catalogue: Catalogue) -> None:
    cites = ("2401.90001v3", "https://doi.org/10.1234/ABC", "no id at all", "10.1/x" + "y" * 999)
    take(catalogue, Listed([[toy_record(1, references=cites), toy_record(2)]]))

    def cited(id: str) -> list[Citation]:
        with catalogue.reading() as desk:
            (key,) = desk.papers.resolve([id]).values()
            return desk.citations.of([key])[key]

    both = [Citation("2401.90001", "toy"), Citation("doi:10.1234/abc", "toy")]
    assert (cited("toy:1"), cited("toy:2")) == (both, [])
    take(catalogue, Listed([[toy_record(1, references=cites[:1])]]))
    assert cited("toy:1") == both[:1]
    take(catalogue, Listed([[toy_record(1)]]))
    assert cited("toy:1") == []


def test_a_broken_record_goes_to_quarantine_and_stops_nothing(catalogue: Catalogue) -> None:
    fault = SourceError("`title` is a number, not text", place="page 1, record 2", raw="{}")
    done = take(catalogue, Listed([[toy_record(1), fault, toy_record(2)]]))
    assert (done.outcome, done.counts["new"], done.counts["quarantined"]) == (Outcome.DONE, 2, 1)
    with catalogue.reading() as desk:
        (held,) = desk.quarantine.list(9)
    assert (held.source, held.reason) == ("toy", "reading: `title` is a number, not text")
    assert held.place == "!page 1, record 2"


def test_of_a_record_that_comes_twice_on_a_page_the_last_counts(catalogue: Catalogue) -> None:
    done = take(catalogue, Listed([[toy_record(1), toy_record(1, venue="Hearth")]]))
    assert (done.counts["read"], done.counts["new"], done.counts["unchanged"]) == (2, 1, 1)
    with catalogue.reading() as desk:
        found = desk.papers.get("toy:1")
    assert found is not None
    assert found[1].venue == "Hearth"


def test_changed_ids_and_dates_make_no_second_paper(catalogue: Catalogue) -> None:
    abstract = " ".join(f"word{number}" for number in range(60))
    entry = toy_record(1, abstract=abstract)
    for changed in (entry, replace(entry, native_id="new-guid"), replace(entry, native_id="3")):
        take(catalogue, Listed([[changed]]))
        take(catalogue, Listed([[changed]]))
    assert len(ids(catalogue)) == 1


def test_an_unforeseen_fault_is_recorded_with_its_trace_and_without_the_key(
    catalogue: Catalogue,
) -> None:
    source = Listed(toy_lists(2), faults={1: KeyError("hidden-key-77")})
    failed = harvest(catalogue, Client(), source.asked("hidden-key-77"), Order(), clock=lambda: NOW)
    assert failed.outcome is Outcome.FAILED
    assert failed.error.startswith("KeyError: '********'\nTraceback (most recent call last):")
    assert "hidden-key-77" not in failed.error
    assert len(ids(catalogue)) == 3


def test_a_place_that_leads_nowhere_twice_is_given_up(catalogue: Catalogue) -> None:
    source = Listed(toy_lists(3))
    take(catalogue, source, stop=iter([False, True]).__next__)
    source.faults = {1: SourceError("the token has expired", place="toy")}
    assert take(catalogue, source).cursor == {"page": "1"}
    assert take(catalogue, source).cursor is None
    source.faults.clear()
    done = take(catalogue, source)
    assert [wanted.cursor for wanted in source.wanted] == [None, {"page": "1"}, {"page": "1"}, None]
    assert (done.counts["new"], done.counts["unchanged"]) == (6, 3)


def test_a_source_that_does_not_answer_keeps_its_place(catalogue: Catalogue) -> None:
    source = Listed(toy_lists(3), faults={1: DOWN})
    for _ in range(3):
        assert take(catalogue, source).cursor == {"page": "1"}


def test_the_limit_may_fall_inside_a_page(catalogue: Catalogue) -> None:
    source = Listed(toy_lists(3))
    first = take(catalogue, source, Order(limit=4))
    assert (first.outcome, first.pages, first.counts["new"]) == (Outcome.STOPPED, 1, 4)
    assert first.cursor == {"page": "1"}
    done = take(catalogue, source)
    assert (done.outcome, done.counts["new"], done.counts["unchanged"]) == (Outcome.DONE, 9, 1)
    whole = take(catalogue, Listed(toy_lists(2), name="other"), Order(limit=6))
    assert whole.outcome is Outcome.DONE


def test_a_dry_run_counts_and_keeps_nothing(catalogue: Catalogue) -> None:
    done = take(catalogue, Listed(toy_lists(2)), Order(dry_run=True))
    assert (done.outcome, done.counts["new"], done.pages) == (Outcome.DONE, 6, 2)
    assert ids(catalogue) == []
    with catalogue.reading() as desk:
        assert desk.harvests.list("listed:toy", 9) == []
        assert desk.changes.latest() == 0


def test_other_days_and_a_wish_begin_anew(catalogue: Catalogue) -> None:
    source = Listed(toy_lists(3), faults={2: DOWN})
    since, until = date(2026, 1, 1), date(2026, 1, 31)
    take(catalogue, source, Order(since, until))
    take(catalogue, source, Order(since))
    take(catalogue, source, Order(since, until))
    take(catalogue, source, Order(since, until, anew=True))
    cursors = [None, None, {"page": "2"}, None]
    assert [wanted.cursor for wanted in source.wanted] == cursors
    assert {(wanted.since, wanted.until) for wanted in source.wanted} == {
        (since, until),
        (since, None),
    }
    with pytest.raises(InputError, match="no day from 2026-01-31 to 2026-01-01"):
        Order(until, since)


def at(day: int) -> datetime:
    return datetime(2026, 5, day, 12, tzinfo=UTC)


def test_what_is_known_moves_on_only_without_a_gap() -> None:
    good = Harvest(source="toy", spec="toy", started=at(1), touched=at(1), through=at(10))
    assert reached(None, None, at(9), None) == at(9)
    assert reached(date(2026, 5, 7), None, at(9), None) == at(9)
    assert reached(date(2026, 5, 9), None, at(12), good) == at(12)
    assert reached(date(2026, 5, 10), None, at(12), good) == at(12)
    assert reached(None, None, at(12), good) == at(12)
    # A gap is left, a back-fill has an end, and a source that says nothing proves nothing.
    assert reached(date(2026, 5, 11), None, at(12), good) == at(10)
    assert reached(date(2026, 5, 1), date(2026, 5, 12), at(12), good) == at(10)
    assert reached(None, date(2026, 5, 12), at(12), None) is None
    assert reached(None, None, None, good) == at(10)
    assert reached(None, None, at(8), good) == at(10)


def test_of_a_harvest_that_was_gone_on_with_the_earliest_moment_counts(
    catalogue: Catalogue,
) -> None:
    source = Listed(toy_lists(2), faults={1: DOWN}, through=at(3))
    take(catalogue, source)
    source.faults.clear()
    source.through = at(9)
    assert take(catalogue, source).through == at(3)


def test_one_process_harvests_a_source_and_others_go_on_beside_it(catalogue: Catalogue) -> None:
    with catalogue.alone("harvest:toy"):
        with pytest.raises(BusyError):
            take(catalogue, Listed(toy_lists(1)))
        assert take(catalogue, Listed(toy_lists(1), name="other")).outcome is Outcome.DONE


def test_two_sources_side_by_side_lose_nothing(catalogue: Catalogue) -> None:
    done: list[Harvest] = []
    lists = toy_lists(8)
    named = {
        name: Listed(
            [[replace(one, source=name) for one in page] for page in lists],  # type: ignore[type-var]
            name=name,
        )
        for name in ("one", "two")
    }
    threads = [
        threading.Thread(target=lambda source=source: done.append(take(catalogue, source)))
        for source in named.values()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.outcome for one in done] == [Outcome.DONE, Outcome.DONE]
    assert sum(one.counts["read"] for one in done) == 48
    with catalogue.reading() as desk:
        assert {one.source: one.count for one in desk.records.sources()} == {"one": 24, "two": 24}
        assert desk.records.papers_of_sources() == {"one": 24, "two": 24}
    assert catalogue.check() == []


def test_a_catalogue_that_was_restored_meanwhile_ends_the_harvest(
    sqlite_catalogue: Catalogue, catalogue_file: Path, tmp_path: Path, locks: Path
) -> None:
    sqlite_catalogue.backup(tmp_path / "copy.db", progress=lambda share: None)

    class Restoring(Listed):
        def pages(self, client: Client, wanted: Wanted) -> Iterator[Page]:
            for page in super().pages(client, wanted):
                restore(
                    tmp_path / "copy.db",
                    f"sqlite:///{catalogue_file}",
                    locks=locks,
                    replace=True,
                    now=NOW,
                    progress=lambda share: None,
                )
                yield page

    with pytest.raises(CatalogueError, match="not in the catalogue any more"):
        take(sqlite_catalogue, Restoring(toy_lists(2)))
    assert ids(sqlite_catalogue) == []


def test_a_source_that_cannot_be_opened_says_why(catalogue: Catalogue) -> None:
    fault = SettingError("No such field.")
    with pytest.raises(SettingError, match="No such field"):
        harvest(catalogue, Client(), NamedSource("x:y", None, fault), Order(), clock=lambda: NOW)


def test_the_papers_come_newest_first_however_many(catalogue: Catalogue) -> None:
    take(catalogue, Listed(toy_lists(2, entries=301)))
    assert [paper.id for paper in papers_of(catalogue)] == [f"toy:{n}" for n in range(602)]
