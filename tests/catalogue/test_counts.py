"""The shelf of counts, on both stores."""

from dataclasses import replace

from broadsheet.catalogue import Catalogue
from tests.library import BEES, FROST, SILENT, TIDES, TIDES_JOURNAL
from tests.library.shelving import shelve, toy_record


def test_everything_is_counted_from_the_tables(catalogue: Catalogue) -> None:
    fallen = replace(FROST, withdrawn=True, retracted=True, summary_by="Frost Weekly")
    with catalogue.writing() as desk:
        keys = shelve(desk, [TIDES, BEES, fallen, SILENT])
        desk.records.add([toy_record(desk.records.allocate(1), keys[0], TIDES_JOURNAL)])
        counts = desk.counts
        assert counts.lacking()["abstract"] == 1
        assert counts.lacking()["licence"] == 3
        assert counts.marked() == {"withdrawn": 1, "retracted": 1, "summary": 1}
        assert counts.licences() == {TIDES.licence: 1}
        assert counts.years()[2025] == 1
        assert list(counts.years()) == sorted(counts.years())
        assert counts.categories()["cs.CL"] == 1
        assert counts.sources() == {"press": 1, "toy": 4}
        assert (counts.set_aside(), counts.doubtful(), counts.as_received()) == ({}, 0, 0)


def test_an_empty_catalogue_has_nothing_to_count(catalogue: Catalogue) -> None:
    with catalogue.reading() as desk:
        assert set(desk.counts.lacking().values()) == {0}
        assert desk.counts.years() == {}
        assert desk.counts.sources() == {}
