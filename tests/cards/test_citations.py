"""Citations are read back by the libraries that read such files."""

from typing import Any

import bibtexparser
import rispy
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.cards import bibtex, citation_key, csl, ris
from broadsheet.papers import Author, Paper, PaperId, PartialDate
from tests.library import TIDES
from tests.library.hostile import CROWDED, FORMULAS, HOSTILE, SCRIPTED, UNBROKEN
from tests.library.shelving import toy_paper

PAPER = toy_paper(TIDES)
TEXTS = st.text(max_size=80)


def parsed(text: str) -> list[dict[str, str]]:
    entries: list[dict[str, str]] = bibtexparser.loads(text).entries
    return entries


def test_an_entry_says_what_is_known() -> None:
    assert bibtex([PAPER]) == (
        "@inproceedings{ostergaard2025tidal,\n"
        "  title = {{Tidal Attention for Very Long Documents}},\n"
        "  author = {Østergaard, Mira and Quill, Tomás},\n"
        "  year = {2025},\n"
        "  booktitle = {Workshop on Long Reading},\n"
        "  eprint = {2502.90001},\n"
        "  archivePrefix = {arXiv},\n"
        "  primaryClass = {cs.CL},\n"
        "  url = {https://papers.example/tides},\n"
        "  keywords = {attention, long documents},\n"
        "  month = feb\n"
        "}\n"
    )


def test_formulas_stay_tex_and_the_rest_is_escaped() -> None:
    (entry,) = parsed(bibtex([FORMULAS]))
    assert entry["title"] == "{Sorting in $O(n \\log n)$ and Why $x < y$ Matters}"
    assert entry["author"] == "de la Cruz, Ada"
    (hostile,) = parsed(bibtex([SCRIPTED]))
    assert "window.pwned" in hostile["title"]


def test_keys_are_plain_and_each_is_given_once() -> None:
    assert citation_key(PAPER) == "ostergaard2025tidal"
    assert citation_key(Paper(id=PaperId("x:1"), title="…")) == "paper"
    keys = [entry["ID"] for entry in parsed(bibtex([PAPER] * 30))]
    assert len(set(keys)) == 30
    assert keys[:3] == ["ostergaard2025tidal", "ostergaard2025tidalb", "ostergaard2025tidalc"]


def test_ris_is_read_back() -> None:
    text = ris([PAPER, CROWDED])
    assert "\r\n" in text
    first, second = rispy.loads(text)
    assert first["type_of_reference"] == "CONF"
    assert first["title"] == "Tidal Attention for Very Long Documents"
    assert first["authors"] == ["Østergaard, Mira", "Quill, Tomás"]
    assert first["year"] == "2025"
    assert len(second["authors"]) == 5000


def test_csl_has_names_and_dates_in_parts() -> None:
    (item,) = csl([PAPER])
    assert item["type"] == "paper-conference"
    assert item["author"][0] == {"family": "Østergaard", "given": "Mira"}
    assert item["issued"] == {"date-parts": [[2025, 2, 11]]}
    assert item["number"] == "arXiv:2502.90001"
    (group,) = csl([Paper(id=PaperId("x:1"), title="T", authors=(Author("A Collaboration"),))])
    assert group["author"] == [{"literal": "A Collaboration"}]


def test_hostile_papers_make_one_entry_each() -> None:
    assert len(parsed(bibtex(HOSTILE))) == len(HOSTILE)
    assert len(rispy.loads(ris(HOSTILE))) == len(HOSTILE)
    assert str(UNBROKEN.doi) in bibtex([UNBROKEN])


@given(title=TEXTS, name=TEXTS, venue=TEXTS)
def test_whatever_is_said_makes_exactly_one_entry(title: str, name: str, venue: str) -> None:
    paper = Paper(
        id=PaperId("x:1"),
        title="T " + title,
        authors=(Author("A " + name),),
        venue=venue,
        announced=PartialDate(2020),
    )
    entries: list[dict[str, Any]] = parsed(bibtex([paper]))
    assert len(entries) == 1
    assert entries[0]["year"] == "2020"
    records = rispy.loads(ris([paper]))
    assert [record["year"] for record in records] == ["2020"]
