"""Thumbnails: fetched once, kept in the home, shown on cards, and nothing else served."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from starlette.testclient import TestClient

from broadsheet.catalogue import Submission
from broadsheet.faces.app import create
from broadsheet.faces.scheduler import STEPS, WATCHES, Scheduler
from broadsheet.faces.thumbnails import fetch_missing, folder_of, missing
from broadsheet.service import Service
from tests.library.dailies import tell, toy_dailies
from tests.library.serving import Answer, Asked, serving
from tests.library.site import fill

NOW = datetime(2026, 3, 29, 8, tzinfo=UTC)
PAPERS = toy_dailies(date(2026, 3, 2), 4)


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """A site that may fetch from this machine."""
    monkeypatch.setenv("BROADSHEET_FETCH_ALLOW", "127.0.0.1")
    opened = Service.open(fill(tmp_path, PAPERS))
    yield opened
    opened.index.close()
    opened.catalogue.close()


def submit(service: Service, number: int, *media: str) -> None:
    """Somebody who left submitted one of the papers."""
    with service.catalogue.writing() as desk:
        key = desk.papers.resolve([PAPERS[number].id])[PAPERS[number].id]
        desk.submissions.add(Submission(key, None, NOW, media))


def answer(asked: Asked) -> Answer:
    """A picture, or a page that is none."""
    if asked.path != "/picture.png":
        return Answer(200, b"<html>no picture", {"Content-Type": "text/html"})
    written = BytesIO()
    Image.new("RGB", (400, 300), "green").save(written, "PNG")
    return Answer(200, written.getvalue(), {"Content-Type": "image/png"})


def test_a_picture_is_fetched_once_and_shown_on_cards(service: Service) -> None:
    with serving(by=answer) as there:
        submit(service, 0, f"{there.url}/picture.png", f"{there.url}/second.png")
        submit(service, 1, f"{there.url}/page")
        submit(service, 2)
        with service.catalogue.reading() as desk:
            stirs = desk.changes.stirs()
        assert len(missing(service)) == 2
        assert fetch_missing(service, lambda: False) == 1
        assert fetch_missing(service, lambda: False) == 0
        assert missing(service) == []
        assert [one.path for one in there.asked] == ["/page", "/picture.png"]
    with service.catalogue.reading() as desk:
        assert desk.changes.stirs() == stirs + 1
    (kept,) = folder_of(service).glob("*.webp")
    with service.catalogue.writing() as desk:
        tell(desk, sorted(desk.papers.resolve([one.id for one in PAPERS]).values()), "2026-03-28")
    with TestClient(create(service.settings)) as site:
        page = site.get("/papers?q=kettles", headers={"Accept": "text/html"}).text
        assert page.count("<img") == 1
        assert f'src="/thumbs/{kept.name}" alt=""' in page
        small = site.get(f"/thumbs/{kept.name}")
        assert small.content == kept.read_bytes()
        assert small.headers["content-type"] == "image/webp"
        assert "immutable" in small.headers["cache-control"]
        assert "<img" not in site.get("/papers?q=lighthouses&mode=lexical").text
        lists = ("/api/papers", "/api/papers/search", "/api/daily_papers")
        for path in (*lists, "/api/daily_papers?date=2026-03-28"):
            items = {one["paper"]["id"]: one for one in site.get(path).json()}
            thumbs = {id_: one["thumbnail"] for id_, one in items.items() if "thumbnail" in one}
            assert thumbs == {PAPERS[0].id: f"http://testserver/thumbs/{kept.name}"}
            assert len(items) > 1


def test_an_address_that_is_private_is_not_asked(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BROADSHEET_FETCH_ALLOW")
    closed = Service(
        service.settings.model_copy(update={"fetch_allow": ()}),
        service.catalogue,
        service.index,
        service.weights,
        service.signing_key,
    )
    with serving(by=answer) as there:
        submit(service, 0, f"{there.url}/picture.png")
        submit(service, 1, "file:///etc/passwd")
        assert fetch_missing(closed, lambda: False) == 0
        assert there.asked == []
    assert missing(closed) == []


@pytest.mark.parametrize("name", ["a.webp", "..%2fbroadsheet.toml", "0" * 32 + ".webp", "x.none"])
def test_nothing_else_is_served(service: Service, name: str) -> None:
    folder_of(service).mkdir()
    (folder_of(service) / "x.none").write_text("secret")
    with TestClient(create(service.settings)) as site:
        assert site.get(f"/thumbs/{name}").status_code == 404


def test_the_watch_of_the_scheduler_fetches(service: Service) -> None:
    (watch,) = [one for one in WATCHES if one.name == "thumbnails"]
    assert watch.due(service, NOW) == ""
    with serving(by=answer) as there:
        submit(service, 0, f"{there.url}/picture.png")
        assert watch.due(service, NOW)
        Scheduler(service, STEPS, lambda: NOW, watches=[watch]).do_watches(_never())
    assert watch.due(service, NOW) == ""
    assert len(list(folder_of(service).glob("*.webp"))) == 1


def _never() -> threading.Event:
    return threading.Event()
