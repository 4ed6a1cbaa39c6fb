"""What is said of a source: to the word, for each state it can be in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from broadsheet.catalogue import Catalogue, Harvest, History, Outcome
from broadsheet.errors import SettingError
from broadsheet.fetch import Client
from broadsheet.ingest import NamedSource, Order, Standing, State, harvest, standings
from broadsheet.ingest.status import LONGEST_PAUSE, standing
from tests.library.listing import Listed, toy_lists

NOW = datetime(2026, 5, 4, 6, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
BATCH = datetime(2026, 5, 4, 0, 0, tzinfo=UTC)
GOOD = Harvest(
    source="toy",
    spec="toy",
    started=NOW - 2 * HOUR,
    touched=NOW - HOUR,
    finished=NOW - HOUR,
    outcome=Outcome.DONE,
    counts={"read": 40, "unchanged": 40},
    announced=BATCH,
)
FAILED = replace(
    GOOD,
    outcome=Outcome.FAILED,
    started=NOW - timedelta(minutes=10),
    error="https://toy.example/ gave HTTP 503.\nTry again later.",
)


def stands(history: History, due: datetime | None = None) -> tuple[str, str]:
    """State and statement, where a batch was due at `due` whenever one asks."""
    found = standing("toy", "toy", history, lambda _: due, 7, NOW)
    return str(found.state), found.statement


def test_never() -> None:
    assert stands(History()) == ("never", "Never harvested.")


def test_a_quiet_day_a_stale_feed_and_a_dead_source_are_three_statements() -> None:
    good = History(GOOD, GOOD)
    quiet = stands(good, due=BATCH)
    stale = stands(good, due=BATCH + HOUR)
    dead = stands(History(FAILED, GOOD, 1, FAILED.started), due=BATCH)
    assert quiet == (
        "quiet",
        "Quiet: harvested well on 4 May 2026, 05:30 UTC, nothing new. "
        "The last batch announced is of 4 May 2026, 00:00 UTC.",
    )
    assert stale == (
        "stale",
        "Stale: harvested well on 4 May 2026, 05:30 UTC, but a batch was due by "
        "4 May 2026, 01:00 UTC. The last batch announced is of 4 May 2026, 00:00 UTC.",
    )
    assert dead == (
        "dead",
        "Dead: the last try failed, on 4 May 2026, 06:20 UTC: https://toy.example/ gave HTTP 503. "
        "Last good harvest: 4 May 2026, 05:30 UTC.",
    )


def test_a_source_that_never_worked_and_fails_again_and_again() -> None:
    assert stands(History(FAILED, None, 1200, NOW - 48 * HOUR)) == (
        "dead",
        "Dead: the last 1,200 tries failed, since 2 May 2026, 06:30 UTC: "
        "https://toy.example/ gave HTTP 503. It never succeeded.",
    )


def test_news_and_sources_without_a_rhythm() -> None:
    one = replace(GOOD, counts={"new": 1, "unchanged": 9}, announced=None)
    told = "Fresh: harvested well on 4 May 2026, 05:30 UTC, 1 entry with news."
    assert stands(History(one, one)) == ("fresh", told)
    many = replace(GOOD, counts={"new": 1000, "merged": 200, "updated": 30, "tallied": 4})
    assert "1,234 entries with news." in stands(History(many, many), due=BATCH)[1]
    still = replace(GOOD, announced=None)
    told = "Quiet: harvested well on 4 May 2026, 05:30 UTC, nothing new."
    assert stands(History(still, still)) == ("quiet", told)


def test_who_was_not_asked_is_not_blamed() -> None:
    old = replace(GOOD, finished=NOW - 30 * HOUR, announced=BATCH - 24 * HOUR)

    def expected(at: datetime) -> datetime:
        return at.replace(hour=0, minute=0)

    found = standing("toy", "toy", History(old, old), expected, 7, NOW)
    assert found.state is State.OVERDUE
    assert found.statement == (
        "Overdue: last harvested on 3 May 2026, 00:30 UTC; a batch was due by "
        "4 May 2026, 00:00 UTC. The last batch announced is of 3 May 2026, 00:00 UTC."
    )
    assert not found.is_alarming


def test_a_back_fill_says_nothing_of_what_came_since() -> None:
    until = datetime(2019, 12, 31, tzinfo=UTC).date()
    fill = replace(GOOD, until=until, finished=NOW, counts={"new": 9})
    told = "Overdue: only days until 31 December 2019 were harvested, and none since."
    assert stands(History(fill, fill), due=BATCH) == ("overdue", told)
    old = replace(GOOD, finished=NOW - 30 * HOUR)
    found = stands(History(fill, fill, reaching=old), due=BATCH)
    assert found[0] == "overdue"
    assert found[1].startswith("Overdue: last harvested on 3 May 2026, 00:30 UTC;")
    assert stands(History(fill, fill, reaching=GOOD), due=BATCH)[0] == "quiet"


def test_what_could_not_be_taken_and_a_source_of_which_nothing_ever_came_are_told() -> None:
    odd = replace(GOOD, counts={"read": 3, "quarantined": 3}, announced=None)
    assert stands(History(odd, odd)) == (
        "quiet",
        "Quiet: harvested well on 4 May 2026, 05:30 UTC, nothing new, 3 that could not be taken.",
    )
    empty = replace(GOOD, counts={"read": 0}, announced=None)
    found = standing("toy", "toy", History(empty, empty), lambda _: None, 0, NOW)
    assert found.statement.endswith(
        "nothing new. Nothing has come of it so far: is it named rightly?"
    )


def test_running_until_nothing_was_filed_for_too_long() -> None:
    running = replace(
        GOOD,
        outcome=Outcome.RUNNING,
        finished=None,
        touched=NOW - LONGEST_PAUSE,
        counts={"read": 1500, "tallied": 2, "unknown": 1},
        pages=3,
    )
    told = "Being harvested since 4 May 2026, 04:30 UTC: 1,503 entries so far."
    assert stands(History(running)) == ("running", told)
    cut = replace(running, touched=NOW - LONGEST_PAUSE - HOUR)
    told = "Begun on 4 May 2026, 04:30 UTC and not finished: 3 pages are filed. "
    assert stands(History(cut)) == ("unfinished", told + "The next harvest goes on.")
    # What was good before stays what counts.
    assert stands(History(cut, GOOD), due=BATCH)[0] == "quiet"
    one = replace(cut, outcome=Outcome.STOPPED, pages=1)
    assert "1 page is filed" in stands(History(one))[1]


@pytest.mark.parametrize(
    ("state", "alarming"), [(state, state in ("wrong", "dead", "stale")) for state in State]
)
def test_only_what_somebody_should_look_at_is_alarming(state: State, alarming: bool) -> None:
    assert Standing("toy", "toy", state, "").is_alarming is alarming


def test_sources_that_share_a_name_are_told_apart_without_what_is_secret(
    catalogue: Catalogue,
) -> None:
    toy = Listed([])
    one, other = (
        NamedSource("toy:cs.LG", toy),
        NamedSource("toy:https://ana:pw@host.example/x?key=1", toy),
    )
    called = [one.called for one in standings(catalogue, [one, other], NOW)]
    assert called == ["toy:cs.LG", "toy:https://host.example/x"]
    assert standings(catalogue, [other], NOW)[0].called == "toy"


def test_sources_stand_as_the_catalogue_says(catalogue: Catalogue) -> None:
    good = Listed(toy_lists(2), announced=BATCH, due=BATCH)
    bad = Listed(toy_lists(2), name="bad", faults={0: KeyError("x")})
    wrong = NamedSource(
        "nothing:x", None, SettingError("There is no such source.", hint="Write one.")
    )
    for source in (good, bad):
        harvest(catalogue, Client(), source.asked(), Order(), clock=lambda: NOW)
    asked = [good.asked(), bad.asked(), wrong, Listed([], name="never").asked()]
    found = standings(catalogue, asked, NOW)
    assert [one.state for one in found] == [State.FRESH, State.DEAD, State.WRONG, State.NEVER]
    assert (found[0].papers, found[0].announced, found[0].harvested) == (6, BATCH, NOW)
    assert found[1].statement == (
        "Dead: the last try failed, on 4 May 2026, 06:30 UTC: KeyError: 'x'. It never succeeded."
    )
    assert "Traceback" in found[1].why
    assert found[2].statement == "Wrong: There is no such source. Write one."
