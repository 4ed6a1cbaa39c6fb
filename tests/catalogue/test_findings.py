"""The shelf of findings, on both stores."""

from dataclasses import replace

from broadsheet.catalogue import Catalogue, FiledPaper
from broadsheet.papers import Finding, Stage
from tests.library import BEES, TIDES
from tests.library.shelving import shelve, toy_key, toy_paper

STUFFED = Finding(Stage.FLAG, "stuffed", "100%")
FRENCH = Finding(Stage.FLAG, "language", "fr")
HYPHEN = Finding(Stage.REPAIR, "hyphen", "peb- bles → pebbles")


def test_findings_are_kept_with_their_paper_and_replaced(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        tides, bees = shelve(desk, [TIDES, BEES])
        desk.findings.add({tides: (STUFFED, HYPHEN), bees: ()})
    with catalogue.reading() as desk:
        assert desk.findings.of([tides, bees]) == {tides: (STUFFED, HYPHEN)}
        assert desk.papers.by_keys([tides], full=True)[tides].findings == (STUFFED, HYPHEN)
        assert desk.papers.by_keys([tides])[tides].findings == ()
    paper = replace(toy_paper(TIDES), findings=(FRENCH,))
    with catalogue.writing() as desk:
        desk.papers.replace([FiledPaper(tides, paper, toy_key(paper.title))])
        assert desk.findings.of([tides]) == {tides: (FRENCH,)}


def test_what_was_found_of_a_paper_goes_with_it(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        tides, bees = shelve(desk, [TIDES, BEES])
        desk.findings.add({tides: (STUFFED,), bees: (FRENCH,)})
        desk.papers.absorb(bees, tides)
        assert desk.findings.of([tides, bees]) == {tides: (STUFFED,)}
    assert catalogue.check() == []


def test_findings_are_counted_by_name_and_by_detail(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        tides, bees = shelve(desk, [TIDES, BEES])
        desk.findings.add({tides: (STUFFED, FRENCH), bees: (FRENCH, HYPHEN)})
        assert desk.findings.counts() == {
            (Stage.FLAG, "language"): 2,
            (Stage.FLAG, "stuffed"): 1,
            (Stage.REPAIR, "hyphen"): 1,
        }
        assert desk.findings.counts(by_detail="language") == {(Stage.FLAG, "fr"): 2}


def test_templates_are_kept_in_place_of_the_former(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        assert desk.findings.templates() == frozenset()
        desk.findings.keep_templates({-(2**63): 20, 7: 21})
        assert desk.findings.templates() == {-(2**63), 7}
        desk.findings.keep_templates({8: 20})
        assert desk.findings.templates() == {8}


def test_records_stay_as_received_when_they_are_written_over(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        (tides,) = shelve(desk, [TIDES])
        desk.records.leave_as_received(tides, True)
        (stored,) = desk.records.of([tides])[tides]
        assert stored.as_received
        assert desk.counts.as_received() == 1
        desk.records.leave_as_received(tides, False)
        (stored,) = desk.records.of([tides])[tides]
        assert not stored.as_received
