"""Invented papers of given days, and days of whose editions a source tells."""

from datetime import UTC, date, datetime

from broadsheet.catalogue import Desk, FiledPaper
from broadsheet.papers import Author, Paper, PaperId, PartialDate, Signal, SignalKind
from tests.library.shelving import toy_key

_SUBJECTS = ("kettles", "lighthouses", "glaciers", "violins", "sundials", "hedgehogs")


def toy_dailies(day: date, count: int = 6, first: int = 1) -> tuple[Paper, ...]:
    """So many papers that were announced on a day, each of another subject."""
    return tuple(_paper(day, number) for number in range(first, first + count))


def file_papers(desk: Desk, papers: tuple[Paper, ...]) -> list[int]:
    """File papers without records; their keys."""
    first = desk.papers.allocate(len(papers))
    filed = [FiledPaper(first + at, one, toy_key(one.title)) for at, one in enumerate(papers)]
    desk.papers.add(filed)
    return [one.key for one in filed]


def tell(desk: Desk, keys: list[int], day: str, votes: tuple[int, ...] = ()) -> None:
    """Let a source say that papers were in the edition of a day, and how many votes each got."""
    at = datetime.fromisoformat(day).replace(tzinfo=UTC)
    rows = [(key, "daily", Signal(SignalKind.EDITION_DAY, text=day, at=at)) for key in keys]
    rows += [
        (key, "daily", Signal(SignalKind.VOTES, value=count, at=at))
        for key, count in zip(keys, votes, strict=False)
    ]
    desk.signals.add(rows)


def _paper(day: date, number: int) -> Paper:
    subject = _SUBJECTS[(number - 1) % len(_SUBJECTS)]
    return Paper(
        id=PaperId(f"{day:%y%m}.{day.day:02}{number:03}"),
        title=f"Of {subject.title()}, Part {number} of {day}",
        abstract=f"We study {subject} in their {number} forms, and say what they are for.",
        authors=(Author(f"Author {number} Example"),),
        announced=PartialDate(day.year, day.month, day.day),
        categories=("toy.DL",),
    )
