"""The shelf of signals: dated counts and names that sources reported about papers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select

from broadsheet.catalogue.encoding import from_micros, to_micros
from broadsheet.catalogue.schema import NO_VALUE, SIGNALS
from broadsheet.catalogue.statements import among, insert_new
from broadsheet.papers import Signal, SignalKind


@dataclass(frozen=True, slots=True)
class DatedSignal:
    """A signal and the source that reported it; `signal.at` is filled in."""

    source: str
    signal: Signal


@dataclass(frozen=True, slots=True)
class SignalShelf:
    """The signals of each paper; the same signal is kept once."""

    connection: Connection

    def add(self, rows: Sequence[tuple[int, str, Signal]]) -> None:
        """File (paper key, source, signal); repeats are ignored, an empty text counts as none.

        Raises ValueError for a signal without a moment.
        """
        insert_new(self.connection, SIGNALS, [_columns(*row) for row in rows])

    def of(self, paper_key: int) -> list[DatedSignal]:
        """The signals of a paper, the earliest first."""
        return self.of_papers([paper_key])[paper_key]

    def of_papers(self, paper_keys: Iterable[int]) -> dict[int, list[DatedSignal]]:
        """The signals of each of the papers, the earliest first; every key has a list."""
        found: dict[int, list[DatedSignal]] = {key: [] for key in paper_keys}
        rows = among(self.connection, select(SIGNALS), SIGNALS.c.paper_key, list(found))
        for row in sorted(rows, key=lambda row: (row.at, row.source, row.kind, row.value)):
            signal = Signal(
                kind=SignalKind(row.kind),
                value=None if row.value == NO_VALUE else row.value,
                text=row.text or None,
                at=from_micros(row.at),
            )
            found[row.paper_key].append(DatedSignal(row.source, signal))
        return found

    def latest(self, kind: SignalKind, paper_keys: Iterable[int]) -> dict[int, int]:
        """What sources last counted of a kind, of several the greatest; papers with none are out.

        As `counts_of` tells it of one paper, for many at once.
        """
        question = select(
            SIGNALS.c.paper_key, SIGNALS.c.source, SIGNALS.c.at, SIGNALS.c.value
        ).where(SIGNALS.c.kind == str(kind), SIGNALS.c.value != NO_VALUE)
        rows = among(self.connection, question, SIGNALS.c.paper_key, paper_keys)
        latest: dict[tuple[int, str], tuple[int, int]] = {}
        for key, source, at, value in rows:
            latest[key, source] = max(latest.get((key, source), (at, value)), (at, value))
        found: dict[int, int] = {}
        for (key, _), (_, value) in latest.items():
            found[key] = max(found.get(key, value), value)
        return found

    def move(self, gone: int, into: int) -> None:
        """Give the signals of paper `gone` to another."""
        rows = self.connection.execute(select(SIGNALS).where(SIGNALS.c.paper_key == gone))
        insert_new(self.connection, SIGNALS, [{**row._mapping, "paper_key": into} for row in rows])
        self.connection.execute(delete(SIGNALS).where(SIGNALS.c.paper_key == gone))


def _columns(paper_key: int, source: str, signal: Signal) -> dict[str, object]:
    """The row of a signal."""
    if signal.at is None:
        raise ValueError(f"a signal without a moment: {signal}")
    return {
        "paper_key": paper_key,
        "source": source,
        "kind": str(signal.kind),
        "at": to_micros(signal.at),
        "value": NO_VALUE if signal.value is None else signal.value,
        "text": signal.text or "",
    }
