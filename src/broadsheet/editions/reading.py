"""Editions as readers see them: published here, told of by a source, or gathered from days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from broadsheet.catalogue import Desk, Edition, EditionChange, EditionKind, Pick
from broadsheet.editions.imported import by_votes, told_picks
from broadsheet.editions.spans import Span, following, read_label, span_of
from broadsheet.errors import InputError
from broadsheet.papers import Paper
from broadsheet.ranking import votes_of

_DAY = EditionKind.DAY
_ALL = 100_000
"""More editions than there will be days."""


class Origin(StrEnum):
    """Where an edition is from."""

    PUBLISHED = "published"
    TOLD = "told"
    GATHERED = "gathered"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Issue:
    """An edition as it is read: its papers in order, and what was changed after it came out.

    `edition` is the one that was published here; a day that a source told of has none, nor has a
    week or month whose papers are gathered from its days.
    """

    section: str
    span: Span
    origin: Origin
    picks: tuple[Pick, ...]
    edition: Edition | None = None
    changes: tuple[EditionChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """A paper in an edition: its place, and the votes it has by now."""

    pick: Pick
    paper: Paper
    votes: int


@dataclass(frozen=True, slots=True)
class RankOfDay:
    """The place of a paper among the papers of a day's edition."""

    section: str
    kind: EditionKind
    label: str
    place: int
    papers: int


def issue_of(desk: Desk, section: str, span: Span) -> Issue:
    """The edition of a span as it is read; without papers if there is none.

    One that was published here comes before one that a source told of.
    """
    edition = desk.editions.get(section, span.kind, span.label)
    if edition is not None and edition.is_published:
        picks = tuple(desk.editions.picks(edition.key))
        changes = tuple(desk.editions.changes(edition.key))
        return Issue(section, span, Origin.PUBLISHED, picks, edition, changes)
    if span.kind is _DAY and not section:
        picks = tuple(told_picks(desk, span.label))
        return Issue(section, span, Origin.TOLD if picks else Origin.NONE, picks)
    if span.kind in (EditionKind.WEEK, EditionKind.MONTH):
        picks = tuple(gathered(desk, section, span))
        return Issue(section, span, Origin.GATHERED if picks else Origin.NONE, picks)
    return Issue(section, span, Origin.NONE, ())


def gathered(desk: Desk, section: str, span: Span) -> list[Pick]:
    """The papers of the editions of a span's days by the votes they have by now."""
    days = days_of(desk, section, span)
    keys = [key for day in sorted(days) for key in days[day]]
    return by_votes(keys, votes_of(desk, keys))


def days_of(desk: Desk, section: str, span: Span) -> dict[str, list[int]]:
    """The papers of each day of a span that has an edition, in its order; told ones as filed."""
    first, last = span.first.isoformat(), span.last.isoformat()
    found = {} if section else desk.candidates.told_between(first, last)
    after = following(span_of(_DAY, span.last)).label
    published = desk.editions.published(section, _DAY, limit=_ALL, since=first, before=after)
    picks = desk.editions.picks_of([one.key for one in published])
    return found | {one.label: [pick.paper_key for pick in picks[one.key]] for one in published}


def stories_of(desk: Desk, picks: Sequence[Pick]) -> list[Story]:
    """The papers of picks in order; one that is no longer there is left out."""
    keys = [pick.paper_key for pick in picks]
    papers, votes = desk.papers.by_keys(keys), votes_of(desk, keys)
    return [
        Story(pick, papers[pick.paper_key], votes.get(pick.paper_key, 0))
        for pick in picks
        if pick.paper_key in papers
    ]


def archive(desk: Desk, section: str) -> dict[str, int]:
    """How many papers the edition of each day has, by its label, the last day first."""
    told = {} if section else desk.candidates.told_days()
    days = told | desk.editions.labels(section, _DAY)
    return dict(sorted(((day, count) for day, count in days.items() if count), reverse=True))


def last_day(desk: Desk, section: str, before: str = "9999") -> str | None:
    """The last day below a label that has an edition, None if there is none."""
    own = desk.editions.published(section, _DAY, limit=1, before=before)
    told = None if section else desk.candidates.told_before(before)
    return max((one for one in (own[0].label if own else None, told) if one), default=None)


def neighbours(desk: Desk, section: str, span: Span) -> tuple[str | None, str | None]:
    """The labels of the editions of this kind before and after a span, None at an end."""
    if span.kind is EditionKind.SPECIAL:
        return _special_neighbours(desk, section, span.label)
    before = last_day(desk, section, span.first.isoformat())
    after = _next_day(desk, section, span.last.isoformat())
    return (_label(span.kind, before), _label(span.kind, after))


def ranks_of(desk: Desk, paper_key: int) -> list[RankOfDay]:
    """The places of a paper in the editions it is in, the last one first.

    A paper that was in the editions of two days has its place in both.
    """
    found = [
        RankOfDay(one.edition.section, one.edition.kind, one.edition.label, one.place, one.papers)
        for one in desk.editions.of_paper(paper_key)
    ]
    for day in filter(_is_day, desk.candidates.told_days_of(paper_key)):
        own = desk.editions.get("", _DAY, day)
        # An edition of that day that was published here is read in place of the told one.
        if own is None or not own.is_published:
            picks = told_picks(desk, day)
            place = next(pick.place for pick in picks if pick.paper_key == paper_key)
            found.append(RankOfDay("", _DAY, day, place, len(picks)))
    return found


def _next_day(desk: Desk, section: str, after: str) -> str | None:
    own = sorted(label for label in desk.editions.labels(section, _DAY) if label > after)
    told = None if section else desk.candidates.told_after(after)
    return min((one for one in (own[0] if own else None, told) if one), default=None)


def _special_neighbours(desk: Desk, section: str, label: str) -> tuple[str | None, str | None]:
    """Special editions stand in the order in which they came out."""
    every = desk.editions.published(section, EditionKind.SPECIAL, limit=_ALL)
    ordered = [one.label for one in sorted(every, key=lambda one: (one.published, one.key))]
    if label not in ordered:
        return (ordered[-1] if ordered else None, None)
    at = ordered.index(label)
    after = ordered[at + 1] if at + 1 < len(ordered) else None
    return (ordered[at - 1] if at else None, after)


def _label(kind: EditionKind, day: str | None) -> str | None:
    """The label of the span that a day is in; None for a text that is no day."""
    if day is None or not _is_day(day):
        return None
    return span_of(kind, date.fromisoformat(day)).label


def _is_day(text: str) -> bool:
    """Whether what a source called a day is one; it says what it likes."""
    try:
        return read_label(_DAY, text).label == text
    except InputError:
        return False
