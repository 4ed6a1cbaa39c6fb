"""What is trending over our own API."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from starlette.testclient import TestClient

from broadsheet.faces.app import create
from broadsheet.papers import Signal, SignalKind
from broadsheet.people import Vote
from tests.library.people import catalogue_of, enrol
from tests.library.site import fill


def test_the_order_comes_with_the_terms_of_each_number(tmp_path: Path) -> None:
    settings = fill(tmp_path, ())
    catalogue = catalogue_of(tmp_path)
    readers = [enrol(catalogue, name).key for name in ("ann", "ben", "cem")]
    with catalogue.writing() as desk:
        keys = desk.papers.resolve(["2502.90001", "2411.90002"])
        tides, bees = keys["2502.90001"], keys["2411.90002"]
        at = datetime.now(UTC) - timedelta(hours=1)
        for key, reader in ((tides, readers[0]), (bees, readers[1]), (bees, readers[2])):
            desk.votes.cast(Vote(key, reader, at))
        desk.changes.stir()
    catalogue.close()
    with TestClient(create(settings)) as site:
        body = site.get("/api/v1/papers/trending?window=today&limit=1").json()
        assert (body["window"], body["count"]) == ("today", 2)
        (one,) = body["papers"]
        assert (one["place"], one["paper"]["id"]) == (1, "2411.90002")
        assert one["score"] == sum(term["value"] for term in one["terms"])
        assert one["last"] == at.isoformat()
        both = site.get("/api/v1/papers/trending").json()["papers"]
        assert [each["paper"]["id"] for each in both] == ["2411.90002", "2502.90001"]
        for query in ("window=year", "limit=0", "limit=101"):
            assert site.get(f"/api/v1/papers/trending?{query}").status_code == 422


def test_daily_papers_come_in_the_same_order(tmp_path: Path) -> None:
    settings = fill(tmp_path, ())
    catalogue = catalogue_of(tmp_path)
    reader, now = enrol(catalogue, "ann").key, datetime.now(UTC)
    names = ["2502.90001", "2411.90002"]
    with catalogue.writing() as desk:
        tides, bees = (desk.papers.resolve(names)[name] for name in names)
        at = now - timedelta(days=40)
        for key, votes in ((tides, 90), (bees, 3)):
            day = Signal(SignalKind.EDITION_DAY, text=f"{at:%Y-%m-%d}", at=at)
            told = Signal(SignalKind.VOTES, votes, at=at)
            desk.signals.add([(key, "hub", day), (key, "hub", told)])
        desk.changes.stir()

    def listed(site: TestClient) -> list[str]:
        items = site.get("/api/daily_papers?sort=trending").json()
        return [item["paper"]["id"] for item in items]

    with TestClient(create(settings)) as site:
        assert listed(site) == names
        with catalogue.writing() as desk:
            desk.votes.cast(Vote(bees, reader, now - timedelta(hours=1)))
            desk.changes.stir()
        assert listed(site) == names[::-1]
    catalogue.close()
