"""The shelf of changes: which papers changed since a number, for whatever is derived from them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from broadsheet.catalogue.schema import CHANGES, COUNTERS, META
from broadsheet.catalogue.statements import next_numbers, upsert

_STIRS = "community"


@dataclass(frozen=True, slots=True)
class Change:
    """The latest change of one paper; `gone` papers were folded into another.

    `former_id` is the id that a paper had when it went, None for one that is there.
    """

    seq: int
    paper_key: int
    gone: bool
    former_id: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeShelf:
    """The changes in the order in which they became visible; each paper has one, its latest."""

    connection: Connection

    def lineage(self) -> str:
        """What names this line of history: another one after a restore; 32 hexadecimal digits."""
        found = select(META.c.value).where(META.c.name == "lineage")
        return str(self.connection.execute(found).scalar_one())

    def latest(self) -> int:
        """The number of the last change, 0 before the first."""
        return self.connection.execute(select(func.max(CHANGES.c.seq))).scalar_one() or 0

    def since(self, seq: int, limit: int) -> list[Change]:
        """At most `limit` changes with numbers above `seq`, in order."""
        rows = self.connection.execute(
            select(CHANGES.c.seq, CHANGES.c.paper_key, CHANGES.c.gone, CHANGES.c.former_id)
            .where(CHANGES.c.seq > seq)
            .order_by(CHANGES.c.seq)
            .limit(limit)
        )
        return [Change(*row) for row in rows]

    def mark(self, paper_keys: Sequence[int]) -> None:
        """Note that these papers changed now."""
        self._note([{"paper_key": key, "gone": False, "former_id": None} for key in paper_keys])

    def mark_gone(self, paper_key: int, former_id: str) -> None:
        """Note that a paper went, and the id it had."""
        self._note([{"paper_key": paper_key, "gone": True, "former_id": former_id}])

    def stir(self) -> None:
        """Note that something pages show changed beside the papers: a vote, a comment, an edition.

        To be called in the transaction that changes it: answers kept elsewhere no longer hold.
        """
        next_numbers(self.connection, _STIRS, 1)

    def stirs(self) -> int:
        """How often that happened."""
        found = select(COUNTERS.c.value).where(COUNTERS.c.name == _STIRS)
        return int(self.connection.execute(found).scalar_one())

    def _note(self, rows: Sequence[dict[str, object]]) -> None:
        """Write changes under the next numbers."""
        if not rows:
            return
        first = next_numbers(self.connection, "change", len(rows))
        numbered = [{**row, "seq": first + place} for place, row in enumerate(rows)]
        upsert(self.connection, CHANGES, numbered)
