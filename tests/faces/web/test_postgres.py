"""The same site over a catalogue in PostgreSQL."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from broadsheet.faces.app import create
from tests.conftest import Postgres
from tests.library.site import fill


@pytest.fixture(scope="module")
def site(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A whole site whose catalogue is in a server of our own."""
    url = postgres.new_catalogue()
    settings = fill(tmp_path_factory.mktemp("home"), url=url)
    with TestClient(create(settings), headers={"Accept": "text/html"}) as client:
        yield client
    postgres.drop(url)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/papers", 200),
        ("/papers?q=attention", 200),
        ("/papers/2502.90001", 200),
        ("/papers/%00", 404),
        ("/papers?q=%00", 200),
        ("/papers.bib", 200),
        ("/about", 200),
        ("/api/papers/search?q=attention", 200),
        ("/api/v1/papers", 200),
        ("/api/v1/papers/%00", 404),
        ("/api/v1/changes", 200),
        ("/readyz", 200),
    ],
)
def test_every_kind_of_page_is_there(site: TestClient, path: str, status: int) -> None:
    assert site.get(path).status_code == status
