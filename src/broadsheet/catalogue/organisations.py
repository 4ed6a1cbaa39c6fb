"""The shelf of organisations: groups of readers, and the papers that are theirs."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, select, update

from broadsheet.catalogue.encoding import from_micros, to_micros
from broadsheet.catalogue.schema import MEMBERS, ORGANISATIONS, PAPER_ORGANISATIONS
from broadsheet.catalogue.statements import AnyRow, among, insert_all, next_numbers, upsert

MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Organisation:
    """A group, known by its `name` in addresses; `made` is aware UTC."""

    name: str
    full_name: str
    made: datetime
    about: str = ""
    url: str = ""
    key: int = 0


@dataclass(frozen=True, slots=True)
class OrganisationShelf:
    """The organisations with their members and papers; a paper has one at most."""

    connection: Connection

    def add(self, organisation: Organisation) -> Organisation:
        """File a new organisation, whose key is given here; CatalogueError for a name in use."""
        filed = replace(organisation, key=next_numbers(self.connection, "organisation", 1))
        insert_all(self.connection, ORGANISATIONS, [_columns(filed)])
        return filed

    def replace(self, organisation: Organisation) -> None:
        """Write what is known of an organisation anew."""
        chosen = update(ORGANISATIONS).where(ORGANISATIONS.c.key == organisation.key)
        self.connection.execute(chosen.values(_columns(organisation)))

    def named(self, name: str) -> Organisation | None:
        """The organisation with a name, in whatever case."""
        return next(iter(self._found(ORGANISATIONS.c.name == name.lower())), None)

    def all(self) -> list[Organisation]:
        """All organisations, by name."""
        return self._found(ORGANISATIONS.c.key > 0)

    def join(self, organisation_key: int, reader_key: int, now: datetime) -> None:
        """Make a reader a member; one that is already stays so."""
        row = {"organisation_key": organisation_key, "reader_key": reader_key}
        upsert(self.connection, MEMBERS, [{**row, "role": MEMBER, "at": to_micros(now)}])

    def leave(self, organisation_key: int, reader_key: int) -> None:
        """Take a reader out."""
        of_reader = MEMBERS.c.reader_key == reader_key
        chosen = delete(MEMBERS).where(MEMBERS.c.organisation_key == organisation_key, of_reader)
        self.connection.execute(chosen)

    def members(self, organisation_key: int) -> list[int]:
        """The keys of the readers that are members, the first to come first."""
        question = (
            select(MEMBERS.c.reader_key)
            .where(MEMBERS.c.organisation_key == organisation_key)
            .order_by(MEMBERS.c.at, MEMBERS.c.reader_key)
        )
        return list(self.connection.scalars(question))

    def of_reader(self, reader_key: int) -> list[Organisation]:
        """The organisations of a reader, by name."""
        theirs = select(MEMBERS.c.organisation_key).where(MEMBERS.c.reader_key == reader_key)
        return self._found(ORGANISATIONS.c.key.in_(theirs))

    def assign(self, paper_key: int, organisation_key: int, by: str, now: datetime) -> None:
        """Say that a paper is an organisation's, in place of whose it was; `by` is a name."""
        row = {"paper_key": paper_key, "organisation_key": organisation_key}
        stamped = {**row, "by": by, "at": to_micros(now)}
        upsert(self.connection, PAPER_ORGANISATIONS, [stamped])

    def unassign(self, paper_key: int) -> None:
        """Say that a paper is no organisation's."""
        theirs = PAPER_ORGANISATIONS.c.paper_key == paper_key
        self.connection.execute(delete(PAPER_ORGANISATIONS).where(theirs))

    def papers(self, organisation_key: int, limit: int) -> list[int]:
        """The keys of its papers, the last assigned first."""
        table = PAPER_ORGANISATIONS
        question = (
            select(table.c.paper_key)
            .where(table.c.organisation_key == organisation_key)
            .order_by(table.c.at.desc(), table.c.paper_key)
            .limit(limit)
        )
        return list(self.connection.scalars(question))

    def of_papers(self, keys: Iterable[int]) -> dict[int, Organisation]:
        """The organisation of each of the papers that has one."""
        table = PAPER_ORGANISATIONS
        of = select(table.c.paper_key, table.c.organisation_key)
        whose = dict(tuple(row) for row in among(self.connection, of, table.c.paper_key, keys))
        chosen = ORGANISATIONS.c.key
        rows = among(self.connection, select(ORGANISATIONS), chosen, whose.values())
        known = {row.key: _organisation(row) for row in rows}
        return {paper: known[key] for paper, key in whose.items()}

    def _found(self, where: ColumnElement[bool]) -> list[Organisation]:
        question = select(ORGANISATIONS).where(where).order_by(ORGANISATIONS.c.name)
        return [_organisation(row) for row in self.connection.execute(question)]


def _columns(organisation: Organisation) -> dict[str, object]:
    return {
        "key": organisation.key,
        "name": organisation.name.lower(),
        "full_name": organisation.full_name,
        "about": organisation.about,
        "url": organisation.url,
        "made": to_micros(organisation.made),
    }


def _organisation(row: AnyRow) -> Organisation:
    return Organisation(
        key=row.key,
        name=row.name,
        full_name=row.full_name,
        about=row.about,
        url=row.url,
        made=from_micros(row.made),
    )
