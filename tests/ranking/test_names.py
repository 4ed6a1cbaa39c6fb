"""Names that a catalogue knows, and what venues are called."""

from pathlib import Path

import pytest

from broadsheet.catalogue import Catalogue
from broadsheet.papers import Paper, PaperId, PartialDate
from broadsheet.ranking.names import ASKED, CatalogueNames, names_of
from tests.library.finding import file_papers, level, open_index
from tests.ranking.conftest import Library


@pytest.mark.parametrize(
    ("venue", "names"),
    [
        ("NeurIPS 2023", {"neurips"}),
        ("Learning at Scale", {"learning at scale"}),
        (
            "Findings of the Association for Computational Linguistics: ACL 2023",
            {"findings association for computational linguistics acl", "acl"},
        ),
        ("Workshop on NLP for Kettles", {"workshop on nlp for kettles"}),
        ("Kettle Conference (LREC'16), Volume 1: Long Papers", None),
        ("", set()),
        ("2020", set()),
    ],
)
def test_names_of_venues(venue: str, names: set[str] | None) -> None:
    if names is None:
        assert "lrec" in names_of(venue)
        assert "long papers" not in names_of(venue)
    else:
        assert names_of(venue) == names


def test_a_venue_is_known_beside_many_newer_workshops(
    sqlite_catalogue: Catalogue, tmp_path: Path
) -> None:
    venues = ["ICML", *(f"ICML Workshop on Kettle {number}" for number in range(3 * ASKED))]
    papers = [
        Paper(id=PaperId(f"toy:{at}"), title="Frost", venue=venue, announced=PartialDate(2000 + at))
        for at, venue in enumerate(venues)
    ]
    file_papers(sqlite_catalogue, papers)
    index = open_index(sqlite_catalogue, tmp_path)
    level(index)
    known = CatalogueNames(sqlite_catalogue, index.reader()).venues("ICML")
    index.close()
    assert "ICML" in known
    assert venues[-1] in known
    assert len(known) <= 2 * ASKED


def test_what_the_catalogue_knows(asked: Library) -> None:
    names = asked.names()
    assert names.venues("learning at scale") == {"Learning at Scale"}
    assert names.venues("NLP") == {"Workshop on NLP for Kettles"}
    assert not names.venues("Scale Learning")
    assert names.has_author("Ludwig van Holm")
    assert not names.has_author("Monte Carlo")
