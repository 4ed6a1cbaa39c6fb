"""What sections say, and what letters of one run share."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from broadsheet.catalogue import Cadence, Catalogue, EditionKind, Pick, Wishes
from broadsheet.digests import Matter, Shared, add, sections
from broadsheet.digests.sections import rising
from broadsheet.editions import span_of, window
from broadsheet.papers import Signal, SignalKind
from broadsheet.people import Vote
from broadsheet.ranking import Window, trending
from tests.library.people import enrol
from tests.library.shelving import shelve

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
DAY = timedelta(days=1)


def test_what_rose_is_what_is_trending_once_for_a_run(sqlite_catalogue: Catalogue) -> None:
    catalogue, voter, late = sqlite_catalogue, *(enrol(sqlite_catalogue, n) for n in ("ann", "bo"))
    with catalogue.writing() as desk:
        keys = shelve(desk)
        one = add(desk, "ada@example.org", "", Wishes(), NOW - DAY)
        desk.votes.cast(Vote(keys[2], voter.key, NOW - DAY))
        desk.comments.add(keys[2], voter.key, "Read it at night.", NOW - DAY)
        desk.votes.cast(Vote(keys[3], voter.key, NOW - 20 * DAY))
        desk.signals.add([(keys[1], "hub", Signal(SignalKind.STARS, 40, at=NOW - 10 * DAY))])
        desk.signals.add([(keys[1], "hub", Signal(SignalKind.STARS, 1340, at=NOW - 2 * DAY))])
    order, shared = trending(catalogue, NOW), Shared()
    rising.prepare(catalogue, NOW, shared)
    with catalogue.writing() as desk:
        desk.votes.cast(Vote(keys[5], late.key, NOW - DAY))
    rising.prepare(catalogue, NOW, shared)
    monthly = replace(one, wishes=Wishes(cadence=Cadence.MONTHLY))
    with catalogue.reading() as desk:
        parts = [
            rising.gather(Matter(desk, each, NOW.date(), NOW, shared))
            for each in (one, monthly, replace(one, section="ml"))
        ]
    assert parts[2] == []
    for (part,), length in zip(parts[:2], (Window.WEEK, Window.MONTH), strict=True):
        assert [item.paper_key for item in part.items] == [each.key for each in order.of(length)]
        assert part.path == f"/papers/trending?window={length}"
    weekly = {item.paper_key: item.reason for item in parts[0][0].items}
    assert weekly[keys[2]].endswith("this week: 1 vote, 1 comment")
    # Of the 1,300 stars that came in eight days, those of the last seven.
    assert weekly[keys[1]].endswith(f"this week: {round(1300 * 5 / 8):,} stars")
    assert keys[3] not in weekly


def test_an_edition_says_how_it_came_about_and_why_each_paper_is_in_it(
    sqlite_catalogue: Catalogue,
) -> None:
    with sqlite_catalogue.writing() as desk:
        keys = shelve(desk)
        one = add(desk, "ada@example.org", "", Wishes(cadence=Cadence.DAILY), NOW - DAY)
    told: dict[str, list[str]] = {}
    for by, day in (("", NOW.date() - DAY), ("bo", NOW.date())):
        span = span_of(EditionKind.DAY, day)
        with sqlite_catalogue.writing() as desk:
            edition = desk.editions.begin(
                "", span.kind, span.label, window(span, time(6), UTC), made_by=by
            )
            picks = [Pick(paper_key=keys[0], place=1, picked_by=by)]
            desk.editions.put(edition.key, [*picks, Pick(paper_key=keys[1], place=2, line="New.")])
            desk.editions.publish(edition.key, NOW)
        with sqlite_catalogue.reading() as desk:
            (part,) = sections.edition.gather(Matter(desk, one, NOW.date(), NOW, Shared()))
        told[by] = [part.reason, *(item.reason for item in part.items)]
    assert told[""] == ["It made itself, by a formula; 2 papers in all.", "", "New."]
    older = ["From the edition of 20 November", "New."]
    assert told["bo"] == ["Chosen by bo; 2 papers in all.", "Picked by bo", "New.", *older]


def test_what_is_known_of_single_papers_is_forgotten_again() -> None:
    shared, read = Shared(), list[int]()

    def ask(key: int) -> str:
        def made() -> str:
            read.append(key)
            return f"text {key}"

        return shared.of_paper("texts", key, made)

    for key in range(20_000):
        assert ask(key) == f"text {key}"
        assert ask(0) == "text 0"
    assert read.count(0) == 1
    assert ask(1) == "text 1"
    assert read.count(1) == 2
