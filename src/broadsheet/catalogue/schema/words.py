"""What all tables are spelt with; moments are microseconds since 1970, UTC."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData

REVISIONS = tuple(f"{number:04}" for number in range(1, 12))
"""Every revision of the schema, oldest first; the last is the one this program reads and writes."""

APPLICATION_ID = 0x42524453
"""What marks an SQLite file as a catalogue (`BRDS`, SQLite's application_id)."""

NO_VALUE = -(2**63)
"""Stands for a signal without a value: the column is part of a key, and a key holds no NULL."""

KEY = BigInteger().with_variant(Integer, "sqlite")
"""The type of a key: 64 bits; on SQLite it has to be spelt INTEGER to name the row itself."""

METADATA = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pk",
        "fk": "%(table_name)s_%(column_0_name)s_fk",
        "uq": "%(table_name)s_%(column_0_name)s_once",
        "ix": "%(table_name)s_%(column_0_name)s",
    }
)


def own_key() -> Column[int]:
    """The number of a row, taken from a counter and never used again."""
    return Column("key", KEY, primary_key=True, autoincrement=False)


def paper_key(*, primary_key: bool = False, index: bool = False) -> Column[int]:
    """A column that names a living paper."""
    return naming("paper_key", "papers.key", primary_key=primary_key, index=index)


def naming(
    name: str,
    target: str,
    *,
    primary_key: bool = False,
    index: bool = False,
    nullable: bool = False,
) -> Column[int]:
    """A column that names a row of another table by its key."""
    return Column(
        name,
        KEY,
        ForeignKey(target),
        primary_key=primary_key,
        index=index,
        nullable=nullable,
        autoincrement=False,
    )
