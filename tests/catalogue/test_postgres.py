"""What is particular to PostgreSQL: whose tables they are, who waits, and who cannot be reached."""

from pathlib import Path

import pytest
from sqlalchemy import make_url

from broadsheet.catalogue import Catalogue
from broadsheet.errors import BusyError, CatalogueError, NewerCatalogueError
from tests.conftest import Postgres


def name(url: str) -> str:
    """The database that a URL of the test server names."""
    return str(make_url(url).database)


def test_an_empty_database_becomes_a_catalogue_only_when_asked(
    postgres: Postgres, locks: Path
) -> None:
    url = postgres.new_database()
    with pytest.raises(CatalogueError, match="There is no catalogue") as caught:
        Catalogue.open(url, locks=locks)
    assert caught.value.hint == "Run `broadsheet init`."
    catalogue = Catalogue.open(url, locks=locks, create=True)
    assert catalogue.check() == []
    catalogue.close()


@pytest.mark.parametrize("create", [False, True])
def test_the_tables_of_another_program_are_left(
    postgres: Postgres, locks: Path, create: bool
) -> None:
    url = postgres.new_database()
    postgres.run("CREATE TABLE papers (diary text)", name(url))
    with pytest.raises(CatalogueError, match="another program; it was left"):
        Catalogue.open(url, locks=locks, create=create)


def test_a_newer_catalogue_is_left(postgres: Postgres, locks: Path) -> None:
    url = postgres.new_catalogue()
    postgres.run("UPDATE alembic_version SET version_num = '9999'", name(url))
    with pytest.raises(NewerCatalogueError, match="revision 9999"):
        Catalogue.open(url, locks=locks, create=True)


def test_a_creation_that_was_broken_off_is_taken_up_again(postgres: Postgres, locks: Path) -> None:
    url = postgres.new_database()
    postgres.run("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)", name(url))
    with pytest.raises(CatalogueError, match="There is no catalogue"):
        Catalogue.open(url, locks=locks)
    catalogue = Catalogue.open(url, locks=locks, create=True)
    assert catalogue.check() == []
    catalogue.close()


def test_what_cannot_be_reached_is_said_without_the_password(
    postgres: Postgres, locks: Path, tmp_path: Path
) -> None:
    with pytest.raises(CatalogueError, match="cannot be reached") as caught:
        Catalogue.open(f"postgresql://u:secret@/d?host={tmp_path}", locks=locks)
    assert "secret" not in str(caught.value)
    with pytest.raises(CatalogueError, match=r"nothing_there.* cannot be reached"):
        Catalogue.open(postgres.url("nothing_there"), locks=locks)


def test_a_reader_does_not_wait_for_a_writer_but_an_import_for_another(
    postgres: Postgres, locks: Path
) -> None:
    url = postgres.new_catalogue()
    first, second = (Catalogue.open(url, locks=locks) for _ in range(2))
    with first.writing() as desk, second.reading() as reader:
        desk.papers.allocate(1)
        assert reader.changes.latest() == 0
    with first.alone("import"), pytest.raises(BusyError), second.alone("import"):
        pass
    first.close()
    second.close()
