"""The catalogue's papers that a source is asked about: those of the wanted days, newest first."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from broadsheet.papers import Paper, PartialDate
from broadsheet.sources.remote import Wanted
from broadsheet.sources.remote.replies import kept


def wanted_papers(wanted: Wanted, where: str) -> Iterator[Paper]:
    """The catalogue's papers of the wanted days, those behind the cursor's `paper` if there is one.

    If that is no longer there, all of them: what is asked twice does no harm.
    """
    if wanted.cursor is not None:
        last = kept(wanted.cursor, "paper", where)
        papers = wanted.papers()
        if any(last in (paper.id, *paper.aliases) for paper in papers):
            yield from _of_the_days(papers, wanted)
            return
    yield from _of_the_days(wanted.papers(), wanted)


def _of_the_days(papers: Iterable[Paper], wanted: Wanted) -> Iterator[Paper]:
    for paper in papers:
        first, last = _days(paper.announced)
        if (wanted.since or date.min) <= last and first <= (wanted.until or date.max):
            yield paper


def _days(announced: PartialDate | None) -> tuple[date, date]:
    """The first and the last day that a date may mean; none is any day."""
    if announced is None:
        return date.min, date.max
    first = date(announced.year, announced.month or 1, announced.day or 1)
    if announced.day:
        return first, first
    if not announced.month:
        return first, date(announced.year, 12, 31)
    return first, (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
