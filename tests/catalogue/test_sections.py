"""The shelf of sections, on both stores."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from broadsheet.catalogue import Catalogue, Section
from broadsheet.catalogue import Desk as Shelves
from broadsheet.errors import CatalogueError
from tests.library.people import enrol

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def tea(desk: Shelves, name: str = "tea") -> Section:
    """A new section."""
    return desk.sections.add(
        name,
        title="Tea",
        query="kettles",
        cutoff="06:30",
        zone="Europe/Berlin",
        size=5,
        made=NOW,
    )


def test_a_section_is_kept_by_its_name(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        made = tea(desk)
        tea(desk, "coffee")
    with catalogue.reading() as desk:
        assert desk.sections.named("tea") == made
        assert desk.sections.named("milk") is None
        assert [one.name for one in desk.sections.all()] == ["coffee", "tea"]
    assert made.cutoff_in_zone == (time(6, 30), ZoneInfo("Europe/Berlin"))
    assert made.made == NOW
    with pytest.raises(CatalogueError), catalogue.writing() as desk:
        tea(desk)
    assert catalogue.check() == []


def test_curators_are_set_anew_and_go_with_their_section(catalogue: Catalogue) -> None:
    ada, bo = (enrol(catalogue, name).key for name in ("ada", "bo"))
    with catalogue.writing() as desk:
        section = tea(desk)
        before = desk.changes.stirs()
        desk.sections.set_curators(section.key, [bo, ada, bo])
        assert desk.sections.curators(section.key) == sorted([ada, bo])
        assert desk.sections.curated_by(ada) == {section.key}
        desk.sections.set_curators(section.key, [bo])
        assert desk.sections.curated_by(ada) == set()
        desk.sections.remove(section.key)
        assert desk.sections.curated_by(bo) == set()
        assert desk.sections.all() == []
        assert desk.changes.stirs() == before + 1
