"""How shelves speak to the database in bulk: chunked questions, many rows in one statement."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    String,
    Table,
    bindparam,
    func,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import ReturningInsert

from broadsheet.catalogue.schema import COUNTERS

CHUNK = 500
"""Values asked for in one statement; far below the limits of both stores."""
_LISTED = 10_000
"""Values that SQLite is handed as one list in JSON."""
_NUL = "\\u0000"
_LIST = select(
    func.json_each(bindparam("listed", type_=String)).table_valued("value", name="listed").c.value
)

Values: TypeAlias = Mapping[str, object]
AnyRow: TypeAlias = Row[*tuple[Any, ...]]
Question: TypeAlias = Select[*tuple[Any, ...]]
_Insert: TypeAlias = sqlite.Insert | postgresql.Insert
_T = TypeVar("_T")


def chunks(values: Iterable[_T], size: int = CHUNK) -> Iterator[list[_T]]:
    """The values in lists of at most `size`, in order."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk


def among(
    connection: Connection, question: Question, column: ColumnElement[Any], values: Iterable[Any]
) -> Iterator[AnyRow]:
    """The rows of `question` whose `column` is one of `values`, each of which is asked for once."""
    distinct = dict.fromkeys(values)
    if len(distinct) > CHUNK and connection.dialect.name == "sqlite":
        yield from _among_listed(connection, question, column, distinct)
        return
    for chunk in chunks(distinct):
        yield from connection.execute(question.where(column.in_(chunk)))


def _among_listed(
    connection: Connection, question: Question, column: ColumnElement[Any], values: Iterable[Any]
) -> Iterator[AnyRow]:
    """As `among`, of SQLite: a place in the statement for each of many values takes longer."""
    listing = question.where(column.in_(_LIST))
    for chunk in chunks(values, _LISTED):
        listed = json.dumps(chunk, ensure_ascii=False)
        if _NUL in listed:
            # SQLite reads a text in JSON up to its first NUL: that would be another text.
            for some in chunks(chunk):
                yield from connection.execute(question.where(column.in_(some)))
        else:
            yield from connection.execute(listing, {"listed": listed})


def insert_all(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Insert the rows; one that is there already is an error."""
    _send(connection, table, rows, lambda insert: insert)


def insert_new(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Insert those of the rows whose keys are not there yet."""
    _send(connection, table, rows, lambda insert: insert.on_conflict_do_nothing())


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Values],
    by: Sequence[str] = (),
    keep: Sequence[str] = (),
) -> None:
    """Insert the rows, or write them over those with the same columns `by` (the primary key).

    The columns `keep` of a row that is there already stay as they are.
    """
    names = list(by) or [column.name for column in table.primary_key]
    fixed = {*names, *keep}

    def overwrite(insert: _Insert) -> _Insert:
        new = {c.name: insert.excluded[c.name] for c in table.columns if c.name not in fixed}
        return insert.on_conflict_do_update(index_elements=names, set_=new)

    _send(connection, table, rows, overwrite)


def next_numbers(connection: Connection, counter: str, count: int) -> int:
    """Take `count` numbers that were never given before; the first of them."""
    connection.execute(
        update(COUNTERS).where(COUNTERS.c.name == counter).values(value=COUNTERS.c.value + count)
    )
    last = connection.execute(select(COUNTERS.c.value).where(COUNTERS.c.name == counter))
    return int(last.scalar_one()) - count + 1


def _send(
    connection: Connection,
    table: Table,
    rows: Sequence[Values],
    finish: Callable[[Any], Any],
) -> None:
    """Run one insert statement for all rows, as the store does it fastest."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        _send_to_sqlite(connection, finish(sqlite.insert(table)), rows)
        return
    # Without RETURNING the driver sends the rows one by one; with it SQLAlchemy groups them.
    statement: ReturningInsert[Any] = finish(postgresql.insert(table)).returning(
        *table.primary_key.columns
    )
    for chunk in chunks(rows):
        connection.execute(statement, chunk)


def _send_to_sqlite(
    connection: Connection, statement: sqlite.Insert, rows: Sequence[Values]
) -> None:
    """Hand the rows to the driver as they are: SQLite takes our types without conversion.

    This saves SQLAlchemy's work on every single row, a fifth of the time of an import's writes.
    """
    compiled = statement.compile(dialect=connection.dialect, column_keys=list(rows[0]))
    assert isinstance(compiled, SQLCompiler)
    row_of = itemgetter(*compiled.positiontup or ())
    connection.exec_driver_sql(compiled.string, [row_of(row) for row in rows])
