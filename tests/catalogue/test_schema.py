"""The tables as they are spelt and the tables as the steps make them are the same."""

from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine

from broadsheet import catalogue as package
from broadsheet.catalogue import Catalogue
from broadsheet.catalogue.schema import METADATA, REVISIONS
from tests.conftest import Postgres

_SQLITE_TABLES = "sqlite_schema AS t, {} WHERE t.type = 'table' AND t.name NOT LIKE 'alembic%'"
_SQLITE_COLUMNS = """SELECT t.name, c.name, c.type, c."notnull", coalesce(c.dflt_value, ''), c.pk
    FROM """ + _SQLITE_TABLES.format("pragma_table_info(t.name) AS c")
_SQLITE_KEYS = """SELECT t.name, k."table", k."from", k."to"
    FROM """ + _SQLITE_TABLES.format("pragma_foreign_key_list(t.name) AS k")
_SQLITE_INDEXES = """SELECT t.name, i.name, i."unique", i.origin, p.seqno, p.name, p.desc
    FROM """ + _SQLITE_TABLES.format(
    "pragma_index_list(t.name) AS i, pragma_index_xinfo(i.name) AS p"
)
_COLUMNS = """SELECT table_name, column_name, data_type, is_nullable
    FROM information_schema.columns WHERE table_schema = current_schema()
    AND table_name <> 'alembic_version' ORDER BY 1, 2"""
_INDEXES = """SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema()
    AND tablename <> 'alembic_version' ORDER BY 1"""
_CONSTRAINTS = """SELECT conname, conrelid::regclass::text, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = current_schema()::regnamespace
    AND conrelid::regclass::text <> 'alembic_version' ORDER BY 1, 2"""


def steps() -> ScriptDirectory:
    """The steps as Alembic finds them."""
    config = Config()
    folder = Path(package.__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder))
    return ScriptDirectory.from_config(config)


def test_the_known_revisions_are_the_steps() -> None:
    assert tuple(step.revision for step in reversed(list(steps().walk_revisions()))) == REVISIONS


def test_the_steps_make_the_tables_of_an_sqlite_file(
    sqlite_catalogue: Catalogue, tmp_path: Path
) -> None:
    def tables(connection: Connection) -> list[list[tuple[object, ...]]]:
        return [
            sorted(tuple(row) for row in connection.exec_driver_sql(question))
            for question in (_SQLITE_COLUMNS, _SQLITE_KEYS, _SQLITE_INDEXES)
        ]

    engine = create_engine(f"sqlite:///{tmp_path / 'spelt.sqlite3'}")
    METADATA.create_all(engine)
    with engine.connect() as spelt, sqlite_catalogue.reading() as desk:
        expected = tables(spelt)
        assert [len(part) for part in expected] == [335, 48, len(expected[2])]
        assert tables(desk.papers.connection) == expected
    engine.dispose()


def test_the_steps_make_the_tables_of_a_database(postgres: Postgres, locks: Path) -> None:
    def tables(connection: Connection) -> list[list[tuple[object, ...]]]:
        questions = (_COLUMNS, _INDEXES, _CONSTRAINTS)
        return [[tuple(row) for row in connection.exec_driver_sql(text)] for text in questions]

    opened = Catalogue.open(postgres.new_catalogue(), locks=locks)
    spelt = Catalogue.open(postgres.new_catalogue(), locks=locks)
    with spelt.writing() as desk:
        connection = desk.papers.connection
        METADATA.drop_all(connection)
        METADATA.create_all(connection)
    with opened.reading() as made, spelt.reading() as desk:
        expected = tables(desk.papers.connection)
        assert [len(part) for part in expected] == [335, 120, len(expected[2])]
        assert tables(made.papers.connection) == expected
    opened.close()
    spelt.close()
