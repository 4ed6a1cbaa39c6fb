"""What people did with a paper, handed over when it is folded into another."""

from sqlalchemy import Connection, Table, delete, exists, select, update

from broadsheet.catalogue.schema import (
    CLAIMS,
    COMMENTS,
    EDITION_PAPERS,
    INTERESTS,
    LETTER_PAPERS,
    PAPER_ORGANISATIONS,
    SEARCH_MATCHES,
    SUBMISSIONS,
    VOTES,
)
from broadsheet.catalogue.statements import insert_new

_ONCE_EACH = (
    VOTES,
    CLAIMS,
    EDITION_PAPERS,
    PAPER_ORGANISATIONS,
    LETTER_PAPERS,
    SEARCH_MATCHES,
)
"""Tables of which another paper may have the same row already: it is then kept once."""


def hand_over(connection: Connection, gone: int, into: int) -> None:
    """Give what hangs on paper `gone` to another; of two submissions the other paper's stays."""
    for table in _ONCE_EACH:
        _move(connection, table, gone, into)
    for table in (COMMENTS, INTERESTS):
        moved = update(table).where(table.c.paper_key == gone)
        connection.execute(moved.values(paper_key=into))
    has_own = exists().where(SUBMISSIONS.c.paper_key == into)
    if connection.execute(select(has_own)).scalar_one():
        connection.execute(delete(SUBMISSIONS).where(SUBMISSIONS.c.paper_key == gone))
    moved = update(SUBMISSIONS).where(SUBMISSIONS.c.paper_key == gone)
    connection.execute(moved.values(paper_key=into))


def _move(connection: Connection, table: Table, gone: int, into: int) -> None:
    rows = connection.execute(select(table).where(table.c.paper_key == gone)).all()
    insert_new(connection, table, [{**row._mapping, "paper_key": into} for row in rows])
    connection.execute(delete(table).where(table.c.paper_key == gone))
