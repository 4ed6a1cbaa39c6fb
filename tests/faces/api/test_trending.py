"""What is trending over our own API."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from starlette.testclient import TestClient

from broadsheet.faces.app import create
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
