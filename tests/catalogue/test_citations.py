"""The shelf of citations, on both stores."""

from broadsheet.catalogue import Catalogue, Citation
from tests.library import BEES, FROST, TIDES
from tests.library.shelving import shelve


def test_citations_are_filed_anew_and_found_from_both_ends(catalogue: Catalogue) -> None:
    first, second = Citation("doi:10.1/a", "toy"), Citation("2401.90009", "other")
    with catalogue.writing() as desk:
        one, two = shelve(desk, [TIDES, BEES])
        desk.citations.put({one: [first, second, first], two: [first]})
    with catalogue.reading() as desk:
        assert desk.citations.count() == 3
        assert desk.citations.of([one, two, 99]) == {one: [second, first], two: [first], 99: []}
        assert desk.citations.citing(["doi:10.1/a", "doi:10.1/none"]) == {"doi:10.1/a": [one, two]}
    with catalogue.writing() as desk:
        desk.citations.put({one: [second], two: []})
        assert desk.citations.of([one, two]) == {one: [second], two: []}


def test_absorbing_a_paper_moves_its_citations(catalogue: Catalogue) -> None:
    same, own = Citation("doi:10.1/a", "toy"), Citation("doi:10.1/b", "toy")
    with catalogue.writing() as desk:
        into, gone, _ = shelve(desk, [TIDES, BEES, FROST])
        desk.citations.put({into: [same], gone: [same, own]})
        desk.papers.absorb(gone, into=into)
        assert desk.citations.of([into, gone]) == {into: [same, own], gone: []}
    assert catalogue.check() == []
