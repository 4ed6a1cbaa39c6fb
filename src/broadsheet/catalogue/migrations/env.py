"""Alembic's door: run the steps on the connection that the catalogue hands over."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    transaction_per_migration=True,
    # SQLite's DDL is transactional too once BEGIN is ours; Alembic takes it for not.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
