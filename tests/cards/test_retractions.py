"""Whether a paper still stands, in words."""

import pytest

from broadsheet.cards import bibtex, csl, marked_title, retraction, ris
from broadsheet.cards.retractions import retraction_note
from broadsheet.papers import Paper, PaperId


def paper(*, withdrawn: bool = False, retracted: bool = False) -> Paper:
    return Paper(id=PaperId("x:1"), title="Pots", withdrawn=withdrawn, retracted=retracted)


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (paper(), ""),
        (paper(withdrawn=True), "Withdrawn"),
        (paper(retracted=True), "Retracted"),
        (paper(withdrawn=True, retracted=True), "Retracted"),
    ],
)
def test_what_must_be_known_before_all_else(one: Paper, said: str) -> None:
    assert retraction(one) == said
    assert retraction_note(one) == (f"This paper was {said.lower()}." if said else "")
    assert marked_title(one, "Pots") == (f"{said}: Pots" if said else "Pots")


def test_bibliographies_note_it() -> None:
    fallen = paper(retracted=True)
    assert "note = {This paper was retracted.}" in bibtex([fallen])
    assert "N1  - This paper was retracted.\r\n" in ris([fallen])
    assert csl([fallen])[0]["note"] == "This paper was retracted."
    assert "note" not in bibtex([paper()])
    assert "note" not in csl([paper()])[0]
