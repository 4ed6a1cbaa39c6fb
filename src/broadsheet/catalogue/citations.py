"""The shelf of citations: what each paper cites, as its sources say."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select

from broadsheet.catalogue.schema import CITATIONS
from broadsheet.catalogue.statements import among, chunks, insert_new


@dataclass(frozen=True, slots=True, order=True)
class Citation:
    """A work that a paper cites, by its id (`2502.08025`, `doi:10.…`), and the source that says so.

    The work need not be in the catalogue.
    """

    cited: str
    source: str


@dataclass(frozen=True, slots=True)
class CitationShelf:
    """The citations of each paper; the same one of the same source is kept once."""

    connection: Connection

    def put(self, citations: Mapping[int, Iterable[Citation]]) -> None:
        """File what papers cite, in place of what was filed of them before."""
        for chunk in chunks(citations):
            self.connection.execute(delete(CITATIONS).where(CITATIONS.c.paper_key.in_(chunk)))
        rows = [
            {"paper_key": key, "cited": one.cited, "source": one.source}
            for key, cited in citations.items()
            for one in cited
        ]
        insert_new(self.connection, CITATIONS, rows)

    def of(self, paper_keys: Iterable[int]) -> dict[int, list[Citation]]:
        """What each of the papers cites, by id; every key has a list."""
        found: dict[int, list[Citation]] = {key: [] for key in paper_keys}
        for row in among(self.connection, select(CITATIONS), CITATIONS.c.paper_key, list(found)):
            found[row.paper_key].append(Citation(row.cited, row.source))
        return {key: sorted(citations) for key, citations in found.items()}

    def citing(self, ids: Iterable[str]) -> dict[str, list[int]]:
        """The keys of the papers that cite each of these ids, for those that any cites."""
        question = select(CITATIONS.c.cited, CITATIONS.c.paper_key).distinct()
        found: dict[str, list[int]] = defaultdict(list)
        for cited, key in among(self.connection, question, CITATIONS.c.cited, ids):
            found[cited].append(key)
        return {cited: sorted(keys) for cited, keys in found.items()}

    def count(self) -> int:
        """How many citations there are."""
        return self.connection.execute(select(func.count()).select_from(CITATIONS)).scalar_one()

    def move(self, gone: int, into: int) -> None:
        """Give the citations of paper `gone` to another."""
        rows = self.connection.execute(select(CITATIONS).where(CITATIONS.c.paper_key == gone))
        moved = [{**row._mapping, "paper_key": into} for row in rows]
        insert_new(self.connection, CITATIONS, moved)
        self.connection.execute(delete(CITATIONS).where(CITATIONS.c.paper_key == gone))
