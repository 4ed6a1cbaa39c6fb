"""Names that a catalogue knows, and what venues are called."""

import pytest

from broadsheet.ranking.names import names_of
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


def test_what_the_catalogue_knows(asked: Library) -> None:
    names = asked.names()
    assert names.venues("learning at scale") == {"Learning at Scale"}
    assert names.venues("NLP") == {"Workshop on NLP for Kettles"}
    assert not names.venues("Scale Learning")
    assert names.has_author("Ludwig van Holm")
    assert not names.has_author("Monte Carlo")
