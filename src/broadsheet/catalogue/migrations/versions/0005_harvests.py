"""Runs of harvests, and what papers cite."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables, and the counter of runs."""
    op.create_table(
        "citations",
        sa.Column("paper_key", KEY, autoincrement=False, nullable=False),
        sa.Column("cited", sa.String, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("paper_key", "cited", "source", name="citations_pk"),
        sa.ForeignKeyConstraint(["paper_key"], ["papers.key"], name="citations_paper_key_fk"),
        sqlite_with_rowid=False,
    )
    op.create_index("citations_cited", "citations", ["cited"])
    op.create_table(
        "harvests",
        sa.Column("key", KEY, autoincrement=False, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("spec", sa.String, nullable=False),
        sa.Column("started", sa.BigInteger, nullable=False),
        sa.Column("touched", sa.BigInteger, nullable=False),
        sa.Column("finished", sa.BigInteger),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("since", sa.String),
        sa.Column("until", sa.String),
        sa.Column("cursor", sa.String),
        sa.Column("counts", sa.String, nullable=False),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.Column("total", sa.BigInteger),
        sa.Column("announced", sa.BigInteger),
        sa.Column("through", sa.BigInteger),
        sa.Column("error", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("key", name="harvests_pk"),
    )
    op.create_index("harvests_spec", "harvests", ["spec", "key"])
    counters = sa.table("counters", sa.column("name"), sa.column("value"))
    op.bulk_insert(counters, [{"name": "harvest", "value": 0}])
