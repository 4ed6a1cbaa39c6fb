"""The tables of papers, and of what sources and curation said of them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    false,
)

from broadsheet.catalogue.schema.words import KEY, METADATA, paper_key

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


ALIASES = Table(
    "aliases",
    METADATA,
    Column("alias", String, primary_key=True),
    paper_key(index=True),
    sqlite_with_rowid=False,
)

RECORDS = Table(
    "records",
    METADATA,
    Column("key", KEY, primary_key=True, autoincrement=False),
    paper_key(index=True),
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
    paper_key(primary_key=True),
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
    paper_key(primary_key=True, index=True),
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
    paper_key(primary_key=True),
    Column("cited", String, primary_key=True),
    Column("source", String, primary_key=True),
    sqlite_with_rowid=False,
)

Index("citations_cited", CITATIONS.c.cited)

FINDINGS = Table(
    "findings",
    METADATA,
    paper_key(primary_key=True),
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

# Editions of a day that sources told of are asked for by that day.
Index(
    "signals_text",
    SIGNALS.c.kind,
    SIGNALS.c.text,
    sqlite_where=SIGNALS.c.text != "",
    postgresql_where=SIGNALS.c.text != "",
)

# What came lately is asked for by kind and moment.
Index("signals_at", SIGNALS.c.kind, SIGNALS.c.at)
