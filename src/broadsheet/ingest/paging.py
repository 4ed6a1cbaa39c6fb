"""One page of a source filed in one transaction: its papers, what is gone, and what was counted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from broadsheet.catalogue import Catalogue, Desk
from broadsheet.errors import SourceError
from broadsheet.identifiers import read_reference
from broadsheet.ingest.filing import file_batch, unfamiliar
from broadsheet.ingest.parallel import Preparer
from broadsheet.ingest.preparing import Named, Prepared, broken, named
from broadsheet.ingest.report import Report
from broadsheet.papers import Record, Signal
from broadsheet.sources.remote import Entry, Gone, Tally

Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ReadyPage:
    """A page made ready outside the transaction: fresh records, tallies, and what is known so far.

    `same` counts the records that say nothing new, `gone` the entries that say that a paper is
    gone, and `unknown` those of them that mean no paper here.
    """

    fresh: Sequence[Prepared]
    tallies: Sequence[Tally]
    same: int
    gone: int
    unknown: int


def ready_page(
    catalogue: Catalogue, entries: Sequence[Entry], source: str, preparer: Preparer
) -> ReadyPage:
    """Make the entries of a page of `source` ready to be filed.

    Of a record that comes twice the last counts. What is gone is filed as what the source said of
    it before, withdrawn; a record that could not be read goes to quarantine.
    """
    gone = [entry.native_id for entry in entries if isinstance(entry, Gone)]
    with catalogue.reading() as desk:
        held = _held(desk, source, gone)
        records: dict[Name, Named] = {}
        read = unknown = 0
        for entry in entries:
            record = _record(entry, source, records, held)
            unknown += record is None and isinstance(entry, Gone)
            if record is not None:
                read += 1
                one = named(record)
                records[one.name] = one
        fresh = unfamiliar(desk, list(records.values()))
    tallies = [entry for entry in entries if isinstance(entry, Tally)]
    ready = preparer.prepared(fresh)
    return ReadyPage(ready, tallies, read - len(fresh), len(gone), unknown)


def file_page(desk: Desk, page: ReadyPage, source: str, now: datetime) -> Counter[str]:
    """File a page and count what became of its entries, by the names of a report and three more.

    gone: entries that say that a paper is gone; tallied: counts of papers that are here; unknown:
    what was said gone or counted of papers that are not. Each stage of curation is counted by its
    own name.
    """
    report = Report(read=page.same, unchanged=page.same)
    if page.fresh:
        report.add(file_batch(desk, page.fresh, now))
    tallied = _file_tallies(desk, page.tallies, source, now)
    told = asdict(report)
    del told["stopped"]
    counts = Counter({**told.pop("stages"), **told})
    counts["gone"] = page.gone
    counts["tallied"] = tallied
    counts["unknown"] = page.unknown + len(page.tallies) - tallied
    return counts


def _held(desk: Desk, source: str, ids: Sequence[str]) -> dict[Name, Record]:
    """What the source said so far under each of its ids."""
    known = desk.records.known([(source, id) for id in ids])
    filed = desk.records.of({one.paper_key for one in known.values()})
    return {
        (source, stored.identity): stored.record
        for records in filed.values()
        for stored in records
        if stored.record.source == source
    }


def _record(
    entry: Entry, source: str, page: dict[Name, Named], held: dict[Name, Record]
) -> Record | None:
    """The record to be filed for an entry; None for a tally, and for what is gone unseen."""
    if isinstance(entry, Record):
        return entry
    if isinstance(entry, SourceError):
        return broken(entry, source)
    if isinstance(entry, Tally):
        return None
    name = (source, entry.native_id)
    before = page[name].record if name in page else held.get(name)
    return replace(before, withdrawn=True) if before else None


def _file_tallies(desk: Desk, tallies: Sequence[Tally], source: str, now: datetime) -> int:
    """File what was counted of papers; how many of the tallies are of papers that are here."""
    if not tallies:
        return 0
    ids = [str(read_reference(tally.paper) or tally.paper) for tally in tallies]
    leads = desk.papers.resolve(id for id in ids if "\0" not in id)
    of_papers = [(leads[id], tally) for id, tally in zip(ids, tallies, strict=True) if id in leads]
    known = desk.signals.of_papers({key for key, _ in of_papers})
    rows: list[tuple[int, str, Signal]] = []
    for key, tally in of_papers:
        for signal in tally.signals:
            dated = signal if signal.at else replace(signal, at=now)
            if _is_news(dated, [one.signal for one in known[key] if one.source == source]):
                rows.append((key, source, dated))
    desk.signals.add(rows)
    # Whoever follows the changes, and whoever holds a page, is to hear of new counts.
    desk.changes.mark(sorted({key for key, _, _ in rows}))
    return len(of_papers)


def _is_news(signal: Signal, before: Sequence[Signal]) -> bool:
    """Whether a dated signal differs from what its source said `before`, the earliest first.

    The same count on another day is none: it would be kept for every paper every night.
    """
    same = [one for one in before if one.kind == signal.kind]
    if signal.value is None or not same or signal.at is None:
        return signal not in same
    last = [one for one in same if one.at is not None and one.at <= signal.at]
    return signal not in same and (not last or last[-1].value != signal.value)
