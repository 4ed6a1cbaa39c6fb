"""One batch of records filed in one transaction: known, new, folded into a paper, or set aside."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from broadsheet.catalogue import Desk, FiledPaper, FiledRecord, KnownRecord, Quarantined
from broadsheet.ingest.fingerprints import with_moments
from broadsheet.ingest.matching import Judgement, Verdict, compare, contradict
from broadsheet.ingest.merging import cited, fold
from broadsheet.ingest.preparing import Batch, Named, Prepared
from broadsheet.ingest.report import Report
from broadsheet.papers import FACT_NAMES, Facts, Paper, PaperId
from broadsheet.text import title_key

BOTH = "one record speaks of both"
"""Why two papers may be one that a third source's record was found to be the same as."""
CANDIDATES = 20
"""A record is compared with at most so many papers of one title key, and of one band.

Without a bound, ten thousand papers called "Editorial" would each be compared with all others.
"""
_said: Callable[[Facts], tuple[Any, ...]] = attrgetter(*FACT_NAMES)


def unfamiliar(desk: Desk, batch: Batch) -> list[Named]:
    """Those of the records that the catalogue does not hold already, saying just this."""
    names = [one.name for one in batch]
    known, aside = desk.records.known(names), desk.quarantine.known(names)
    return [one for one in batch if _is_fresh(one, known, aside)]


def file_batch(desk: Desk, batch: Sequence[Prepared], now: datetime) -> Report:
    """File the records of a batch, in which none comes twice, and count what became of them."""
    filing = _Filing(desk, now)
    filing.look_up(batch)
    for ready in batch:
        filing.take(ready)
    filing.write()
    return filing.report


@dataclass(slots=True)
class _Filing:
    """The catalogue as a batch sees it: what is in it, and what the batch itself has added."""

    desk: Desk
    now: datetime
    report: Report = field(default_factory=Report)
    known: dict[tuple[str, str], KnownRecord] = field(default_factory=dict)
    aside: dict[tuple[str, str], bytes] = field(default_factory=dict)
    leads: dict[str, int] = field(default_factory=dict)
    titled: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    banded: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    facts: dict[int, Facts] = field(default_factory=dict)
    new: list[tuple[int, Prepared, PaperId]] = field(default_factory=list)
    filed: list[tuple[Prepared, int, KnownRecord | None]] = field(default_factory=list)
    quarantined: list[Prepared] = field(default_factory=list)
    pairs: list[tuple[int, int, Judgement]] = field(default_factory=list)
    joined: list[tuple[int, int]] = field(default_factory=list)
    folded: set[int] = field(default_factory=set)
    spare: int = 0

    def look_up(self, batch: Sequence[Prepared]) -> None:
        """Ask the catalogue, in a few statements, all that the batch needs to know."""
        names = [ready.name for ready in batch]
        self.known = self.desk.records.known(names)
        self.aside = self.desk.quarantine.known(names)
        fresh = [ready for ready in batch if _is_fresh(ready, self.known, self.aside)]
        ids = (name for ready in fresh for name in (*ready.ids, ready.own_id))
        self.leads.update(self.desk.papers.resolve(set(ids)))
        keys = {ready.title_key for ready in fresh if ready.title_key}
        self.titled.update(self.desk.matches.titled(keys))
        wanted = {band for ready in fresh for band in ready.bands}
        self.banded.update(self.desk.matches.banded(wanted))
        lists = (*self.titled.values(), *self.banded.values())
        near = {key for keys in lists for key in keys[:CANDIDATES]}
        known = {found.paper_key for found in self.known.values()}
        self.facts.update(self.desk.papers.by_keys(near | set(self.leads.values()) | known))
        self.spare = self.desk.papers.allocate(len(fresh)) if fresh else 0

    def take(self, ready: Prepared) -> None:
        """Decide what becomes of one record."""
        self.report.read += 1
        if not _is_fresh(ready, self.known, self.aside):
            self.report.unchanged += 1
            return
        if ready.reason is not None:
            self.quarantined.append(ready)
            self.report.quarantined += 1
            self.report.count(f"quarantine: {ready.reason.partition(':')[0]}")
            return
        known = self.known.get(ready.name)
        paper = known.paper_key if known else self._matched(ready)
        if known:
            self.report.updated += 1
        elif paper is None:
            self.report.new += 1
        else:
            self.report.merged += 1
        self.report.note(ready.findings)
        if paper is None:
            paper = self._begin(ready)
        else:
            self._file(ready, paper, known)
        self._link(ready, paper)

    def write(self) -> None:
        """Put everything on the shelves."""
        desk = self.desk
        desk.papers.add([self._paper(*one) for one in self.new])
        told = ((key, cited([ready.record])) for key, ready, _ in self.new)
        desk.citations.put({key: citations for key, citations in told if citations})
        self._write_records()
        rows = [
            (key, ready.record.source, signal)
            for ready, key, _ in self.filed
            for signal in with_moments(ready.record, self.now).signals
        ]
        desk.signals.add(rows)
        desk.matches.add_bands([(band, key) for r, key, _ in self.filed for band in r.bands])
        self._write_quarantine()
        desk.quarantine.drop([r.name for r, _, _ in self.filed if r.name in self.aside])
        for left, right, judgement in self.pairs:
            desk.matches.pair(left, right, judgement.reason, judgement.similarity, self.now)
        self.report.pairs = len({tuple(sorted(pair[:2])) for pair in self.pairs})
        for gone, into in self.joined:
            desk.papers.absorb(gone, into)
        refold(desk, self.folded - {gone for gone, _ in self.joined})

    def _matched(self, ready: Prepared) -> int | None:
        """The paper a record speaks of, if it is in the catalogue; doubts become pairs."""
        for name in ready.ids:
            key = self.leads.get(name)
            if key is not None and not contradict(ready.facts, self.facts[key]):
                self.report.count("duplicate: same id")
                return key
        near = dict.fromkeys(self.titled.get(ready.title_key, ())[:CANDIDATES])
        for held in filter(None, map(self.banded.get, ready.bands)):
            near.update(dict.fromkeys(held[:CANDIDATES]))
        judged = [(compare(ready.facts, self.facts[key]), key) for key in near]
        same = [one for one in judged if one[0].verdict is Verdict.SAME]
        if same:
            best, key = max(same, key=lambda one: (one[0].similarity, -one[1]))
            self.report.count(f"duplicate: {best.reason}")
            self.pairs += [
                (key, other, Judgement(Verdict.DOUBTFUL, BOTH, judgement.similarity))
                for judgement, other in same
                if other != key and not contradict(self.facts[key], self.facts[other])
            ]
            return key
        doubts = [one for one in judged if one[0].verdict is Verdict.DOUBTFUL]
        self.pairs += [(self.spare, key, judgement) for judgement, key in doubts]
        return None

    def _begin(self, ready: Prepared) -> int:
        """Begin a paper with a record; its key. Later records of the batch will see it."""
        key = self.spare
        self.spare += 1
        name = ready.own_id
        if name in self.leads:
            name = _apart(name, ready)
        self.new.append((key, ready, name))
        self.facts[key] = ready.facts
        self.titled[ready.title_key].append(key)
        for band in ready.bands:
            self.banded[band].append(key)
        self.leads.setdefault(name, key)
        self.filed.append((ready, key, None))
        return key

    def _file(self, ready: Prepared, key: int, known: KnownRecord | None) -> None:
        """File a record under a paper that is there."""
        self.filed.append((ready, key, known))
        self.folded.add(key)
        held = self.facts[key]
        self.facts[key] = (
            _with_gaps_filled(ready.facts, held) if known else _with_gaps_filled(held, ready.facts)
        )

    def _link(self, ready: Prepared, key: int) -> None:
        """Join the other papers that a record's ids lead to, or pair them if they contradict."""
        for name in ready.ids:
            other = self.leads.setdefault(name, key)
            if other == key:
                continue
            if contradict(self.facts[other], self.facts[key]):
                self.pairs.append((key, other, Judgement(Verdict.DOUBTFUL, "share an id", 0.0)))
                continue
            self.joined.append((other, key))
            self.facts[key] = _with_gaps_filled(self.facts[key], self.facts[other])
            for moved, leading in self.leads.items():
                if leading == other:
                    self.leads[moved] = key
            self._forget(other, key)

    def _forget(self, gone: int, into: int) -> None:
        """Let nothing of the batch lead to a paper that was joined to another."""
        for found in (*self.titled.values(), *self.banded.values()):
            if gone in found:
                found[:] = dict.fromkeys(into if key == gone else key for key in found)
        self.known = {
            name: KnownRecord(one.key, into, one.fingerprint) if one.paper_key == gone else one
            for name, one in self.known.items()
        }
        self.pairs = [pair for pair in self.pairs if gone not in pair[:2] or into not in pair[:2]]
        self.folded.add(into)

    def _paper(self, key: int, ready: Prepared, name: PaperId) -> FiledPaper:
        values = dict(zip(FACT_NAMES, _said(ready.facts), strict=True))
        aliases = tuple(alias for alias in ready.ids if alias != name)
        paper = Paper(id=name, aliases=aliases, findings=ready.findings, **values)
        return FiledPaper(key, paper, ready.title_key)

    def _write_records(self) -> None:
        fresh = sum(known is None for _, _, known in self.filed)
        free = iter(range(self.desk.records.allocate(fresh), 1 << 62)) if fresh else iter(())
        added: list[FiledRecord] = []
        replaced: list[FiledRecord] = []
        for ready, key, known in self.filed:
            row = FiledRecord(
                key=known.key if known else next(free),
                paper_key=key,
                identity=ready.identity,
                fingerprint=ready.fingerprint,
                received_at=self.now,
                record=ready.record,
                payload=ready.payload,
            )
            (replaced if known else added).append(row)
        self.desk.records.add(added)
        self.desk.records.replace(replaced)

    def _write_quarantine(self) -> None:
        if not self.quarantined:
            return
        first = self.desk.records.allocate(len(self.quarantined))
        rows = [
            Quarantined(
                key=first + number,
                source=ready.record.source,
                identity=ready.identity,
                fingerprint=ready.fingerprint,
                received_at=self.now,
                reason=ready.reason or "",
                place=str(ready.record.place or ready.record.native_id or ""),
                record=ready.record,
            )
            for number, ready in enumerate(self.quarantined)
        ]
        self.desk.quarantine.put(rows)


def refold(
    desk: Desk, keys: Iterable[int], *, templates: Collection[int] | None = None
) -> list[tuple[Paper, Paper]]:
    """Fold papers anew from their records; an id that leads to another paper is not taken.

    Each paper as it was and as it is now. With `templates`, which are else the catalogue's, only
    those are written that are not as they were.
    """
    wanted = sorted(keys)
    if not wanted:
        return []
    known = desk.findings.templates() if templates is None else templates
    papers = desk.papers.by_keys(wanted, full=templates is not None)
    filed = {key: records for key, records in desk.records.of(wanted).items() if records}
    folded = [(key, *fold(records, known)) for key, records in filed.items()]
    leads = desk.papers.resolve([paper.id for _, paper, _ in folded])
    rows = []
    for key, paper, provenance in folded:
        if leads.get(paper.id, key) != key:
            values = {fact: getattr(paper, fact) for fact in FACT_NAMES}
            paper = Paper(
                id=papers[key].id, aliases=paper.aliases, findings=paper.findings, **values
            )
        rows.append(FiledPaper(key, paper, title_key(paper.title), provenance))
    if templates is not None:
        rows = [filed for filed in rows if not _is_same(papers[filed.key], filed.paper)]
    desk.papers.replace(rows)
    desk.citations.put(
        {key: cited(stored.record for stored in records) for key, records in filed.items()}
    )
    return [(papers[filed.key], filed.paper) for filed in rows]


def _is_same(left: Paper, right: Paper) -> bool:
    """Whether two papers are known by the same id and say the same, findings included."""
    names = ("id", "findings", *FACT_NAMES)
    return all(getattr(left, name) == getattr(right, name) for name in names)


def _is_fresh(
    one: Named,
    known: Mapping[tuple[str, str], KnownRecord],
    aside: Mapping[tuple[str, str], bytes],
) -> bool:
    """Whether a record is neither filed nor set aside, saying just this."""
    filed = known.get(one.name)
    return (filed is None or filed.fingerprint != one.fingerprint) and (
        aside.get(one.name) != one.fingerprint
    )


def _with_gaps_filled(facts: Facts, other: Facts) -> Facts:
    """The facts, with those by which papers are matched taken from another where they lack.

    What later records of the same batch see of a paper that is folded only at its end.
    """
    return replace(
        facts,
        abstract=facts.abstract or other.abstract,
        authors=facts.authors or other.authors,
        arxiv_id=facts.arxiv_id or other.arxiv_id,
        doi=facts.doi or other.doi,
    )


def _apart(name: PaperId, ready: Prepared) -> PaperId:
    """Another id for a paper whose own is taken by a different paper of the same title."""
    text = f"{ready.record.source}\n{ready.identity}"
    return PaperId(f"{name}-{hashlib.blake2b(text.encode(), digest_size=4).hexdigest()}")
