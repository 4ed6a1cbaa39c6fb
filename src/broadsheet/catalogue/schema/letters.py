"""The tables of regular letters: who wants them, what they were sent, and what came back."""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from broadsheet.catalogue.schema.words import KEY, METADATA, naming, own_key, paper_key

# `section` is a section's name, empty for the whole instance. `topics`, `categories` and `sections`
# are JSON lists. `paused_until` and `last_day` are local days; `asked` is when it was last to be
# confirmed.
SUBSCRIPTIONS = Table(
    "subscriptions",
    METADATA,
    own_key(),
    Column("email", String, nullable=False),
    Column("section", String, nullable=False),
    naming("reader_key", "readers.key", index=True, nullable=True),
    Column("state", String, nullable=False),
    Column("why", String, nullable=False),
    Column("cadence", String, nullable=False),
    Column("hour", Integer, nullable=False),
    Column("zone", String, nullable=False),
    Column("topics", String, nullable=False),
    Column("categories", String, nullable=False),
    Column("sections", String, nullable=False, server_default=""),
    Column("size", Integer, nullable=False),
    Column("on_empty", String, nullable=False),
    Column("paused_until", String),
    Column("last_day", String),
    Column("made", BigInteger, nullable=False),
    Column("asked", BigInteger),
    Column("confirmed", BigInteger),
    Column("stopped", BigInteger),
    UniqueConstraint("email", "section"),
)

Index("subscriptions_state", SUBSCRIPTIONS.c.state, SUBSCRIPTIONS.c.key)

# A query that a reader or a subscriber keeps; papers with keys up to `seen` were looked at.
SEARCHES = Table(
    "searches",
    METADATA,
    own_key(),
    naming("reader_key", "readers.key", index=True, nullable=True),
    naming("subscription_key", "subscriptions.key", index=True, nullable=True),
    Column("query", String, nullable=False),
    Column("made", BigInteger, nullable=False),
    Column("seen", KEY, nullable=False),
)

SEARCH_MATCHES = Table(
    "search_matches",
    METADATA,
    naming("search_key", "searches.key", primary_key=True),
    paper_key(primary_key=True, index=True),
    Column("at", BigInteger, nullable=False),
)

# What was put into the letter about `subject`, as it was then; that letter's row may be gone.
LETTER_PAPERS = Table(
    "letter_papers",
    METADATA,
    naming("subscription_key", "subscriptions.key", primary_key=True),
    paper_key(primary_key=True, index=True),
    Column("subject", String, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
)

# What a subscriber or a reader said of a paper: save it, more like it, less like it.
INTERESTS = Table(
    "interests",
    METADATA,
    own_key(),
    naming("subscription_key", "subscriptions.key", index=True, nullable=True),
    naming("reader_key", "readers.key", index=True, nullable=True),
    paper_key(index=True),
    Column("choice", String, nullable=False),
    Column("at", BigInteger, nullable=False),
)

# `origin` names the message or event that told of it, so that it counts once.
BOUNCES = Table(
    "bounces",
    METADATA,
    own_key(),
    Column("email", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("origin", String, nullable=False, unique=True),
    Column("detail", String, nullable=False),
    Column("letter_key", KEY),
    Column("at", BigInteger, nullable=False),
)

Index("bounces_email", BOUNCES.c.email, BOUNCES.c.at)

# Addresses that no letter goes to any more.
SUPPRESSED = Table(
    "suppressed",
    METADATA,
    Column("email", String, primary_key=True),
    Column("why", String, nullable=False),
    Column("at", BigInteger, nullable=False),
)

# Mail that nobody understood, whole, for somebody to look at.
UNKNOWN_MAIL = Table(
    "unknown_mail",
    METADATA,
    Column("digest", LargeBinary, primary_key=True),
    Column("why", String, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
)
