"""The shelf of readers: everybody who has an account."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from broadsheet.catalogue.encoding import from_micros, to_micros
from broadsheet.catalogue.schema import READERS
from broadsheet.catalogue.statements import AnyRow, among, insert_all, next_numbers
from broadsheet.people import Reader, Role


@dataclass(frozen=True, slots=True)
class ReaderShelf:
    """The readers by key, by name and by address, which are kept in lower case."""

    connection: Connection

    def add(self, reader: Reader) -> Reader:
        """File a new reader, whose key is given here; the reader with it.

        Raises CatalogueError if the name, address or ORCID is somebody's already.
        """
        filed = replace(reader, key=next_numbers(self.connection, "reader", 1))
        insert_all(self.connection, READERS, [{**_columns(filed), "password": None}])
        return filed

    def replace(self, reader: Reader) -> None:
        """Write what is known of a reader anew; the password stays."""
        self.connection.execute(
            update(READERS).where(READERS.c.key == reader.key).values(_columns(reader))
        )

    def get(self, key: int) -> Reader | None:
        """The reader with a key."""
        return self.by_keys([key]).get(key)

    def by_keys(self, keys: Iterable[int]) -> dict[int, Reader]:
        """The readers with these keys, of those that are there."""
        rows = among(self.connection, select(READERS), READERS.c.key, keys)
        return {row.key: _reader(row) for row in rows}

    def named(self, name: str) -> Reader | None:
        """The reader with a name, in whatever case."""
        return self._one(READERS.c.name == name.lower())

    def at(self, email: str) -> Reader | None:
        """The reader with an address, in whatever case."""
        return self._one(READERS.c.email == email.lower())

    def with_orcid(self, orcid: str) -> Reader | None:
        """The reader with an ORCID."""
        return self._one(READERS.c.orcid == orcid)

    def all(self, least: Role = Role.READER) -> list[Reader]:
        """All readers with at least a role, by name."""
        rows = self.connection.execute(select(READERS).order_by(READERS.c.name))
        return [reader for reader in map(_reader, rows) if reader.role.may(least)]

    def count(self) -> int:
        """How many there are."""
        return self.connection.execute(select(func.count()).select_from(READERS)).scalar_one()

    def password_of(self, key: int) -> str | None:
        """The hash of a reader's password, None if there is none."""
        found = select(READERS.c.password).where(READERS.c.key == key)
        return self.connection.execute(found).scalar_one_or_none()

    def set_password(self, key: int, hashed: str | None) -> None:
        """Keep the hash of a new password, or none."""
        self.connection.execute(update(READERS).where(READERS.c.key == key).values(password=hashed))

    def _one(self, where: object) -> Reader | None:
        row = self.connection.execute(select(READERS).where(where)).one_or_none()  # type: ignore[arg-type]
        return None if row is None else _reader(row)


def _columns(reader: Reader) -> dict[str, object]:
    return {
        "key": reader.key,
        "name": reader.name.lower(),
        "full_name": reader.full_name,
        "email": reader.email.lower() if reader.email else None,
        "confirmed": _micros(reader.confirmed),
        "role": str(reader.role),
        "orcid": reader.orcid,
        "about": reader.about,
        "joined": to_micros(reader.joined),
        "suspended": _micros(reader.suspended),
        "letters": reader.letters,
    }


def _reader(row: AnyRow) -> Reader:
    return Reader(
        key=row.key,
        name=row.name,
        full_name=row.full_name,
        email=row.email,
        confirmed=_moment(row.confirmed),
        role=Role(row.role),
        orcid=row.orcid,
        about=row.about,
        joined=from_micros(row.joined),
        suspended=_moment(row.suspended),
        letters=bool(row.letters),
    )


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else to_micros(moment)


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
