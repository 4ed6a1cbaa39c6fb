"""What curation found, the sentences that many abstracts share, and records left as received."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables and add the column."""
    op.add_column(
        "records",
        sa.Column("as_received", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "findings",
        sa.Column("paper_key", KEY, autoincrement=False, nullable=False),
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("detail", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("paper_key", "stage", "name", name="findings_pk"),
        sa.ForeignKeyConstraint(["paper_key"], ["papers.key"], name="findings_paper_key_fk"),
        sqlite_with_rowid=False,
    )
    op.create_index("findings_name", "findings", ["name"])
    op.create_table(
        "templates",
        sa.Column("digest", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("papers", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="templates_pk"),
    )
