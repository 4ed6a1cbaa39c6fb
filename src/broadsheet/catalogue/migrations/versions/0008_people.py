"""People: who they are, how they come in, and the letters to them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
COUNTERS = ("reader", "token", "letter", "notice")


def upgrade() -> None:
    """Create the tables and their counters."""
    _readers()
    _ways_in()
    _letters()
    counters = sa.table("counters", sa.column("name"), sa.column("value"))
    op.bulk_insert(counters, [{"name": name, "value": 0} for name in COUNTERS])


def _readers() -> None:
    op.create_table(
        "readers",
        sa.Column("key", KEY, autoincrement=False, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("full_name", sa.String, nullable=False),
        sa.Column("email", sa.String),
        sa.Column("confirmed", sa.BigInteger),
        sa.Column("password", sa.String),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("orcid", sa.String),
        sa.Column("about", sa.String, nullable=False),
        sa.Column("joined", sa.BigInteger, nullable=False),
        sa.Column("suspended", sa.BigInteger),
        sa.Column("letters", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("key", name="readers_pk"),
        sa.UniqueConstraint("name", name="readers_name_once"),
        sa.UniqueConstraint("email", name="readers_email_once"),
        sa.UniqueConstraint("orcid", name="readers_orcid_once"),
    )
    op.create_table(
        "identities",
        sa.Column("issuer", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("reader_key", KEY, autoincrement=False, nullable=False),
        sa.Column("linked", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("issuer", "subject", name="identities_pk"),
        sa.ForeignKeyConstraint(["reader_key"], ["readers.key"], name="identities_reader_key_fk"),
    )
    op.create_index("identities_reader_key", "identities", ["reader_key"])
    op.create_table(
        "passkeys",
        sa.Column("credential", sa.String, nullable=False),
        sa.Column("reader_key", KEY, autoincrement=False, nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("added", sa.BigInteger, nullable=False),
        sa.Column("used", sa.BigInteger),
        sa.PrimaryKeyConstraint("credential", name="passkeys_pk"),
        sa.ForeignKeyConstraint(["reader_key"], ["readers.key"], name="passkeys_reader_key_fk"),
    )
    op.create_index("passkeys_reader_key", "passkeys", ["reader_key"])


def _ways_in() -> None:
    op.create_table(
        "api_tokens",
        sa.Column("key", KEY, autoincrement=False, nullable=False),
        sa.Column("reader_key", KEY, autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("writes", sa.Boolean, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("used", sa.BigInteger),
        sa.Column("ends", sa.BigInteger),
        sa.PrimaryKeyConstraint("key", name="api_tokens_pk"),
        sa.ForeignKeyConstraint(["reader_key"], ["readers.key"], name="api_tokens_reader_key_fk"),
        sa.UniqueConstraint("digest", name="api_tokens_digest_once"),
    )
    op.create_index("api_tokens_reader_key", "api_tokens", ["reader_key"])
    op.create_table(
        "passes",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("purpose", sa.String, nullable=False),
        sa.Column("email", sa.String, nullable=False),
        sa.Column("reader_key", KEY, autoincrement=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("ends", sa.BigInteger, nullable=False),
        sa.Column("used", sa.BigInteger),
        sa.PrimaryKeyConstraint("digest", name="passes_pk"),
        sa.ForeignKeyConstraint(["reader_key"], ["readers.key"], name="passes_reader_key_fk"),
    )
    op.create_index("passes_email", "passes", ["email", "made"])
    op.create_index("passes_reader_key", "passes", ["reader_key"])
    op.create_table(
        "sessions",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("reader_key", KEY, autoincrement=False, nullable=False),
        sa.Column("began", sa.BigInteger, nullable=False),
        sa.Column("proved", sa.BigInteger, nullable=False),
        sa.Column("ends", sa.BigInteger, nullable=False),
        sa.Column("agent", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="sessions_pk"),
        sa.ForeignKeyConstraint(["reader_key"], ["readers.key"], name="sessions_reader_key_fk"),
    )
    op.create_index("sessions_ends", "sessions", ["ends"])
    op.create_index("sessions_reader_key", "sessions", ["reader_key"])
    op.create_table(
        "tries",
        sa.Column("subject", sa.LargeBinary, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("latest", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("subject", name="tries_pk"),
    )


def _letters() -> None:
    op.create_table(
        "answered",
        sa.Column("reader_key", KEY, autoincrement=False, nullable=False),
        sa.Column("idempotency_key", sa.String, nullable=False),
        sa.Column("request", sa.LargeBinary, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("body", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("reader_key", "idempotency_key", name="answered_pk"),
        sa.ForeignKeyConstraint(["reader_key"], ["readers.key"], name="answered_reader_key_fk"),
    )
    op.create_index("answered_at", "answered", ["at"])
    op.create_table(
        "notices",
        sa.Column("key", KEY, autoincrement=False, nullable=False),
        sa.Column("reader_key", KEY, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("path", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("read", sa.BigInteger),
        sa.PrimaryKeyConstraint("key", name="notices_pk"),
        sa.ForeignKeyConstraint(["reader_key"], ["readers.key"], name="notices_reader_key_fk"),
    )
    op.create_index("notices_reader_key", "notices", ["reader_key", "key"])
    op.create_table(
        "outbox",
        sa.Column("key", KEY, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("recipient", sa.String, nullable=False),
        sa.Column("reader_key", KEY, autoincrement=False),
        sa.Column("values", sa.String, nullable=False),
        sa.Column("message_id", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("holder", sa.String, nullable=False),
        sa.Column("leased_until", sa.BigInteger, nullable=False),
        sa.Column("handed", sa.BigInteger),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("settled", sa.BigInteger),
        sa.Column("detail", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("key", name="outbox_pk"),
        sa.ForeignKeyConstraint(["reader_key"], ["readers.key"], name="outbox_reader_key_fk"),
        sa.UniqueConstraint("kind", "subject", "recipient", name="outbox_kind_once"),
        sa.UniqueConstraint("message_id", name="outbox_message_id_once"),
    )
    op.create_index("outbox_reader_key", "outbox", ["reader_key"])
    op.create_index("outbox_state", "outbox", ["state", "due"])
