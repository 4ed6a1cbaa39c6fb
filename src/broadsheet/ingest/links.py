"""Links that people here add to a paper: kept as records of the source `broadsheet`."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from broadsheet.catalogue import Desk, FiledRecord
from broadsheet.ingest.filing import refold
from broadsheet.ingest.fingerprints import fingerprint
from broadsheet.ingest.merging import BY_AUTHORS
from broadsheet.papers import Link, Record

SOURCE: Final = "broadsheet"
"""Who says what people say of papers here."""
_BY_OTHERS = "links"


def file_links(
    desk: Desk, key: int, links: Sequence[Link], *, of_author: bool, now: datetime
) -> None:
    """File what somebody here says where things of a paper are, and fold it anew.

    It is kept as a record of the source `broadsheet`, one for the authors, whose links come before
    all others, and one for everybody else; what either said before is replaced. No record names
    anybody: people may leave, and records stay.
    """
    format = BY_AUTHORS if of_author else _BY_OTHERS
    raw = json.dumps([[link.kind, link.url] for link in links])
    record = Record(links=tuple(links), source=SOURCE, format=format, raw=raw)
    held = [one for one in desk.records.of([key])[key] if _is_ours(one.record, format)]
    filed = FiledRecord(
        key=held[0].key if held else desk.records.allocate(1),
        paper_key=key,
        identity=held[0].identity if held else f"{format}:{key}",
        fingerprint=fingerprint(record),
        received_at=now,
        record=record,
    )
    (desk.records.replace if held else desk.records.add)([filed])
    refold(desk, [key])


def links_said(desk: Desk, key: int, *, of_author: bool) -> tuple[Link, ...]:
    """What the authors, or others here, said last where things of a paper are."""
    format = BY_AUTHORS if of_author else _BY_OTHERS
    records = desk.records.of([key])[key]
    return next((one.record.links for one in records if _is_ours(one.record, format)), ())


def _is_ours(record: Record, format: str) -> bool:
    return record.source == SOURCE and record.format == format
