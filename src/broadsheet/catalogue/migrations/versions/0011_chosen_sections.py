"""The sections whose editions a subscriber chose in place of the main one."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the column."""
    op.add_column(
        "subscriptions", sa.Column("sections", sa.String, nullable=False, server_default="")
    )
