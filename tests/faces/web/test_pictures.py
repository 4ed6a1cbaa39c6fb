"""Pictures for previews of links, and what pages say of themselves."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from starlette.testclient import TestClient

from broadsheet.faces.app import create
from broadsheet.papers import Signal, SignalKind
from broadsheet.people import Vote
from broadsheet.settings import read_settings
from tests.library.people import catalogue_of, cookie_of, enrol
from tests.library.site import fill

TIDES = "2502.90001"
DAY = datetime(2025, 2, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which one paper was voted for."""
    home = tmp_path_factory.mktemp("home")
    fill(home)
    catalogue = catalogue_of(home)
    reader = enrol(catalogue, "ann").key
    with catalogue.writing() as desk:
        key = desk.papers.resolve([TIDES])[TIDES]
        desk.votes.cast(Vote(key, reader, datetime.now(UTC) - timedelta(hours=1)))
        day = Signal(
            SignalKind.EDITION_DAY, text="2025-02-12", at=datetime(2025, 2, 12, tzinfo=UTC)
        )
        desk.signals.add([(key, "hub", day)])
    catalogue.close()
    return home


@pytest.fixture(scope="module")
def site(home: Path) -> Iterator[TestClient]:
    """The site over it."""
    with TestClient(create(read_settings(home)), headers={"Accept": "text/html"}) as site:
        yield site


def named(page: str) -> dict[str, str]:
    """What a page says of itself."""
    return dict(re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)">', page))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "website"),
        (f"/papers/{TIDES}", "article"),
        ("/papers/date/2025-02-12", "website"),
        ("/papers/week/2025-W07", "website"),
        ("/papers/trending", "website"),
    ],
)
def test_a_page_says_what_it_is_and_its_picture_is_there(
    site: TestClient, path: str, kind: str
) -> None:
    told = named(site.get(path).text)
    assert told["og:type"] == kind
    assert told["og:title"]
    assert told["og:description"]
    assert told["og:url"].startswith("http://testserver/")
    assert told["twitter:card"] == "summary_large_image"
    answer = site.get(told["og:image"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert Image.open(BytesIO(answer.content)).size == (1200, 630)


def test_a_picture_may_be_kept_by_anybody_and_is_asked_for_again(site: TestClient) -> None:
    first = site.get(f"/og/papers/{TIDES}.png")
    assert first.headers["cache-control"] == "public, max-age=3600"
    again = site.get(f"/og/papers/{TIDES}.png", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "public, max-age=3600"


def test_whoever_is_signed_in_gets_the_same_picture(site: TestClient, home: Path) -> None:
    catalogue = catalogue_of(home)
    cookie = cookie_of(catalogue, enrol(catalogue, "ben"))
    catalogue.close()
    header = "; ".join(f"{name}={value}" for name, value in cookie.items())
    answer = site.get("/og/front.png", headers={"Cookie": header})
    assert answer.headers["cache-control"] == "public, max-age=3600"


@pytest.mark.parametrize(
    "path",
    [
        "/og/papers/none.png",
        "/og/editions/day/2001-01-01.png",
        "/og/editions/year/2001.png",
        "/og/other.png",
    ],
)
def test_there_is_no_picture_of_what_is_not_there(site: TestClient, path: str) -> None:
    assert site.get(path).status_code == 404


def test_an_edition_without_papers_names_no_picture(site: TestClient) -> None:
    assert "og:image" not in named(site.get("/papers/date/2001-01-01").text)


def test_what_cannot_be_read_is_said(site: TestClient) -> None:
    assert site.get("/og/editions/day/yesterday.png").status_code == 400
    assert site.get("/og/trending.png?window=year").status_code == 400


def test_what_a_paper_says_of_itself_never_breaks_out(site: TestClient) -> None:
    for path in re.findall(r'href="(/papers/[^"?]+)"', site.get("/papers").text)[:40]:
        for value in named(site.get(path).text).values():
            assert "<" not in value
