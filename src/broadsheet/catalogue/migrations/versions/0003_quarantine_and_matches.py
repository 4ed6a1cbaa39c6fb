"""Quarantine, the bands that near-duplicates share, and pairs that may be one paper."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "quarantine",
        sa.Column("key", KEY, autoincrement=False, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("identity", sa.String, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("place", sa.String, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("key", name="quarantine_pk"),
        sa.UniqueConstraint("source", "identity", name="quarantine_source_once"),
    )
    op.create_table(
        "bands",
        sa.Column("band", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("paper_key", KEY, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("band", "paper_key", name="bands_pk"),
        sa.ForeignKeyConstraint(["paper_key"], ["papers.key"], name="bands_paper_key_fk"),
        sqlite_with_rowid=False,
    )
    op.create_index("bands_paper_key", "bands", ["paper_key"])
    op.create_table(
        "pairs",
        sa.Column("left_key", KEY, autoincrement=False, nullable=False),
        sa.Column("right_key", KEY, autoincrement=False, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("similarity", sa.Float, nullable=False),
        sa.Column("found_at", sa.BigInteger, nullable=False),
        sa.Column("decided", sa.String),
        sa.PrimaryKeyConstraint("left_key", "right_key", name="pairs_pk"),
        sa.ForeignKeyConstraint(["left_key"], ["papers.key"], name="pairs_left_key_fk"),
        sa.ForeignKeyConstraint(["right_key"], ["papers.key"], name="pairs_right_key_fk"),
    )
    op.create_index("pairs_right_key", "pairs", ["right_key"])
