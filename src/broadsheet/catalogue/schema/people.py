"""The tables of people: who they are, how they come in, and the letters to them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from broadsheet.catalogue.schema.words import METADATA, naming, own_key

# `confirmed` is when the address was shown to be theirs; `password` is an Argon2 hash.
READERS = Table(
    "readers",
    METADATA,
    own_key(),
    Column("name", String, nullable=False, unique=True),
    Column("full_name", String, nullable=False),
    Column("email", String, unique=True),
    Column("confirmed", BigInteger),
    Column("password", String),
    Column("role", String, nullable=False),
    Column("orcid", String, unique=True),
    Column("about", String, nullable=False),
    Column("joined", BigInteger, nullable=False),
    Column("suspended", BigInteger),
    Column("letters", Boolean, nullable=False),
)

# Who somebody is elsewhere, by OpenID Connect: never told by an address.
IDENTITIES = Table(
    "identities",
    METADATA,
    Column("issuer", String, primary_key=True),
    Column("subject", String, primary_key=True),
    naming("reader_key", "readers.key", index=True),
    Column("linked", BigInteger, nullable=False),
)

PASSKEYS = Table(
    "passkeys",
    METADATA,
    Column("credential", String, primary_key=True),
    naming("reader_key", "readers.key", index=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("name", String, nullable=False),
    Column("added", BigInteger, nullable=False),
    Column("used", BigInteger),
)

# Of what lets somebody in only digests are kept. `proved`: when a secret was last given.
SESSIONS = Table(
    "sessions",
    METADATA,
    Column("digest", LargeBinary, primary_key=True),
    naming("reader_key", "readers.key", index=True),
    Column("began", BigInteger, nullable=False),
    Column("proved", BigInteger, nullable=False),
    Column("ends", BigInteger, nullable=False),
    Column("agent", String, nullable=False),
)

Index("sessions_ends", SESSIONS.c.ends)

API_TOKENS = Table(
    "api_tokens",
    METADATA,
    own_key(),
    naming("reader_key", "readers.key", index=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("writes", Boolean, nullable=False),
    Column("made", BigInteger, nullable=False),
    Column("used", BigInteger),
    Column("ends", BigInteger),
)

# What a letter carries to be used once: `purpose` is sign-in, invitation, or a change of address.
PASSES = Table(
    "passes",
    METADATA,
    Column("digest", LargeBinary, primary_key=True),
    Column("purpose", String, nullable=False),
    Column("email", String, nullable=False),
    naming("reader_key", "readers.key", index=True, nullable=True),
    Column("role", String, nullable=False),
    Column("made", BigInteger, nullable=False),
    Column("ends", BigInteger, nullable=False),
    Column("used", BigInteger),
)

Index("passes_email", PASSES.c.email, PASSES.c.made)

# How often a secret was given wrongly, by the digest of who and from where.
TRIES = Table(
    "tries",
    METADATA,
    Column("subject", LargeBinary, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("latest", BigInteger, nullable=False),
)

# One letter to one recipient about one subject of its kind: asked for twice, it is there once.
OUTBOX = Table(
    "outbox",
    METADATA,
    own_key(),
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("recipient", String, nullable=False),
    naming("reader_key", "readers.key", index=True, nullable=True),
    Column("values", String, nullable=False),
    Column("message_id", String, nullable=False, unique=True),
    Column("state", String, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("expires", BigInteger),
    Column("tries", Integer, nullable=False),
    Column("holder", String, nullable=False),
    Column("leased_until", BigInteger, nullable=False),
    Column("handed", BigInteger),
    Column("made", BigInteger, nullable=False),
    Column("settled", BigInteger),
    Column("detail", String, nullable=False),
    UniqueConstraint("kind", "subject", "recipient"),
)

Index("outbox_state", OUTBOX.c.state, OUTBOX.c.due)

NOTICES = Table(
    "notices",
    METADATA,
    own_key(),
    naming("reader_key", "readers.key"),
    Column("kind", String, nullable=False),
    Column("text", String, nullable=False),
    Column("path", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("read", BigInteger),
)

Index("notices_reader_key", NOTICES.c.reader_key, NOTICES.c.key)

# The answer that a write with an Idempotency-Key got, so that the same request gets it again.
ANSWERED = Table(
    "answered",
    METADATA,
    naming("reader_key", "readers.key", primary_key=True),
    Column("idempotency_key", String, primary_key=True),
    Column("request", LargeBinary, nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", String, nullable=False),
    Column("at", BigInteger, nullable=False),
)

Index("answered_at", ANSWERED.c.at)
