"""The tables of harvests, of the daily round and of what it tells of."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, UniqueConstraint

from broadsheet.catalogue.schema.words import KEY, METADATA

HARVESTS = Table(
    "harvests",
    METADATA,
    Column("key", KEY, primary_key=True, autoincrement=False),
    Column("source", String, nullable=False),
    Column("spec", String, nullable=False),
    Column("started", BigInteger, nullable=False),
    Column("touched", BigInteger, nullable=False),
    Column("finished", BigInteger),
    Column("outcome", String, nullable=False),
    Column("since", String),
    Column("until", String),
    Column("cursor", String),
    Column("counts", String, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("total", BigInteger),
    Column("announced", BigInteger),
    Column("through", BigInteger),
    Column("error", String, nullable=False),
)

Index("harvests_spec", HARVESTS.c.spec, HARVESTS.c.key)

LEASES = Table(
    "leases",
    METADATA,
    Column("name", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("until", BigInteger, nullable=False),
)

# A step that was run by hand belongs to no day, of which there may be any number.
STEPS = Table(
    "steps",
    METADATA,
    Column("key", KEY, primary_key=True, autoincrement=False),
    Column("day", String),
    Column("step", String, nullable=False),
    Column("holder", String, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("started", BigInteger, nullable=False),
    Column("finished", BigInteger),
    Column("outcome", String, nullable=False),
    Column("detail", String, nullable=False),
    UniqueConstraint("day", "step"),
)

Index("steps_step", STEPS.c.step, STEPS.c.key)

ALERTS = Table(
    "alerts",
    METADATA,
    Column("key", KEY, primary_key=True, autoincrement=False),
    Column("condition", String, nullable=False),
    Column("message", String, nullable=False),
    Column("raised", BigInteger, nullable=False),
    Column("sent", BigInteger),
    Column("cleared", BigInteger),
)

FREE_SPACE = Table(
    "free_space",
    METADATA,
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    Column("free", BigInteger, nullable=False),
)
