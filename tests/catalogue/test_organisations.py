"""The shelf of organisations, on both stores."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from broadsheet.catalogue import Catalogue, Organisation
from broadsheet.errors import CatalogueError
from tests.library import BEES, TIDES
from tests.library.people import enrol
from tests.library.shelving import shelve

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_an_organisation_has_members_and_papers(catalogue: Catalogue) -> None:
    ann, ben = enrol(catalogue, "ann").key, enrol(catalogue, "ben").key
    with catalogue.writing() as desk:
        tides, bees = shelve(desk, [TIDES, BEES])
        slow = desk.organisations.add(Organisation("slow", "Institute of Slow Reading", NOW))
        hive = desk.organisations.add(
            Organisation("HIVE", "The Hive", NOW, about="Bees.", url="https://hive.example/")
        )
        assert desk.organisations.all() == [replace(hive, name="hive"), slow]
        assert desk.organisations.named("Slow") == slow
        assert desk.organisations.named("fast") is None
        for reader, at in ((ben, NOW + HOUR), (ann, NOW), (ann, NOW)):
            desk.organisations.join(slow.key, reader, at)
        assert desk.organisations.members(slow.key) == [ann, ben]
        assert desk.organisations.of_reader(ann) == [slow]
        desk.organisations.leave(slow.key, ann)
        assert desk.organisations.members(slow.key) == [ben]
        desk.organisations.assign(tides, slow.key, "ann", NOW)
        desk.organisations.assign(bees, slow.key, "ann", NOW + HOUR)
        assert desk.organisations.papers(slow.key, 9) == [bees, tides]
        desk.organisations.assign(tides, hive.key, "ben", NOW)
        whose = desk.organisations.of_papers([tides, bees, 99])
        assert {key: one.name for key, one in whose.items()} == {tides: "hive", bees: "slow"}
        desk.organisations.unassign(tides)
        assert desk.organisations.of_papers([tides]) == {}
        renamed = replace(slow, full_name="Institute of Very Slow Reading")
        desk.organisations.replace(renamed)
        assert desk.organisations.named("slow") == renamed
    assert catalogue.check() == []


def test_a_name_is_one_organisations(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        desk.organisations.add(Organisation("slow", "One", NOW))
    with pytest.raises(CatalogueError), catalogue.writing() as desk:
        desk.organisations.add(Organisation("SLOW", "Another", NOW))
