"""Papers, their aliases and records, and the changes that derived data follow."""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
APPLICATION_ID = 0x42524453


def upgrade() -> None:
    """Create the tables; this line of history gets its name here."""
    _create_bookkeeping()
    _create_papers()
    _create_records()


def _create_bookkeeping() -> None:
    """The lineage, the counters, and the mark that tells our SQLite files from others."""
    meta = op.create_table(
        "meta",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("value", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("name", name="meta_pk"),
    )
    counters = op.create_table(
        "counters",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("value", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="counters_pk"),
    )
    op.bulk_insert(meta, [{"name": "lineage", "value": uuid.uuid4().hex}])
    names = ("paper", "record", "change")
    op.bulk_insert(counters, [{"name": name, "value": 0} for name in names])
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _create_papers() -> None:
    """Papers and the ids that lead to them."""
    op.create_table(
        "papers",
        sa.Column("key", KEY, autoincrement=False, nullable=False),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("abstract", sa.String, nullable=False),
        sa.Column("authors", sa.String, nullable=False),
        sa.Column("announced", sa.String),
        sa.Column("revised", sa.String),
        sa.Column("year", sa.Integer),
        sa.Column("venue", sa.String, nullable=False),
        sa.Column("categories", sa.String, nullable=False),
        sa.Column("keywords", sa.String, nullable=False),
        sa.Column("links", sa.String, nullable=False),
        sa.Column("licence", sa.String, nullable=False),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
        sa.Column("retracted", sa.Boolean, nullable=False),
        sa.Column("arxiv_id", sa.String),
        sa.Column("doi", sa.String),
        sa.Column("title_key", sa.String, nullable=False),
        sa.Column("provenance", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("key", name="papers_pk"),
        sa.UniqueConstraint("id", name="papers_id_once"),
    )
    op.create_index("papers_title_key", "papers", ["title_key"], postgresql_using="hash")
    op.create_table(
        "aliases",
        sa.Column("alias", sa.String, nullable=False),
        sa.Column("paper_key", KEY, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("alias", name="aliases_pk"),
        sa.ForeignKeyConstraint(["paper_key"], ["papers.key"], name="aliases_paper_key_fk"),
        sqlite_with_rowid=False,
    )
    op.create_index("aliases_paper_key", "aliases", ["paper_key"])


def _create_records() -> None:
    """Records as received, and the latest change of each paper."""
    op.create_table(
        "records",
        sa.Column("key", KEY, autoincrement=False, nullable=False),
        sa.Column("paper_key", KEY, autoincrement=False, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("identity", sa.String, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("key", name="records_pk"),
        sa.ForeignKeyConstraint(["paper_key"], ["papers.key"], name="records_paper_key_fk"),
        sa.UniqueConstraint("source", "identity", name="records_source_once"),
    )
    op.create_index("records_paper_key", "records", ["paper_key"])
    op.create_table(
        "changes",
        sa.Column("paper_key", KEY, autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("gone", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("paper_key", name="changes_pk"),
        sa.UniqueConstraint("seq", name="changes_seq_once"),
    )
