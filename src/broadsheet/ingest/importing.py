"""Files into the catalogue: read through first, then filed batch by batch, each batch at once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from broadsheet import sources
from broadsheet.catalogue import Catalogue
from broadsheet.errors import InputError, SourceError
from broadsheet.ingest.filing import file_batch, unfamiliar
from broadsheet.ingest.parallel import Preparer
from broadsheet.ingest.preparing import Batch, Named, broken, named
from broadsheet.ingest.report import Report
from broadsheet.papers import Record

BATCH = 500
_FAULTS_TOLD = 20
_TOLD_EVERY = 1000


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """Where an import is: `phase` is `reading` (nothing is written yet) or `filing`.

    `done` of `total` records; while filing, `done` of them are durably in the catalogue. `total`
    is 0 while it is not known.
    """

    phase: str
    file: str
    done: int
    total: int


Progress = Callable[[ImportProgress], None]
Stop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are to be read; None lets each file say for itself."""

    source: str | None = None
    format: str | None = None
    encoding: str = "utf-8"


def import_files(
    catalogue: Catalogue,
    paths: Sequence[Path],
    reading: Reading,
    *,
    now: datetime,
    progress: Progress,
    stop: Stop = lambda: False,
    keep_going: bool = False,
) -> Report:
    """Import files and report what became of every record.

    All files are read through before anything is written: if one has a fault, InputError names
    the faults and nothing is imported. With `keep_going`, broken records go to quarantine instead
    and only faults of whole files stop the import. `stop` is asked between batches; what is filed
    by then stays, and repeating the import goes on from there. `now` is aware UTC.
    """
    with catalogue.alone("import"), Preparer() as preparer:
        total = _read_through(paths, reading, progress, stop, keep_going)
        report = Report()
        for path in paths:
            for batch in _batches(path, reading, keep_going):
                if stop():
                    report.stopped = True
                    return report
                report.add(_file(catalogue, batch, now, preparer))
                progress(ImportProgress("filing", path.name, report.read, total))
        return report


@dataclass(slots=True)
class _Faults:
    """The faults of the files: all are counted, the first of each file are kept."""

    count: int = 0
    kept: list[SourceError] = field(default_factory=list)

    def note(self, fault: SourceError, of_file: int) -> None:
        """Count a fault, the `of_file`th of its file."""
        self.count += 1
        if of_file <= _FAULTS_TOLD:
            self.kept.append(fault)


def _read_through(
    paths: Sequence[Path], reading: Reading, progress: Progress, stop: Stop, keep_going: bool
) -> int:
    """How many records the files hold; InputError if any has a fault."""
    faults = _Faults()
    count = 0
    for path in paths:
        before = faults.count
        try:
            for entry in _entries(path, reading):
                if isinstance(entry, SourceError) and not keep_going:
                    faults.note(entry, faults.count - before + 1)
                count += 1
                if count % _TOLD_EVERY == 0:
                    progress(ImportProgress("reading", path.name, count, 0))
                    if stop():
                        return count
        except SourceError as fault:
            faults.note(fault, 1)
    if faults.count:
        raise _refusal(faults)
    return count


def _refusal(faults: _Faults) -> InputError:
    """One error that names the first faults of each file and counts the rest."""
    told = [fault.message for fault in faults.kept]
    if faults.count > len(told):
        told.append(f"… and {faults.count - len(told)} more faults")
    hints = list(dict.fromkeys(fault.hint for fault in faults.kept if fault.hint))
    advice = "Nothing was imported. Mend the file, or set broken records aside with --keep-going."
    return InputError("\n".join(told), hint="; ".join([*hints[:3], advice]))


def _file(catalogue: Catalogue, batch: Batch, now: datetime, preparer: Preparer) -> Report:
    """File a batch; what the catalogue holds already is told apart before it costs anything."""
    with catalogue.reading() as desk:
        fresh = unfamiliar(desk, batch)
        templates = desk.findings.templates() if fresh else frozenset()
    same = len(batch) - len(fresh)
    report = Report(read=same, unchanged=same)
    if fresh:
        ready = preparer.prepared(fresh, templates)
        with catalogue.writing() as desk:
            report.add(file_batch(desk, ready, now))
    return report


def _entries(path: Path, reading: Reading) -> Iterator[Record | SourceError]:
    return sources.read(
        path, source=reading.source, format=reading.format, encoding=reading.encoding
    )


def _batches(path: Path, reading: Reading, keep_going: bool) -> Iterator[Batch]:
    """The records of a file in batches in which no record comes twice."""
    batch: dict[tuple[str, str], Named] = {}
    for entry in _entries(path, reading):
        if isinstance(entry, SourceError):
            if not keep_going:
                # The file changed since it was read through.
                raise entry
            entry = broken(entry, reading.source or path.name.split(".")[0])
        one = named(entry)
        if one.name in batch or len(batch) >= BATCH:
            yield list(batch.values())
            batch = {}
        batch[one.name] = one
    if batch:
        yield list(batch.values())
