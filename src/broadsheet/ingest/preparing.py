"""A record made ready to be filed: its facts, what it is matched by, and why it cannot be filed."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

from broadsheet.catalogue import pack
from broadsheet.curation import flags, judge, tidied
from broadsheet.errors import SourceError
from broadsheet.identifiers import paper_id
from broadsheet.ingest.fingerprints import bands, fingerprint, identity, runs
from broadsheet.ingest.merging import all_ids
from broadsheet.papers import Facts, Finding, PaperId, Record
from broadsheet.text import title_key

BROKEN = "broken"
"""The format of a record that could not be read."""
UNREAD = "reading"
"""The stage that sets aside what could not be read."""


@dataclass(frozen=True, slots=True)
class Named:
    """A record, what names it within its source, and the fingerprint of what it says."""

    record: Record
    identity: str
    fingerprint: bytes

    @property
    def name(self) -> tuple[str, str]:
        """What the catalogue knows it by."""
        return self.record.source, self.identity


@dataclass(frozen=True, slots=True)
class Prepared(Named):
    """A record made ready outside the transaction.

    `payload` is what the catalogue keeps of the record, where that is written down already.
    """

    facts: Facts
    title_key: str
    ids: tuple[PaperId, ...]
    own_id: PaperId
    bands: tuple[int, ...]
    reason: str | None
    findings: tuple[Finding, ...] = ()
    payload: bytes | None = None


Batch = Sequence[Named]
Parts = tuple[Any, ...]
_added: Callable[[Prepared], Parts] = attrgetter(*Prepared.__annotations__)


def named(record: Record) -> Named:
    """A record with its identity and fingerprint: all it takes to tell whether it is known."""
    return Named(record, identity(record), fingerprint(record))


def prepared(
    one: Named, *, released: bool = False, templates: Collection[int] = frozenset()
) -> Prepared:
    """A record cleaned, judged (unless `released`) and flagged, with all that it is matched by.

    `templates` are the digests of sentences that many abstracts share.
    """
    record = one.record
    facts, repairs = tidied(record)
    key = title_key(facts.title)
    broken_why = f"{UNREAD}: {record.abstract}" if record.format == BROKEN else None
    return Prepared(
        record=record,
        identity=one.identity,
        fingerprint=one.fingerprint,
        facts=facts,
        title_key=key,
        ids=tuple(all_ids(record.source, record.native_id, facts)),
        own_id=paper_id(facts, record.source, record.native_id, key),
        bands=bands(runs(facts.abstract)),
        reason=None if released else broken_why or judge(facts),
        findings=(*repairs, *flags(facts, templates)),
    )


def packed(ready: Prepared) -> Prepared:
    """A prepared record with its payload."""
    return replace(ready, payload=pack(ready.record))


def parts(ready: Prepared) -> Parts:
    """What preparing has added to a record."""
    return _added(ready)


def completed(one: Named, added: Parts) -> Prepared:
    """A record with what preparing it elsewhere has added (`parts`)."""
    return Prepared(one.record, one.identity, one.fingerprint, *added)


def broken(fault: SourceError, source: str) -> Record:
    """A record in the place of one that could not be read; its abstract says why."""
    return Record(
        source=source,
        format=BROKEN,
        raw=fault.raw,
        native_id=f"!{fault.place}",
        abstract=fault.reason,
    )
