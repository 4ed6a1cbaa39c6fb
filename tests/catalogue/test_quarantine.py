"""The shelf of quarantine, on both stores."""

from dataclasses import replace

from broadsheet.catalogue import Catalogue, Quarantined
from tests.library import RECEIVED, SILENT, TIDES

FIRST = Quarantined(4, "toy", "7", b"a", RECEIVED, "the title is garbled", "toy.jsonl:7", SILENT)
SECOND = Quarantined(5, "toy", "1", b"b", RECEIVED, "no title", "", TIDES)


def test_what_is_put_in_can_be_seen_and_taken_out(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        desk.records.allocate(5)
        desk.quarantine.put([FIRST, SECOND])
    with catalogue.writing() as desk:
        assert desk.quarantine.count() == 2
        assert desk.quarantine.list(10) == [FIRST, SECOND]
        assert desk.quarantine.list(10, after=4) == [SECOND]
        assert desk.quarantine.list(1) == [FIRST]
        assert desk.quarantine.get(5) == SECOND
        assert desk.quarantine.known([("toy", "7"), ("toy", "8"), ("x", "7")]) == {
            ("toy", "7"): b"a"
        }
        desk.quarantine.remove(4)
        desk.quarantine.remove(4)
        assert desk.quarantine.get(4) is None
        assert desk.quarantine.count() == 1
    assert catalogue.check() == []


def test_a_record_that_comes_again_keeps_its_key(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        desk.quarantine.put([FIRST])
        desk.quarantine.put([replace(FIRST, key=9, fingerprint=b"c", reason="no title")])
        assert desk.quarantine.list(10) == [replace(FIRST, fingerprint=b"c", reason="no title")]
