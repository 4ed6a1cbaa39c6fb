"""The shelf of records, on both stores."""

from dataclasses import replace
from datetime import timedelta

import pytest

from broadsheet.catalogue import Catalogue, FiledRecord, KnownRecord, SourceCount
from broadsheet.errors import CatalogueError
from tests.library import BEES, LIBRARY, RECEIVED, TIDES, TIDES_JOURNAL
from tests.library.shelving import shelve, toy_identity, toy_record


def test_records_come_back_as_they_were_received(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        keys = shelve(desk)
        found = desk.records.of(keys)
        assert [found[key][0].record for key in keys] == list(LIBRARY)
        assert found[1][0].received_at == RECEIVED
        assert found[1][0].identity == "1"
        assert desk.records.count() == 12


def test_the_first_received_comes_first(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        shelve(desk, [TIDES])
        desk.records.allocate(2)
        older = replace(
            toy_record(2, 1, TIDES_JOURNAL), received_at=RECEIVED - timedelta(microseconds=1)
        )
        desk.records.add([older])
        assert [stored.key for stored in desk.records.of([1, 99])[1]] == [2, 1]
        assert desk.records.of([99]) == {99: []}


def test_known_records_are_found_by_source_and_identity(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        shelve(desk)
        asked = [("toy", toy_identity(record)) for record in LIBRARY] + [("press", "1")]
        found = desk.records.known(asked)
        assert len(found) == 12
        assert found["toy", "2"] == KnownRecord(2, 2, toy_record(2, 2, BEES).fingerprint)
        assert desk.records.known([]) == {}


def test_replacing_writes_over_what_was_filed(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        shelve(desk, [TIDES, BEES])
        renewed = FiledRecord(1, 2, "1", b"new", RECEIVED, replace(TIDES, title="Tides"))
        desk.records.replace([renewed])
        assert desk.records.known([("toy", "1")]) == {("toy", "1"): KnownRecord(1, 2, b"new")}
        assert desk.records.of([1, 2])[1] == []
        assert [stored.record.title for stored in desk.records.of([2])[2]] == ["Tides", BEES.title]


def test_a_second_record_with_the_same_identity_is_refused(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        shelve(desk, [TIDES])
    with pytest.raises(CatalogueError), catalogue.writing() as desk:
        desk.records.add([toy_record(2, 1, TIDES)])
    with catalogue.reading() as desk:
        assert desk.records.count() == 1


def test_sources_are_counted(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        shelve(desk, [TIDES, BEES, TIDES_JOURNAL.__class__(source="press", format="ris", raw="x")])
        assert desk.records.sources() == [
            SourceCount("press", 1, RECEIVED),
            SourceCount("toy", 2, RECEIVED),
        ]
