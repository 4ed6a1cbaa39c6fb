"""The shelf of saved searches: queries that are kept, and the new papers that they matched."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select, update

from broadsheet.catalogue.encoding import from_micros, to_micros
from broadsheet.catalogue.interests import asking
from broadsheet.catalogue.schema import PAPERS, SEARCH_MATCHES, SEARCHES
from broadsheet.catalogue.statements import AnyRow, among, insert_all, insert_new, next_numbers


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A query that a reader, a subscriber or a reader's subscription keeps.

    Papers with keys up to `seen` were there when it was kept, or were looked at since.
    """

    key: int
    query: str
    made: datetime
    seen: int
    reader_key: int | None = None
    subscription_key: int | None = None


@dataclass(frozen=True, slots=True)
class WatchShelf:
    """The saved searches and their matches; `now` is the caller's clock."""

    connection: Connection

    def keep(
        self,
        query: str,
        now: datetime,
        *,
        reader_key: int | None = None,
        subscription_key: int | None = None,
    ) -> int:
        """Keep a query, to be matched with papers that come from now on; its key."""
        key = next_numbers(self.connection, "search", 1)
        row = {
            "key": key,
            "reader_key": reader_key,
            "subscription_key": subscription_key,
            "query": query,
            "made": to_micros(now),
            "seen": self.newest(),
        }
        insert_all(self.connection, SEARCHES, [row])
        return key

    def drop(self, key: int) -> None:
        """Forget a search and what it matched."""
        matches = delete(SEARCH_MATCHES).where(SEARCH_MATCHES.c.search_key == key)
        self.connection.execute(matches)
        self.connection.execute(delete(SEARCHES).where(SEARCHES.c.key == key))

    def all(self) -> list[SavedSearch]:
        """Every saved search, as they were kept."""
        rows = self.connection.execute(select(SEARCHES).order_by(SEARCHES.c.key))
        return [_search(row) for row in rows]

    def of_subscription(self, key: int) -> list[SavedSearch]:
        """The searches of a subscription, as they were kept."""
        question = select(SEARCHES).where(SEARCHES.c.subscription_key == key)
        return [_search(row) for row in self.connection.execute(question.order_by(SEARCHES.c.key))]

    def of_reader(self, key: int) -> list[SavedSearch]:
        """The searches of a reader, as they were kept."""
        question = select(SEARCHES).where(SEARCHES.c.reader_key == key)
        return [_search(row) for row in self.connection.execute(question.order_by(SEARCHES.c.key))]

    def newest(self) -> int:
        """The highest key of a paper, 0 if there is none; those that come later are higher."""
        return self.connection.execute(select(func.max(PAPERS.c.key))).scalar_one() or 0

    def match(self, key: int, papers: Iterable[int], seen: int, now: datetime) -> None:
        """Note the papers that a search matched, and how far it has looked."""
        rows = [
            {"search_key": key, "paper_key": paper_key, "at": to_micros(now)}
            for paper_key in papers
        ]
        insert_new(self.connection, SEARCH_MATCHES, rows)
        self.connection.execute(update(SEARCHES).where(SEARCHES.c.key == key).values(seen=seen))

    def finders(self, paper_keys: Iterable[int]) -> dict[int, set[int]]:
        """Whose searches found which of the papers, by person as in `InterestShelf.lately`."""
        asked = asking(SEARCHES)
        question = (
            select(asked.person, SEARCH_MATCHES.c.paper_key)
            .select_from(
                asked.joined.join(SEARCH_MATCHES, SEARCH_MATCHES.c.search_key == SEARCHES.c.key)
            )
            .where(asked.counts)
        )
        found: dict[int, set[int]] = {}
        for row in among(self.connection, question, SEARCH_MATCHES.c.paper_key, paper_keys):
            found.setdefault(row[0], set()).add(row.paper_key)
        return found

    def matches(self, key: int, since: datetime, limit: int) -> list[int]:
        """The keys of papers that a search matched since a moment, the latest first."""
        question = (
            select(SEARCH_MATCHES.c.paper_key)
            .where(SEARCH_MATCHES.c.search_key == key, SEARCH_MATCHES.c.at >= to_micros(since))
            .order_by(SEARCH_MATCHES.c.at.desc(), SEARCH_MATCHES.c.paper_key.desc())
            .limit(limit)
        )
        return list(self.connection.scalars(question))


def _search(row: AnyRow) -> SavedSearch:
    return SavedSearch(
        row.key, row.query, from_micros(row.made), row.seen, row.reader_key, row.subscription_key
    )
