"""Signals: dated counts and names that sources reported about papers."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the table; the whole row is its key, so that a repeat is no new row."""
    op.create_table(
        "signals",
        sa.Column("paper_key", KEY, autoincrement=False, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("value", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.PrimaryKeyConstraint(
            "paper_key", "source", "kind", "at", "value", "text", name="signals_pk"
        ),
        sa.ForeignKeyConstraint(["paper_key"], ["papers.key"], name="signals_paper_key_fk"),
        sqlite_with_rowid=False,
    )
