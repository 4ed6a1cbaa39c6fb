"""Files into the catalogue: read through first, then filed batch by batch, each batch at once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from broadsheet import sources
from broadsheet.catalogue import Catalogue
from broadsheet.errors import InputError, SourceError
from broadsheet.ingest.filing import Batch, Prepared, broken, file_batch, prepared
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
    with catalogue.alone("import"):
        total = _read_through(paths, reading, progress, stop, keep_going)
        report = Report()
        for path in paths:
            for batch in _batches(path, reading, keep_going):
                if stop():
                    report.stopped = True
                    return report
                with catalogue.writing() as desk:
                    part = file_batch(desk, batch, now)
                report.add(part)
                progress(ImportProgress("filing", path.name, report.read, total))
        return report


def _read_through(
    paths: Sequence[Path], reading: Reading, progress: Progress, stop: Stop, keep_going: bool
) -> int:
    """How many records the files hold; InputError if any has a fault."""
    faults: list[SourceError] = []
    count = 0
    for path in paths:
        try:
            for entry in _entries(path, reading):
                if isinstance(entry, SourceError) and not keep_going:
                    faults.append(entry)
                count += 1
                if count % _TOLD_EVERY == 0:
                    progress(ImportProgress("reading", path.name, count, 0))
                    if stop():
                        return count
        except SourceError as fault:
            faults.append(fault)
    if faults:
        raise _refusal(faults)
    return count


def _refusal(faults: Sequence[SourceError]) -> InputError:
    """One error that names the first faults and counts the rest."""
    told = [fault.message for fault in faults[:_FAULTS_TOLD]]
    if len(faults) > len(told):
        told.append(f"… and {len(faults) - len(told)} more faults")
    hints = list(dict.fromkeys(fault.hint for fault in faults if fault.hint))
    advice = "Nothing was imported. Mend the file, or set broken records aside with --keep-going."
    return InputError("\n".join(told), hint="; ".join([*hints[:3], advice]))


def _entries(path: Path, reading: Reading) -> Iterator[Record | SourceError]:
    return sources.read(
        path, source=reading.source, format=reading.format, encoding=reading.encoding
    )


def _batches(path: Path, reading: Reading, keep_going: bool) -> Iterator[Batch]:
    """The records of a file in batches in which no record comes twice."""
    batch: dict[tuple[str, str], Prepared] = {}
    for entry in _entries(path, reading):
        if isinstance(entry, SourceError):
            if not keep_going:
                # The file changed since it was read through.
                raise entry
            entry = broken(entry, reading.source or path.name.split(".")[0])
        ready = prepared(entry)
        name = (ready.record.source, ready.identity)
        if name in batch or len(batch) >= BATCH:
            yield list(batch.values())
            batch = {}
        batch[name] = ready
    if batch:
        yield list(batch.values())
