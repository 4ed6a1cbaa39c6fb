"""The shelf of papers, on both stores."""

from dataclasses import replace

import pytest

from broadsheet.catalogue import Catalogue, FiledPaper, Spot
from broadsheet.errors import CatalogueError, NotFoundError
from broadsheet.papers import Author, Paper, PaperId, PartialDate, Said
from tests.library import BEES, FROST, LIBRARY, RECEIVED, TIDES, TIDES_JOURNAL
from tests.library.shelving import shelve, toy_key, toy_paper, toy_record


def test_papers_come_back_as_they_were_filed(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        keys = shelve(desk)
    with catalogue.reading() as desk:
        assert keys == list(range(1, 13))
        assert desk.papers.count() == 12
        found = desk.papers.by_keys(keys)
        assert [found[key] for key in keys] == [toy_paper(record) for record in LIBRARY]
        assert found[1].announced == PartialDate(2025, 2, 11)
        assert found[1].authors[0] == Author("Mira Østergaard", "0000-0002-1825-0097")


def test_get_follows_aliases_and_names_who_said_what(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        shelve(desk, [TIDES, BEES])
        second = desk.records.allocate(1)
        desk.records.add([toy_record(second, 1, TIDES_JOURNAL)])
        paper = toy_paper(TIDES, "doi:10.5555/jpc.2025.17")
        said = {"title": (1,), "abstract": (1,), "venue": (second, 1)}
        desk.papers.replace([FiledPaper(1, paper, toy_key(paper.title), said)])
    toy, press = Said("toy", RECEIVED), Said("press", RECEIVED)
    with catalogue.reading() as desk:
        found = desk.papers.get("doi:10.5555/jpc.2025.17")
        assert found is not None
        key, paper = found
        assert key == 1
        assert paper.id == "2502.90001"
        assert paper.aliases == ("doi:10.5555/jpc.2025.17",)
        assert paper.provenance == {"title": (toy,), "abstract": (toy,), "venue": (press, toy)}
        alone = desk.papers.get("2411.90002")
        assert alone is not None
        assert alone[1].provenance == dict.fromkeys(
            ("title", "abstract", "authors", "announced", "categories", "arxiv_id"), (toy,)
        )
        assert desk.papers.get("2411.99999") is None


def test_resolving_many_ids_leaves_the_unknown_out(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        shelve(desk)
        asked = [f"none:{number}" for number in range(1200)] + [
            "2502.90001",
            "doi:10.5555/wsi.2023.4",
        ]
        assert desk.papers.resolve(asked) == {"2502.90001": 1, "doi:10.5555/wsi.2023.4": 4}
        assert desk.papers.resolve([]) == {}


def test_pages_go_by_key(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        shelve(desk)
        assert [key for key, _ in desk.papers.page(0, 5)] == [1, 2, 3, 4, 5]
        assert [key for key, _ in desk.papers.page(10, 5)] == [11, 12]
        assert desk.papers.page(12, 5) == []


def test_a_replaced_paper_keeps_its_former_id_as_alias(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        shelve(desk, [FROST])
        better = Paper(id=PaperId("2301.90004"), title="Frost", arxiv_id="2301.90004")
        desk.papers.replace([FiledPaper(1, better, "frost")])
        assert desk.papers.resolve(["doi:10.5555/wsi.2023.4", "2301.90004"]) == {
            "doi:10.5555/wsi.2023.4": 1,
            "2301.90004": 1,
        }
        found = desk.papers.get("doi:10.5555/wsi.2023.4")
        assert found is not None
        assert found[1].id == "2301.90004"
        assert found[1].aliases == ("doi:10.5555/wsi.2023.4",)
        assert desk.matches.titled(["frost", toy_key(FROST.title)]) == {"frost": [1]}


def test_an_alias_of_another_paper_is_not_taken(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        shelve(desk, [FROST])
        key = desk.papers.allocate(1)
        desk.papers.add([FiledPaper(key, toy_paper(BEES, "doi:10.5555/wsi.2023.4"), "bees")])
        assert desk.papers.resolve(["doi:10.5555/wsi.2023.4"]) == {"doi:10.5555/wsi.2023.4": 1}


def test_an_id_that_leads_elsewhere_is_refused_and_nothing_is_kept(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        shelve(desk, [FROST, BEES])
        desk.papers.replace([FiledPaper(2, toy_paper(BEES, "toy:extra"), "bees")])
    taken = FiledPaper(2, toy_paper(FROST), "x")
    with pytest.raises(CatalogueError), catalogue.writing() as desk:
        desk.papers.replace([taken])
    with pytest.raises(CatalogueError), catalogue.writing() as desk:
        desk.papers.add([FiledPaper(desk.papers.allocate(1), toy_paper(FROST), "x")])
    with pytest.raises(CatalogueError, match="leads to another paper"), catalogue.writing() as desk:
        desk.papers.replace([FiledPaper(1, Paper(id=PaperId("toy:extra"), title="x"), "x")])
    with catalogue.reading() as desk:
        assert desk.papers.by_keys([1, 2]) == {1: toy_paper(FROST), 2: toy_paper(BEES)}
        assert desk.changes.latest() == 3
    with catalogue.writing() as desk:
        assert desk.papers.allocate(1) == 3


def test_absorbing_moves_everything_and_leaves_the_ids_leading_somewhere(
    catalogue: Catalogue,
) -> None:
    with catalogue.writing() as desk:
        shelve(desk, [TIDES, BEES, FROST])
        desk.signals.add([(2, "toy", signal) for signal in TIDES.signals if signal.at])
        desk.matches.add_bands([(-5, 1), (-5, 2), (7, 2), (8, 3)])
        desk.matches.pair(1, 2, "titles", 0.9, RECEIVED)
        desk.matches.pair(2, 3, "abstracts", 0.5, RECEIVED)
        desk.papers.absorb(2, into=1)
    with catalogue.reading() as desk:
        assert desk.papers.count() == 2
        assert desk.papers.resolve(["2411.90002"]) == {"2411.90002": 1}
        assert [stored.record for stored in desk.records.of([1])[1]] == [TIDES, BEES]
        assert len(desk.signals.of(1)) == 2
        assert desk.matches.banded([-5, 7, 8]) == {-5: [1], 7: [1], 8: [3]}
        assert [(pair.left, pair.right) for pair in desk.matches.pairs()] == [(1, 3)]
        assert [(change.paper_key, change.gone) for change in desk.changes.since(3, 9)] == [
            (2, True)
        ]
    assert catalogue.check() == []


def test_absorbing_needs_two_papers(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        shelve(desk, [TIDES])
        with pytest.raises(ValueError, match="into itself"):
            desk.papers.absorb(1, into=1)
        with pytest.raises(NotFoundError, match="key 9"):
            desk.papers.absorb(9, into=1)


def test_keys_are_never_given_again(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        assert desk.papers.allocate(3) == 1
        assert desk.papers.allocate(1) == 4
        assert desk.records.allocate(2) == 1


def test_the_latest_papers_come_day_by_day_and_the_undated_last(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        shelve(
            desk,
            [*LIBRARY, replace(FROST, doi=None, native_id="undated", title="X", announced=None)],
        )
    with catalogue.reading() as desk:
        everything = desk.papers.latest(None, 100)
        days = [str(paper.announced) if paper.announced else None for _, paper in everything]
        assert len(everything) == 13
        dated = [day for day in days if day]
        assert dated == sorted(dated, reverse=True)
        assert days == [*dated, None]
        walked: list[int] = []
        spot = None
        while page := desk.papers.latest(spot, 1):
            key, paper = page[0]
            walked.append(key)
            spot = Spot(str(paper.announced) if paper.announced else None, key)
        assert walked == [key for key, _ in everything]
