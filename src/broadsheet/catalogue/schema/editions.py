"""The tables of what is published: editions, their papers and changes, and sections."""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from broadsheet.catalogue.schema.words import METADATA, naming, own_key, paper_key

# A saved query with its own curators, cut-off, editions, feeds and letter.
SECTIONS = Table(
    "sections",
    METADATA,
    own_key(),
    Column("name", String, nullable=False, unique=True),
    Column("title", String, nullable=False),
    Column("query", String, nullable=False),
    Column("cutoff", String, nullable=False),
    Column("zone", String, nullable=False),
    Column("size", Integer, nullable=False),
    Column("made", BigInteger, nullable=False),
)

SECTION_CURATORS = Table(
    "section_curators",
    METADATA,
    naming("section_key", "sections.key", primary_key=True),
    naming("reader_key", "readers.key", primary_key=True, index=True),
)

# `section` is a section's name, empty for the whole instance; `label` is `2026-11-21`, `2026-W47`,
# `2026-11` or a special one's name. `made_by` is a curator's name, empty if it made itself.
EDITIONS = Table(
    "editions",
    METADATA,
    own_key(),
    Column("section", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("label", String, nullable=False),
    Column("title", String, nullable=False),
    Column("note", String, nullable=False),
    Column("state", String, nullable=False),
    Column("made_by", String, nullable=False),
    Column("opens", BigInteger, nullable=False),
    Column("closes", BigInteger, nullable=False),
    Column("scheduled", BigInteger),
    Column("published", BigInteger),
    UniqueConstraint("section", "kind", "label"),
)

Index("editions_published", EDITIONS.c.kind, EDITIONS.c.section, EDITIONS.c.published)

# `line` is a curator's; `reasons` are those of the choice, as JSON; `votes` were those when frozen.
EDITION_PAPERS = Table(
    "edition_papers",
    METADATA,
    naming("edition_key", "editions.key", primary_key=True),
    paper_key(primary_key=True, index=True),
    Column("place", Integer, nullable=False),
    Column("line", String, nullable=False),
    Column("reasons", String, nullable=False),
    Column("votes", Integer, nullable=False),
    Column("score", Float),
    Column("picked_by", String, nullable=False),
)

# What was changed in an edition after it was published, for everybody to see.
EDITION_CHANGES = Table(
    "edition_changes",
    METADATA,
    own_key(),
    naming("edition_key", "editions.key", index=True),
    Column("at", BigInteger, nullable=False),
    Column("actor", String, nullable=False),
    Column("what", String, nullable=False),
    Column("why", String, nullable=False),
)
