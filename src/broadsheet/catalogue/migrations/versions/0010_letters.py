"""Regular letters: who wants them, what they were sent, and what came back."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
COUNTERS = ("subscription", "search", "interest", "bounce")


def upgrade() -> None:
    """Create the tables and their counters."""
    _subscriptions()
    _searches()
    _papers()
    _what_came_back()
    counters = sa.table("counters", sa.column("name"), sa.column("value"))
    op.bulk_insert(counters, [{"name": name, "value": 0} for name in COUNTERS])


def _subscriptions() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("key", KEY, autoincrement=False, nullable=False),
        sa.Column("email", sa.String, nullable=False),
        sa.Column("section", sa.String, nullable=False),
        sa.Column("reader_key", KEY, autoincrement=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("why", sa.String, nullable=False),
        sa.Column("cadence", sa.String, nullable=False),
        sa.Column("hour", sa.Integer, nullable=False),
        sa.Column("zone", sa.String, nullable=False),
        sa.Column("topics", sa.String, nullable=False),
        sa.Column("categories", sa.String, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("on_empty", sa.String, nullable=False),
        sa.Column("paused_until", sa.String),
        sa.Column("last_day", sa.String),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("asked", sa.BigInteger),
        sa.Column("confirmed", sa.BigInteger),
        sa.Column("stopped", sa.BigInteger),
        sa.PrimaryKeyConstraint("key", name="subscriptions_pk"),
        sa.ForeignKeyConstraint(
            ["reader_key"], ["readers.key"], name="subscriptions_reader_key_fk"
        ),
        sa.UniqueConstraint("email", "section", name="subscriptions_email_once"),
    )
    op.create_index("subscriptions_reader_key", "subscriptions", ["reader_key"])
    op.create_index("subscriptions_state", "subscriptions", ["state", "key"])


def _searches() -> None:
    op.create_table(
        "searches",
        sa.Column("key", KEY, autoincrement=False, nullable=False),
        sa.Column("reader_key", KEY, autoincrement=False),
        sa.Column("subscription_key", KEY, autoincrement=False),
        sa.Column("query", sa.String, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("seen", KEY, nullable=False),
        sa.PrimaryKeyConstraint("key", name="searches_pk"),
        sa.ForeignKeyConstraint(["reader_key"], ["readers.key"], name="searches_reader_key_fk"),
        sa.ForeignKeyConstraint(
            ["subscription_key"], ["subscriptions.key"], name="searches_subscription_key_fk"
        ),
    )
    op.create_index("searches_reader_key", "searches", ["reader_key"])
    op.create_index("searches_subscription_key", "searches", ["subscription_key"])
    op.create_table(
        "search_matches",
        sa.Column("search_key", KEY, autoincrement=False, nullable=False),
        sa.Column("paper_key", KEY, autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("search_key", "paper_key", name="search_matches_pk"),
        sa.ForeignKeyConstraint(
            ["search_key"], ["searches.key"], name="search_matches_search_key_fk"
        ),
        sa.ForeignKeyConstraint(["paper_key"], ["papers.key"], name="search_matches_paper_key_fk"),
    )
    op.create_index("search_matches_paper_key", "search_matches", ["paper_key"])


def _papers() -> None:
    op.create_table(
        "letter_papers",
        sa.Column("subscription_key", KEY, autoincrement=False, nullable=False),
        sa.Column("paper_key", KEY, autoincrement=False, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint(
            "subscription_key", "paper_key", "subject", name="letter_papers_pk"
        ),
        sa.ForeignKeyConstraint(
            ["subscription_key"], ["subscriptions.key"], name="letter_papers_subscription_key_fk"
        ),
        sa.ForeignKeyConstraint(["paper_key"], ["papers.key"], name="letter_papers_paper_key_fk"),
    )
    op.create_index("letter_papers_paper_key", "letter_papers", ["paper_key"])
    op.create_table(
        "interests",
        sa.Column("key", KEY, autoincrement=False, nullable=False),
        sa.Column("subscription_key", KEY, autoincrement=False),
        sa.Column("reader_key", KEY, autoincrement=False),
        sa.Column("paper_key", KEY, autoincrement=False, nullable=False),
        sa.Column("choice", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("key", name="interests_pk"),
        sa.ForeignKeyConstraint(
            ["subscription_key"], ["subscriptions.key"], name="interests_subscription_key_fk"
        ),
        sa.ForeignKeyConstraint(["reader_key"], ["readers.key"], name="interests_reader_key_fk"),
        sa.ForeignKeyConstraint(["paper_key"], ["papers.key"], name="interests_paper_key_fk"),
    )
    op.create_index("interests_paper_key", "interests", ["paper_key"])
    op.create_index("interests_reader_key", "interests", ["reader_key"])
    op.create_index("interests_subscription_key", "interests", ["subscription_key"])


def _what_came_back() -> None:
    op.create_table(
        "bounces",
        sa.Column("key", KEY, autoincrement=False, nullable=False),
        sa.Column("email", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("origin", sa.String, nullable=False),
        sa.Column("detail", sa.String, nullable=False),
        sa.Column("letter_key", KEY),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("key", name="bounces_pk"),
        sa.UniqueConstraint("origin", name="bounces_origin_once"),
    )
    op.create_index("bounces_email", "bounces", ["email", "at"])
    op.create_table(
        "suppressed",
        sa.Column("email", sa.String, nullable=False),
        sa.Column("why", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("email", name="suppressed_pk"),
    )
    op.create_table(
        "unknown_mail",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("why", sa.String, nullable=False),
        sa.Column("raw", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="unknown_mail_pk"),
    )
