"""The shelf of claims, on both stores."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from broadsheet.catalogue import Catalogue, Claim, ClaimState
from tests.library import BEES, TIDES
from tests.library.people import enrol
from tests.library.shelving import shelve

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_claim_is_kept_settled_and_forgotten(catalogue: Catalogue) -> None:
    ann, ben = enrol(catalogue, "ann").key, enrol(catalogue, "ben").key
    with catalogue.writing() as desk:
        tides, bees = shelve(desk, [TIDES, BEES])
        one = Claim(tides, ann, "Tomás Quill", NOW, how="The names fit.")
        two = Claim(tides, ben, "Mira Østergaard", NOW + HOUR)
        desk.claims.put(two)
        desk.claims.put(one)
        assert desk.claims.get(tides, ann) == one
        assert desk.claims.get(bees, ann) is None
        assert desk.claims.pending() == [one, two]
        assert desk.claims.of_papers([tides, bees]) == {}
        believed = ClaimState.VERIFIED
        settled = replace(one, state=believed, settled=NOW + HOUR, settled_by="mod")
        desk.claims.put(settled)
        assert desk.claims.pending() == [two]
        assert desk.claims.of_papers([tides, bees]) == {tides: [settled]}
        assert desk.claims.of_reader(ann) == [settled]
        desk.claims.remove(tides, ann)
        assert desk.claims.of_reader(ann) == []
        assert desk.claims.of_reader(ben) == [two]
    assert catalogue.check() == []
