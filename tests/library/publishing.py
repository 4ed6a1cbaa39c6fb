"""Editions that are out."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from broadsheet.catalogue import Catalogue, EditionKind, Pick
from broadsheet.editions import span_of, window


def publish(catalogue: Catalogue, day: date, papers: Sequence[int], now: datetime) -> None:
    """Put out the edition of a day, with papers by their keys."""
    span = span_of(EditionKind.DAY, day)
    with catalogue.writing() as desk:
        edition = desk.editions.begin("", span.kind, span.label, window(span, time(6), UTC))
        picks = [Pick(paper_key=key, place=place) for place, key in enumerate(papers, 1)]
        desk.editions.put(edition.key, picks)
        desk.editions.publish(edition.key, now)
