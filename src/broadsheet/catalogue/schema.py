"""The catalogue's tables, spelt once for both stores; moments are microseconds since 1970, UTC."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    false,
)

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")
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

META = Table(
    "meta",
    METADATA,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)

COUNTERS = Table(
    "counters",
    METADATA,
    Column("name", String, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

PAPERS = Table(
    "papers",
    METADATA,
    Column("key", KEY, primary_key=True, autoincrement=False),
    Column("id", String, nullable=False, unique=True),
    Column("title", String, nullable=False),
    Column("abstract", String, nullable=False),
    Column("summary_by", String, nullable=False, server_default=""),
    Column("authors", String, nullable=False),
    Column("announced", String),
    Column("revised", String),
    Column("year", Integer),
    Column("venue", String, nullable=False),
    Column("categories", String, nullable=False),
    Column("keywords", String, nullable=False),
    Column("links", String, nullable=False),
    Column("licence", String, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("retracted", Boolean, nullable=False),
    Column("arxiv_id", String),
    Column("doi", String),
    Column("title_key", String, nullable=False),
    Column("provenance", String, nullable=False),
)

# A title may be longer than what a b-tree of PostgreSQL takes, and is only ever asked for whole.
Index("papers_title_key", PAPERS.c.title_key, postgresql_using="hash")
Index("papers_announced", PAPERS.c.announced.desc(), PAPERS.c.key)


def _paper_key(*, primary_key: bool = False, index: bool = False) -> Column[int]:
    """A column that names a living paper."""
    return Column(
        "paper_key",
        KEY,
        ForeignKey("papers.key"),
        primary_key=primary_key,
        index=index,
        nullable=False,
        autoincrement=False,
    )


ALIASES = Table(
    "aliases",
    METADATA,
    Column("alias", String, primary_key=True),
    _paper_key(index=True),
    sqlite_with_rowid=False,
)

RECORDS = Table(
    "records",
    METADATA,
    Column("key", KEY, primary_key=True, autoincrement=False),
    _paper_key(index=True),
    Column("source", String, nullable=False),
    Column("identity", String, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("as_received", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("source", "identity"),
)

CHANGES = Table(
    "changes",
    METADATA,
    Column("paper_key", KEY, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False, unique=True),
    Column("gone", Boolean, nullable=False),
    Column("former_id", String),
)

SIGNALS = Table(
    "signals",
    METADATA,
    _paper_key(primary_key=True),
    Column("source", String, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    Column("value", BigInteger, primary_key=True, autoincrement=False),
    Column("text", String, primary_key=True),
    sqlite_with_rowid=False,
)

QUARANTINE = Table(
    "quarantine",
    METADATA,
    Column("key", KEY, primary_key=True, autoincrement=False),
    Column("source", String, nullable=False),
    Column("identity", String, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("reason", String, nullable=False),
    Column("place", String, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    UniqueConstraint("source", "identity"),
)

BANDS = Table(
    "bands",
    METADATA,
    Column("band", BigInteger, primary_key=True, autoincrement=False),
    _paper_key(primary_key=True, index=True),
    sqlite_with_rowid=False,
)

PAIRS = Table(
    "pairs",
    METADATA,
    Column("left_key", KEY, ForeignKey("papers.key"), primary_key=True, autoincrement=False),
    Column(
        "right_key",
        KEY,
        ForeignKey("papers.key"),
        primary_key=True,
        index=True,
        autoincrement=False,
    ),
    Column("reason", String, nullable=False),
    Column("similarity", Float, nullable=False),
    Column("found_at", BigInteger, nullable=False),
    Column("decided", String),
)

CITATIONS = Table(
    "citations",
    METADATA,
    _paper_key(primary_key=True),
    Column("cited", String, primary_key=True),
    Column("source", String, primary_key=True),
    sqlite_with_rowid=False,
)

Index("citations_cited", CITATIONS.c.cited)

HARVESTS = Table(
    "harvests",
    METADATA,
    Column("key", KEY, primary_key=True, autoincrement=False),
    Column("source", String, nullable=False),
    Column("spec", String, nullable=False),
    Column("started", BigInteger, nullable=False),
    Column("touched", BigInteger, nullable=False),
    Column("finished", BigInteger),
    Column("outcome", String, nullable=False),
    Column("since", String),
    Column("until", String),
    Column("cursor", String),
    Column("counts", String, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("total", BigInteger),
    Column("announced", BigInteger),
    Column("through", BigInteger),
    Column("error", String, nullable=False),
)

Index("harvests_spec", HARVESTS.c.spec, HARVESTS.c.key)

FINDINGS = Table(
    "findings",
    METADATA,
    _paper_key(primary_key=True),
    Column("stage", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("detail", String, nullable=False),
    sqlite_with_rowid=False,
)

Index("findings_name", FINDINGS.c.name)

TEMPLATES = Table(
    "templates",
    METADATA,
    Column("digest", BigInteger, primary_key=True, autoincrement=False),
    Column("papers", Integer, nullable=False),
)

LEASES = Table(
    "leases",
    METADATA,
    Column("name", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("until", BigInteger, nullable=False),
)

# A step that was run by hand belongs to no day, of which there may be any number.
STEPS = Table(
    "steps",
    METADATA,
    Column("key", KEY, primary_key=True, autoincrement=False),
    Column("day", String),
    Column("step", String, nullable=False),
    Column("holder", String, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("started", BigInteger, nullable=False),
    Column("finished", BigInteger),
    Column("outcome", String, nullable=False),
    Column("detail", String, nullable=False),
    UniqueConstraint("day", "step"),
)

Index("steps_step", STEPS.c.step, STEPS.c.key)

ALERTS = Table(
    "alerts",
    METADATA,
    Column("key", KEY, primary_key=True, autoincrement=False),
    Column("condition", String, nullable=False),
    Column("message", String, nullable=False),
    Column("raised", BigInteger, nullable=False),
    Column("sent", BigInteger),
    Column("cleared", BigInteger),
)

FREE_SPACE = Table(
    "free_space",
    METADATA,
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    Column("free", BigInteger, nullable=False),
)
