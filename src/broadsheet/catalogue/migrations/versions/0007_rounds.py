"""The daily round: who leads it, what its steps did, alerts, and the free space over time."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables, and the counters of steps and alerts."""
    op.create_table(
        "leases",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("holder", sa.String, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="leases_pk"),
    )
    op.create_table(
        "steps",
        sa.Column("key", KEY, autoincrement=False, nullable=False),
        sa.Column("day", sa.String),
        sa.Column("step", sa.String, nullable=False),
        sa.Column("holder", sa.String, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("started", sa.BigInteger, nullable=False),
        sa.Column("finished", sa.BigInteger),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("detail", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("key", name="steps_pk"),
        sa.UniqueConstraint("day", "step", name="steps_day_once"),
    )
    op.create_index("steps_step", "steps", ["step", "key"])
    op.create_table(
        "alerts",
        sa.Column("key", KEY, autoincrement=False, nullable=False),
        sa.Column("condition", sa.String, nullable=False),
        sa.Column("message", sa.String, nullable=False),
        sa.Column("raised", sa.BigInteger, nullable=False),
        sa.Column("sent", sa.BigInteger),
        sa.Column("cleared", sa.BigInteger),
        sa.PrimaryKeyConstraint("key", name="alerts_pk"),
    )
    op.create_table(
        "free_space",
        sa.Column("at", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("free", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("at", name="free_space_pk"),
    )
    counters = sa.table("counters", sa.column("name"), sa.column("value"))
    op.bulk_insert(counters, [{"name": "step", "value": 0}, {"name": "alert", "value": 0}])
