"""The shelf of claims: who says to be an author of which paper, and whether that is verified."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, delete, select

from broadsheet.catalogue.encoding import from_micros, to_micros
from broadsheet.catalogue.schema import CLAIMS
from broadsheet.catalogue.statements import AnyRow, among, upsert


class ClaimState(StrEnum):
    """Whether a claim is believed: `pending` until a moderator has looked at it."""

    PENDING = "pending"
    VERIFIED = "verified"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Claim:
    """That a reader says to be an author of a paper, by what that author is called on it.

    `how` says what speaks for it: `orcid`, or a sentence for the moderator. Moments are aware UTC.
    """

    paper_key: int
    reader_key: int
    author: str
    at: datetime
    state: ClaimState = ClaimState.PENDING
    how: str = ""
    settled: datetime | None = None
    settled_by: str = ""


@dataclass(frozen=True, slots=True)
class ClaimShelf:
    """The claims, of each reader one for a paper at most."""

    connection: Connection

    def put(self, claim: Claim) -> None:
        """Keep a claim, in place of what the same reader claimed of the same paper."""
        upsert(self.connection, CLAIMS, [_columns(claim)])

    def get(self, paper_key: int, reader_key: int) -> Claim | None:
        """What a reader claims of a paper."""
        where = (CLAIMS.c.paper_key == paper_key) & (CLAIMS.c.reader_key == reader_key)
        return next(iter(self._found(where)), None)

    def of_papers(self, keys: Iterable[int]) -> dict[int, list[Claim]]:
        """The verified claims of each of the papers that has any, the first settled first."""
        verified = select(CLAIMS).where(CLAIMS.c.state == str(ClaimState.VERIFIED))
        found: dict[int, list[Claim]] = defaultdict(list)
        for row in among(self.connection, verified, CLAIMS.c.paper_key, keys):
            found[row.paper_key].append(_claim(row))
        for claims in found.values():
            claims.sort(key=lambda claim: (claim.settled or claim.at, claim.reader_key))
        return dict(found)

    def of_reader(self, reader_key: int) -> list[Claim]:
        """What a reader claims, settled or not, the first first."""
        return self._found(CLAIMS.c.reader_key == reader_key)

    def pending(self) -> list[Claim]:
        """What waits for a moderator, the longest first."""
        return self._found(CLAIMS.c.state == str(ClaimState.PENDING))

    def remove(self, paper_key: int, reader_key: int) -> None:
        """Forget what a reader claims of a paper."""
        of_reader = CLAIMS.c.reader_key == reader_key
        self.connection.execute(delete(CLAIMS).where(CLAIMS.c.paper_key == paper_key, of_reader))

    def _found(self, where: ColumnElement[bool]) -> list[Claim]:
        order = CLAIMS.c.at, CLAIMS.c.paper_key, CLAIMS.c.reader_key
        return [
            _claim(row)
            for row in self.connection.execute(select(CLAIMS).where(where).order_by(*order))
        ]


def _columns(claim: Claim) -> dict[str, object]:
    return {
        "paper_key": claim.paper_key,
        "reader_key": claim.reader_key,
        "author": claim.author,
        "state": str(claim.state),
        "how": claim.how,
        "at": to_micros(claim.at),
        "settled": None if claim.settled is None else to_micros(claim.settled),
        "settled_by": claim.settled_by,
    }


def _claim(row: AnyRow) -> Claim:
    return Claim(
        paper_key=row.paper_key,
        reader_key=row.reader_key,
        author=row.author,
        at=from_micros(row.at),
        state=ClaimState(row.state),
        how=row.how,
        settled=None if row.settled is None else from_micros(row.settled),
        settled_by=row.settled_by,
    )
