"""The shelf of sections: saved queries with their own curators, cut-off and editions."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, select

from broadsheet.catalogue.changes import ChangeShelf
from broadsheet.catalogue.encoding import from_micros, to_micros
from broadsheet.catalogue.schema import SECTION_CURATORS, SECTIONS
from broadsheet.catalogue.statements import AnyRow, insert_all, insert_new, next_numbers

SECTION_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,37}[a-z0-9])?")
"""How a section's name is spelt, which addresses hold: 1 to 39 of a-z, 0-9 and inner hyphens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A saved query with editions of its own: `cutoff` is `HH:MM` in `zone`, an IANA name.

    `size` is how many papers an edition that makes itself has.
    """

    key: int
    name: str
    title: str
    query: str
    cutoff: str
    zone: str
    size: int
    made: datetime

    @property
    def cutoff_in_zone(self) -> tuple[time, ZoneInfo]:
        """The cut-off of a day's edition, and the zone it is meant in."""
        return time.fromisoformat(self.cutoff), ZoneInfo(self.zone)


@dataclass(frozen=True, slots=True)
class SectionShelf:
    """The sections by name, and who curates each."""

    connection: Connection

    def add(
        self,
        name: str,
        *,
        title: str,
        query: str,
        cutoff: str,
        zone: str,
        size: int,
        made: datetime,
    ) -> Section:
        """File a new section; CatalogueError if its name is taken."""
        section = Section(
            key=next_numbers(self.connection, "section", 1),
            name=name,
            title=title,
            query=query,
            cutoff=cutoff,
            zone=zone,
            size=size,
            made=made,
        )
        columns = {column.name: getattr(section, column.name) for column in SECTIONS.columns}
        insert_all(self.connection, SECTIONS, [columns | {"made": to_micros(made)}])
        ChangeShelf(self.connection).stir()
        return section

    def named(self, name: str) -> Section | None:
        """The section with a name."""
        row = self.connection.execute(select(SECTIONS).where(SECTIONS.c.name == name)).one_or_none()
        return None if row is None else _section(row)

    def all(self) -> list[Section]:
        """All sections by name."""
        rows = self.connection.execute(select(SECTIONS).order_by(SECTIONS.c.name))
        return [_section(row) for row in rows]

    def remove(self, key: int) -> None:
        """Take a section away; its published editions stay in the archive under its name."""
        curated = SECTION_CURATORS.c.section_key == key
        self.connection.execute(delete(SECTION_CURATORS).where(curated))
        self.connection.execute(delete(SECTIONS).where(SECTIONS.c.key == key))
        ChangeShelf(self.connection).stir()

    def curators(self, key: int) -> list[int]:
        """The keys of the readers who curate a section."""
        question = select(SECTION_CURATORS.c.reader_key).where(
            SECTION_CURATORS.c.section_key == key
        )
        return sorted(self.connection.execute(question).scalars())

    def curated_by(self, reader_key: int) -> set[int]:
        """The keys of the sections that a reader curates."""
        question = select(SECTION_CURATORS.c.section_key).where(
            SECTION_CURATORS.c.reader_key == reader_key
        )
        return set(self.connection.execute(question).scalars())

    def set_curators(self, key: int, reader_keys: Iterable[int]) -> None:
        """Let these readers curate a section, and nobody else."""
        curated = SECTION_CURATORS.c.section_key == key
        self.connection.execute(delete(SECTION_CURATORS).where(curated))
        rows = [{"section_key": key, "reader_key": reader} for reader in reader_keys]
        insert_new(self.connection, SECTION_CURATORS, rows)


def _section(row: AnyRow) -> Section:
    return Section(
        key=row.key,
        name=row.name,
        title=row.title,
        query=row.query,
        cutoff=row.cutoff,
        zone=row.zone,
        size=row.size,
        made=from_micros(row.made),
    )
