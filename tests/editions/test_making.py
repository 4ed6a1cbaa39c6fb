"""How an edition makes itself: from what came in, once, with reasons."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from broadsheet.catalogue import Catalogue, Choice, EditionKind, Pick, Section, Submission
from broadsheet.editions import (
    candidates_of,
    has_days,
    in_brief,
    issue_of,
    lacking,
    make,
    read_label,
    suggested,
    window,
)
from broadsheet.errors import ConflictError
from broadsheet.people import Vote
from tests.library.dailies import file_papers, tell, toy_dailies
from tests.library.people import enrol

DAY = date(2026, 3, 2)
SPAN = read_label(EditionKind.DAY, "2026-03-02")
NOW = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)
WHOLE = Section(key=0, name="", title="All", query="", cutoff="07:00", zone="UTC", size=3, made=NOW)
WINDOW = window(SPAN, *WHOLE.cutoff_in_zone)
TEA = replace(WHOLE, key=1, name="tea", query="kettles")


def test_what_came_in_may_be_in_it_unless_it_was_in_one_before(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        today = file_papers(desk, toy_dailies(DAY, 2))
        before = file_papers(desk, toy_dailies(DAY - timedelta(days=1), 2))
        old = file_papers(desk, toy_dailies(DAY - timedelta(days=300), 2))
        tell(desk, old[:1], str(DAY))
        assert candidates_of(desk, WHOLE, SPAN) == {
            **dict.fromkeys(today, "Announced on this day."),
            old[0]: "In a source's edition of this day.",
        }
        # What was filed without a record came at no moment, so that yesterday's are not late.
        assert not set(before) & set(candidates_of(desk, WHOLE, SPAN))
        other = desk.editions.begin("", EditionKind.DAY, "2026-03-01", WINDOW)
        desk.editions.put(other.key, [Pick(paper_key=today[0], place=1)])
        desk.editions.publish(other.key, NOW)
        assert today[0] not in candidates_of(desk, WHOLE, SPAN)
        assert today[0] in candidates_of(desk, TEA, SPAN)


def test_what_comes_after_an_edition_that_was_out_early_is_of_the_next(
    catalogue: Catalogue,
) -> None:
    yesterday = read_label(EditionKind.DAY, "2026-03-01")
    closed = window(yesterday, *WHOLE.cutoff_in_zone)[1]
    out, came = closed - timedelta(hours=2), closed - timedelta(hours=1)
    reader = enrol(catalogue, "ada")
    with catalogue.writing() as desk:
        first, late, early = file_papers(desk, toy_dailies(DAY - timedelta(days=300), 3))
        for key, at in ((first, out - timedelta(hours=1)), (late, came), (early, out)):
            desk.submissions.add(Submission(key, reader.key, at))
        edition = desk.editions.begin(
            "", EditionKind.DAY, "2026-03-01", window(yesterday, *WHOLE.cutoff_in_zone)
        )
        desk.editions.put(edition.key, [Pick(paper_key=first, place=1)])
        assert candidates_of(desk, WHOLE, SPAN) == {}
        desk.editions.publish(edition.key, out)
        assert set(candidates_of(desk, WHOLE, SPAN)) == {late, early}
        # Another section closed that day at its cut-off, and the day after opens at its own.
        assert candidates_of(desk, TEA, SPAN) == {}
        after = read_label(EditionKind.DAY, "2026-03-03")
        assert candidates_of(desk, WHOLE, after) == {}


def test_it_is_made_once_marked_as_such_and_frozen(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        keys = file_papers(desk, toy_dailies(DAY, 6))
        tell(desk, keys, str(DAY), (1, 90, 2, 3, 80, 1))
    made = make(catalogue, WHOLE, SPAN, NOW)
    assert made is not None
    assert made.is_published
    assert made.made_by == ""
    assert made.published == NOW
    assert make(catalogue, WHOLE, SPAN, NOW + timedelta(days=1)) == made
    with catalogue.reading() as desk:
        picks = desk.editions.picks(made.key)
        stirs = desk.changes.stirs()
    assert [pick.place for pick in picks] == [1, 2, 3]
    assert {keys[1], keys[4]} <= {pick.paper_key for pick in picks}
    assert all(pick.reasons and not pick.picked_by for pick in picks)
    assert any("votes so far" in reason for reason in picks[0].reasons)
    scores = [pick.score or 0.0 for pick in picks]
    assert scores == sorted(scores, reverse=True)
    assert {pick.paper_key: pick.votes for pick in picks}[keys[1]] == 90
    make(catalogue, WHOLE, SPAN, NOW)
    with catalogue.reading() as desk:
        assert desk.changes.stirs() == stirs


def test_near_duplicates_are_left_out_and_said(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        first, *rest = toy_dailies(DAY, 4)
        twin = replace(rest[0], title=first.title + ".", abstract=first.abstract)
        keys = file_papers(desk, (first, twin, *rest[1:]))
        found = suggested(desk, WHOLE, SPAN, NOW, 10)
    assert len(found) == 3
    kept = next(one for one in found if one.alike)
    assert {kept.paper_key, *kept.alike} == set(keys[:2])
    assert "1 paper much like it was left out." in kept.reasons


def test_a_section_takes_what_its_query_finds(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        keys = file_papers(desk, toy_dailies(DAY, 6))
        found = suggested(desk, TEA, SPAN, NOW, 10, {keys[0]: 1.0, keys[2]: 0.2, 99: 1.0})
        assert {one.paper_key for one in found} == {keys[0], keys[2]}
        assert suggested(desk, TEA, SPAN, NOW, 10, {}) == []
    made = make(catalogue, TEA, SPAN, NOW, {keys[0]: 1.0})
    assert made is not None
    with catalogue.reading() as desk:
        assert len(issue_of(desk, "tea", SPAN).picks) == 1
        assert lacking(desk, WHOLE, SPAN)
        assert not lacking(desk, TEA, SPAN)


def test_nothing_is_made_of_nothing_nor_of_withdrawn_papers(catalogue: Catalogue) -> None:
    assert make(catalogue, WHOLE, SPAN, NOW) is None
    with catalogue.writing() as desk:
        fallen = tuple(replace(one, withdrawn=True) for one in toy_dailies(DAY, 2))
        file_papers(desk, fallen)
    assert make(catalogue, WHOLE, SPAN, NOW) is None
    with catalogue.reading() as desk:
        assert desk.editions.get("", EditionKind.DAY, str(DAY)) is None


def test_what_readers_keep_carries_the_order_where_nobody_votes(catalogue: Catalogue) -> None:
    readers = [enrol(catalogue, name) for name in ("ada", "bo", "cy", "di")]
    with catalogue.writing() as desk:
        past = file_papers(desk, toy_dailies(DAY - timedelta(days=20), 6))
        keys = file_papers(desk, toy_dailies(DAY, 6))
        for reader in readers[:2]:
            desk.interests.say(past[3], Choice.SAVE, NOW, reader_key=reader.key)
        before = suggested(desk, WHOLE, SPAN, NOW, 9)
        # What two people keep would tell each of them what the other reads.
        assert not any("readers here save" in reason for one in before for reason in one.reasons)
        search = desk.watches.keep("violins", NOW, reader_key=readers[2].key)
        desk.watches.match(search, [keys[3]], max(keys), NOW)
        after = suggested(desk, WHOLE, SPAN, NOW, 9)
        assert after[0].paper_key == keys[3]
        (told,) = [one for one in after[0].reasons if "readers here save" in one]
        assert not any(reader.name in told for reader in readers)
        added = float(told.partition("adds ")[2].removesuffix(")."))
        # In tenths of the share, as nobody here has voted.
        assert round(added / 0.035, 3) in range(1, 11)
        tell(desk, past, "2026-02-10")
        for key in past:
            for reader in readers:
                desk.votes.cast(Vote(key, reader.key, NOW))
        later = {one.paper_key: one.reasons for one in suggested(desk, WHOLE, SPAN, NOW, 9)}
    (told,) = [one for one in later[keys[3]] if "readers here save" in one]
    # With four votes for each paper they count a third as much.
    assert float(told.partition("adds ")[2].removesuffix(").")) == pytest.approx(
        added / 3, abs=1e-3
    )


def test_what_a_curator_began_is_theirs(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        keys = file_papers(desk, toy_dailies(DAY, 2))
        edition = desk.editions.begin("", EditionKind.DAY, str(DAY), WINDOW)
        assert lacking(desk, WHOLE, SPAN)
        desk.editions.put(edition.key, [Pick(paper_key=keys[0], place=1, picked_by="ada")])
        assert not lacking(desk, WHOLE, SPAN)
    with pytest.raises(ConflictError):
        make(catalogue, WHOLE, SPAN, NOW)


def test_a_week_is_made_of_its_days_by_votes(catalogue: Catalogue) -> None:
    week = read_label(EditionKind.WEEK, "2026-W10")
    with catalogue.writing() as desk:
        keys = file_papers(desk, toy_dailies(DAY, 4))
        tell(desk, keys, str(DAY), (1, 5, 3, 0))
        assert not has_days(desk, WHOLE, week)
    make(catalogue, replace(WHOLE, size=10), SPAN, NOW)
    made = make(catalogue, WHOLE, week, NOW)
    assert made is not None
    with catalogue.reading() as desk:
        assert has_days(desk, WHOLE, week)
        picks = desk.editions.picks(made.key)
    assert [pick.paper_key for pick in picks] == [keys[1], keys[2], keys[0], keys[3]]
    assert picks[0].reasons == ("In the edition of 2026-03-02; 5 votes by now.",)


def test_our_readers_votes_count_in_full_and_held_ones_not(catalogue: Catalogue) -> None:
    ada, bo = enrol(catalogue, "ada"), enrol(catalogue, "bo")
    with catalogue.writing() as desk:
        first, second, *_ = file_papers(desk, toy_dailies(DAY, 6))
        before = {one.paper_key: one.reasons for one in suggested(desk, WHOLE, SPAN, NOW, 9)}
        moment = NOW - timedelta(minutes=5)
        desk.votes.cast(Vote(first, ada.key, moment))
        desk.votes.cast(Vote(first, bo.key, moment))
        desk.votes.cast(Vote(second, ada.key, moment, "a burst"))
        after = {one.paper_key: one.reasons for one in suggested(desk, WHOLE, SPAN, NOW, 9)}
    assert any("2.0 votes so far" in reason for reason in after[first])
    assert all("2.0 votes so far" not in reason for reason in before[first])
    assert any("0.0 votes so far" in reason for reason in after[second])


@pytest.mark.parametrize(
    ("pick", "told"),
    [
        ({"line": "Read it first.", "picked_by": "bo", "votes": 9}, "Read it first."),
        ({"picked_by": "bo", "votes": 1}, "Picked by bo, 1 vote"),
        ({"votes": 1_200}, "1,200 votes"),
        ({}, ""),
        ({"reasons": ("In the edition of 2026-11-20; 0 votes by now.",)}, ""),
    ],
)
def test_why_a_paper_is_there_has_room_in_one_line(pick: dict[str, Any], told: str) -> None:
    assert in_brief(Pick(paper_key=1, place=1, **pick)) == told


def test_what_made_itself_has_its_strongest_reason_in_one_line(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        file_papers(desk, toy_dailies(DAY, 3))
        found = suggested(desk, WHOLE, SPAN, NOW, 3)
    briefs = [in_brief(Pick(paper_key=1, place=1, reasons=one.reasons)) for one in found]
    assert all(
        any(told.startswith(brief) for told in one.reasons[1:])
        for brief, one in zip(briefs, found, strict=True)
    )
    assert all(brief and "adds" not in brief and "otes" not in brief for brief in briefs)
