"""Who wrote a summary, the order by announcement, and the ids of papers that are gone."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns and the index."""
    op.add_column("papers", sa.Column("summary_by", sa.String, nullable=False, server_default=""))
    op.add_column("changes", sa.Column("former_id", sa.String))
    op.create_index("papers_announced", "papers", [sa.text("announced DESC"), "key"])
