"""Editions as they are read: published here, told of by a source, gathered from days."""

from datetime import UTC, date, datetime, timedelta

import pytest

from broadsheet.catalogue import Catalogue, Desk, EditionKind, Pick
from broadsheet.editions import (
    Origin,
    RankOfDay,
    Span,
    archive,
    issue_of,
    last_day,
    neighbours,
    ranks_of,
    read_label,
    stories_of,
)
from broadsheet.papers import Signal, SignalKind
from tests.library.dailies import file_papers, tell, toy_dailies

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WINDOW = (NOON - timedelta(days=1), NOON)
DAY, WEEK, MONTH = EditionKind.DAY, EditionKind.WEEK, EditionKind.MONTH


def day(label: str) -> Span:
    """The day with a label."""
    return read_label(DAY, label)


def publish(desk: Desk, label: str, keys: list[int], *, section: str = "") -> None:
    """An edition of a day that is out, with these papers in order."""
    edition = desk.editions.begin(section, DAY, label, WINDOW)
    desk.editions.put(
        edition.key, [Pick(paper_key=key, place=at) for at, key in enumerate(keys, 1)]
    )
    desk.editions.publish(edition.key, NOON)


@pytest.fixture
def keys(catalogue: Catalogue) -> list[int]:
    """Five papers; a source tells of two days, and one edition of a third is published here."""
    with catalogue.writing() as desk:
        found = file_papers(desk, toy_dailies(date(2026, 3, 1), 5))
        one, two, three, four, five = found
        tell(desk, [one, two, three], "2026-03-02", (4, 9, 4))
        tell(desk, [three, four], "2026-03-04")
        publish(desk, "2026-03-06", [five, one])
        return found


def test_a_told_day_is_by_votes_then_as_it_was_filed(catalogue: Catalogue, keys: list[int]) -> None:
    one, two, three, *_ = keys
    with catalogue.reading() as desk:
        issue = issue_of(desk, "", day("2026-03-02"))
        stories = stories_of(desk, issue.picks)
    assert issue.origin is Origin.TOLD
    assert [(pick.paper_key, pick.place, pick.votes) for pick in issue.picks] == [
        (two, 1, 9),
        (one, 2, 4),
        (three, 3, 4),
    ]
    assert [story.votes for story in stories] == [9, 4, 4]


def test_one_that_was_published_here_comes_before_a_told_one(
    catalogue: Catalogue, keys: list[int]
) -> None:
    with catalogue.writing() as desk:
        edition = desk.editions.begin("", DAY, "2026-03-02", WINDOW)
        desk.editions.put(edition.key, [Pick(paper_key=keys[4], place=1)])
        assert issue_of(desk, "", day("2026-03-02")).origin is Origin.TOLD
        desk.editions.publish(edition.key, NOON)
        issue = issue_of(desk, "", day("2026-03-02"))
        assert issue.origin is Origin.PUBLISHED
        assert [pick.paper_key for pick in issue.picks] == [keys[4]]
        assert archive(desk, "")["2026-03-02"] == 1
        assert [rank.label for rank in ranks_of(desk, keys[1])] == []


def test_a_day_without_an_edition_is_empty(catalogue: Catalogue, keys: list[int]) -> None:
    with catalogue.reading() as desk:
        assert issue_of(desk, "", day("2026-03-03")).origin is Origin.NONE
        assert issue_of(desk, "tea", day("2026-03-02")).picks == ()
        assert issue_of(desk, "", read_label(EditionKind.SPECIAL, "tea")).origin is Origin.NONE


def test_a_week_has_each_paper_of_its_days_once(catalogue: Catalogue, keys: list[int]) -> None:
    one, two, three, four, five = keys
    with catalogue.reading() as desk:
        issue = issue_of(desk, "", read_label(WEEK, "2026-W10"))
        assert issue.origin is Origin.GATHERED
        assert [pick.paper_key for pick in issue.picks] == [two, one, three, four, five]
        month = issue_of(desk, "", read_label(MONTH, "2026-03"))
        assert len(month.picks) == 5
        assert issue_of(desk, "", read_label(WEEK, "2026-W11")).origin is Origin.NONE


def test_editions_lead_to_those_before_and_after(catalogue: Catalogue, keys: list[int]) -> None:
    with catalogue.writing() as desk:
        assert neighbours(desk, "", day("2026-03-02")) == (None, "2026-03-04")
        assert neighbours(desk, "", day("2026-03-03")) == ("2026-03-02", "2026-03-04")
        assert neighbours(desk, "", day("2026-03-06")) == ("2026-03-04", None)
        assert neighbours(desk, "", read_label(WEEK, "2026-W11")) == ("2026-W10", None)
        assert neighbours(desk, "", read_label(MONTH, "2026-02")) == (None, "2026-03")
        assert neighbours(desk, "tea", day("2026-03-03")) == (None, None)
        assert list(archive(desk, "")) == ["2026-03-06", "2026-03-04", "2026-03-02"]
        assert last_day(desk, "") == "2026-03-06"
        assert last_day(desk, "", "2026-03-06") == "2026-03-04"
        for number, name in enumerate(("zebra", "ant")):
            edition = desk.editions.begin("", EditionKind.SPECIAL, name, WINDOW)
            desk.editions.publish(edition.key, NOON + timedelta(days=number))
        special = read_label(EditionKind.SPECIAL, "zebra")
        assert neighbours(desk, "", special) == (None, "ant")


def test_a_paper_of_two_days_has_its_place_in_both(catalogue: Catalogue, keys: list[int]) -> None:
    with catalogue.reading() as desk:
        assert ranks_of(desk, keys[2]) == [
            RankOfDay("", DAY, "2026-03-04", 1, 2),
            RankOfDay("", DAY, "2026-03-02", 3, 3),
        ]
        assert ranks_of(desk, keys[0]) == [
            RankOfDay("", DAY, "2026-03-06", 2, 2),
            RankOfDay("", DAY, "2026-03-02", 2, 3),
        ]


def test_what_a_source_calls_a_day_and_is_none_is_left_alone(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        (key,) = file_papers(desk, toy_dailies(date(2026, 3, 1), 1))
        tell(desk, [key], "2026-03-01")
        odd = Signal(SignalKind.EDITION_DAY, text="9999-99-99", at=NOON)
        desk.signals.add([(key, "odd", odd)])
        assert [rank.label for rank in ranks_of(desk, key)] == ["2026-03-01"]
        assert neighbours(desk, "", day("2026-03-01")) == (None, None)
