"""Citations are read back by the libraries that read such files."""

import re
from dataclasses import replace
from typing import Any

import bibtexparser
import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.cards import bibtex, citation_key, csl, ris
from broadsheet.papers import Author, Paper, PaperId, PartialDate
from broadsheet.text import clean
from tests.library import BEES, FROST, LEDGERS, OLD_KNOTS, STARS, TIDES, TIDES_JOURNAL
from tests.library.hostile import CROWDED, FORMULAS, HOSTILE, SCRIPTED, UNBROKEN
from tests.library.shelving import toy_paper

PAPER = toy_paper(TIDES)
PIECES = st.sampled_from(
    (
        *"&%#_{}$\\~^@=,\"' ab1\n\r\x00\x1f\x85\u2028\ud800é",
        "@misc{",
        "@comment",
        " and ",
        "a\x00nd",
        "$x_{i}$",
        "$\\{",
        "year = {1}",
        "\nER  - \n",
        "\nTY  - JOUR\n",
    )
)
TEXTS = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=16).map("".join))
WRITTEN = {
    r"\textbackslash{}": "\\",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    r"\textbraceleft{}": "{",
    r"\textbraceright{}": "}",
} | {f"\\{sign}": sign for sign in "&%#_${}"}
ESCAPE = re.compile("|".join(map(re.escape, WRITTEN)))


def parsed(text: str) -> list[dict[str, str]]:
    entries: list[dict[str, str]] = bibtexparser.loads(text).entries
    return entries


def titled(title: str, *names: str) -> Paper:
    authors = tuple(Author(name) for name in names)
    return Paper(id=PaperId("x:1"), title=title, authors=authors, announced=PartialDate(2020))


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


def test_a_preprint_is_misc_and_keeps_its_old_id() -> None:
    assert bibtex([toy_paper(OLD_KNOTS)]) == (
        "@misc{finnegan1999knots,\n"
        "  title = {{Knots that Come Undone}},\n"
        "  author = {Finnegan, Orla},\n"
        "  year = {1999},\n"
        "  eprint = {math/9901099},\n"
        "  archivePrefix = {arXiv},\n"
        "  primaryClass = {math.GT},\n"
        "  url = {https://arxiv.org/abs/math/9901099},\n"
        "  month = jan\n"
        "}\n"
    )


@pytest.mark.parametrize(
    ("venue", "kind"),
    [
        ("Journal of Patient Computing", "article"),
        ("Annals of Imaginary Astronomy", "article"),
        ("Transactions of the ACL", "article"),
        ("Proceedings of the National Academy of Sciences", "article"),
        ("Proceedings of the ACM on Kettles", "article"),
        ("Proceedings of the IEEE", "article"),
        ("Proceedings of the IEEE Conference on Tea", "inproceedings"),
        ("Proceedings of Digital Archives", "inproceedings"),
        ("Findings of EMNLP", "inproceedings"),
        ("NeurIPS2023", "inproceedings"),
        ("Workshop on Long Reading", "inproceedings"),
        ("Miracles in Chipmaking", "article"),
        ("", "misc"),
    ],
)
def test_the_venue_tells_the_kind_of_entry(venue: str, kind: str) -> None:
    (entry,) = parsed(bibtex([replace(PAPER, venue=venue)]))
    assert entry["ENTRYTYPE"] == kind
    holder = {"article": "journal", "inproceedings": "booktitle"}.get(kind)
    assert holder is None or entry[holder] == venue


def test_formulas_stay_tex_and_the_rest_is_escaped() -> None:
    (entry,) = parsed(bibtex([FORMULAS]))
    assert entry["title"] == "{Sorting in $O(n \\log n)$ and Why $x < y$ Matters}"
    assert entry["author"] == "de la Cruz, Ada"
    (hostile,) = parsed(bibtex([SCRIPTED]))
    assert "window.pwned" in hostile["title"]


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("R&D at 5% for #1_x", r"R\&D at 5\% for \#1\_x"),
        ("Labels {0,1}", r"Labels \{0,1\}"),
        ("A } of {", r"A \textbraceright{} of \textbraceleft{}"),
        ("a~b^c\\d", r"a\textasciitilde{}b\textasciicircum{}c\textbackslash{}d"),
        ("$5 and $10", r"\$5 and \$10"),
        (r"costs \$5, $\beta_{1}$-VAE", r"costs \$5, $\beta_{1}$-VAE"),
        (r"over $\{0,1\}$", r"over $\{0,1\}$"),
        (r"half $\beta_{1$ done", "half β₁ done"),
        (r"$a % b_1$", r"a \% b₁"),
        ("क्\u200dष", "क्\u200dष"),
    ],
)
def test_signs_of_tex_are_escaped(title: str, written: str) -> None:
    (entry,) = parsed(bibtex([titled(title)]))
    assert entry["title"] == f"{{{written}}}"


@pytest.mark.parametrize(
    "title",
    [
        TIDES.title,
        STARS.title,
        FORMULAS.title,
        "R&D at 5% for #1_x, labels {0,1}, a^b",
        r"Over $\{0,1\}$ with $\beta_{i}$",
    ],
)
def test_a_title_comes_back_through_the_door_for_text(title: str) -> None:
    (entry,) = parsed(bibtex([titled(title)]))
    assert clean(entry["title"][1:-1]) == title


def test_names_are_cut_and_groups_are_whole() -> None:
    names = ("W. Kent Ford Jr.", "LIGO Scientific Collaboration", "Ada and Bo", "Jan {x", "")
    (entry,) = parsed(bibtex([titled("T", *names)]))
    assert entry["author"] == (
        "Ford, Jr., W. Kent and {LIGO Scientific Collaboration} and {Ada and Bo} and "
        r"\textbraceleft{}x, Jan"
    )


def test_ids_and_addresses_are_not_taken_for_tex() -> None:
    doi = "10.1000/a_b{c}%d e"
    (entry,) = parsed(bibtex([Paper(id=PaperId("x:1"), title="T", doi=doi)]))
    assert entry["doi"] == "10.1000/a_b%7Bc%7D%d%20e"
    assert entry["url"] == "https://doi.org/10.1000/a_b%7Bc%7D%d%20e"


@pytest.mark.parametrize(
    ("title", "name", "key"),
    [
        ("Attention Is All You Need", "Ashish Vaswani", "vaswani2020attention"),
        ("On the Łódź Corpus", "Łukasz Ørsted", "orsted2020lodz"),
        (r"$\beta$-VAE", "Ludwig van Beethoven", "beethoven2020vae"),
        ("A Wave", "The LIGO Collaboration", "ligo2020wave"),
        ("星図", "日本 太郎", "2020"),
        ("W" * 400, "Ada Quill", "quill2020" + "w" * 51),
    ],
)
def test_a_key_is_made_of_plain_letters(title: str, name: str, key: str) -> None:
    assert citation_key(titled(title, name)) == key


def test_keys_are_given_once() -> None:
    assert citation_key(PAPER) == "ostergaard2025tidal"
    assert citation_key(Paper(id=PaperId("x:1"), title="…")) == "paper"
    keys = [entry["ID"] for entry in parsed(bibtex([PAPER] * 30))]
    assert len(set(keys)) == 30
    assert keys[:3] == ["ostergaard2025tidal", "ostergaard2025tidala", "ostergaard2025tidalb"]
    assert keys[26:28] == ["ostergaard2025tidalz", "ostergaard2025tidal-27"]


def test_an_ending_makes_no_key_that_another_paper_has() -> None:
    papers = [titled(title) for title in ("Cat", "Cat", "Cata", "Cat")]
    keys = [entry["ID"] for entry in parsed(bibtex(papers))]
    assert keys == ["2020cat", "2020cata", "2020cataa", "2020catb"]


def test_ris_is_read_back() -> None:
    text = ris([PAPER, CROWDED])
    assert "\r\n" in text
    first, second = rispy.loads(text)
    assert first["type_of_reference"] == "CONF"
    assert first["title"] == "Tidal Attention for Very Long Documents"
    assert first["authors"] == ["Østergaard, Mira", "Quill, Tomás"]
    assert first["year"] == "2025"
    assert len(second["authors"]) == 5000


def test_a_record_of_ris_is_written_line_by_line() -> None:
    assert ris([toy_paper(TIDES_JOURNAL)]).split("\r\n") == [
        "TY  - JOUR",
        "AU  - Østergaard, M.",
        "AU  - Quill, T.",
        "TI  - Tidal attention for very long documents",
        "PY  - 2025",
        "DA  - 2025/09",
        "T2  - Journal of Patient Computing",
        "DO  - 10.5555/jpc.2025.17",
        "UR  - https://arxiv.org/abs/2502.90001",
        "L1  - https://arxiv.org/pdf/2502.90001",
        "ID  - 2502.90001",
        "ER  - ",
        "",
    ]
    assert ris([toy_paper(BEES)]).startswith("TY  - UNPB\r\n")
    assert "\r\nDA  - 2023\r\n" in ris([toy_paper(FROST)])
    assert "\r\nDA  - 2025/02/11\r\n" in ris([PAPER])
    assert f"\r\nAB  - {PAPER.abstract}\r\n" in ris([PAPER])


def test_somebody_elses_summary_is_a_note() -> None:
    paper = replace(PAPER, abstract="It is\n\nfast.", summary_by="the editors")
    told = "Summary by the editors: It is"
    assert f"N1  - {told} fast.\r\n" in ris([paper])
    assert "AB  - " not in ris([paper])
    (item,) = csl([paper])
    assert item["note"].startswith(told)
    assert "abstract" not in item


def test_csl_has_names_and_dates_in_parts() -> None:
    (item,) = csl([PAPER])
    assert item["type"] == "paper-conference"
    assert item["author"][0] == {"family": "Østergaard", "given": "Mira"}
    assert item["issued"] == {"date-parts": [[2025, 2, 11]]}
    assert item["number"] == "arXiv:2502.90001"
    (group,) = csl([Paper(id=PaperId("x:1"), title="T", authors=(Author("A Collaboration"),))])
    assert group["author"] == [{"literal": "A Collaboration"}]


def test_an_item_of_csl_says_what_is_known() -> None:
    assert csl([toy_paper(LEDGERS)]) == [
        {
            "id": "toy:5",
            "type": "paper-conference",
            "title": "Reading Merchants' Ledgers with Small Models",
            "author": [
                {"family": "Holloway", "given": "Beatrix"},
                {"family": "Nazari", "given": "Farid"},
            ],
            "issued": {"date-parts": [[2022, 7]]},
            "container-title": "Proceedings of Digital Archives",
            "abstract": LEDGERS.abstract,
        }
    ]
    (preprint,) = csl([toy_paper(OLD_KNOTS)])
    assert preprint["type"] == "article"
    assert preprint["publisher"] == "arXiv"
    assert preprint["URL"] == "https://arxiv.org/abs/math/9901099"
    (article,) = csl([toy_paper(TIDES_JOURNAL)])
    assert article["type"] == "article-journal"
    assert article["container-title"] == "Journal of Patient Computing"
    assert "publisher" not in article


def test_hostile_papers_make_one_entry_each() -> None:
    assert len(parsed(bibtex(HOSTILE))) == len(HOSTILE)
    assert len(rispy.loads(ris(HOSTILE))) == len(HOSTILE)
    assert str(UNBROKEN.doi) in bibtex([UNBROKEN])


@given(title=TEXTS, name=TEXTS, venue=TEXTS)
def test_whatever_is_said_makes_exactly_one_entry(title: str, name: str, venue: str) -> None:
    paper = Paper(
        id=PaperId("x:1"),
        title="T " + title,
        authors=(Author("A " + name), Author("Bo Ide")),
        venue=venue,
        announced=PartialDate(2020),
        keywords=(title,),
        doi=f"10.1/{name}",
    )
    text = bibtex([paper])
    entries: list[dict[str, Any]] = parsed(text)
    assert [entry["year"] for entry in entries] == ["2020"]
    assert entries[0]["author"].endswith(" and Ide, Bo")
    assert depths(text).count(0) == text.index("{") + 2
    records = rispy.loads(ris([paper]))
    assert [record["year"] for record in records] == ["2020"]
    assert records[0]["authors"][1:] == ["Ide, Bo"]


@given(st.lists(PIECES, max_size=16).map("".join))
def test_an_author_stays_one_author(name: str) -> None:
    (entry,) = parsed(bibtex([titled("T", f"A {name}", "Bo Ide")]))
    field, levels = entry["author"], depths(entry["author"])
    borders = re.finditer(r"\sand\s", field, re.IGNORECASE)
    assert [field[at.end() :] for at in borders if not levels[at.start()]] == ["Ide, Bo"]


@given(st.text(alphabet="&%#_{}\\~^@=,\"' ab1é\n", max_size=60))
def test_prose_comes_back_sign_by_sign(title: str) -> None:
    (entry,) = parsed(bibtex([titled(f"T{title}")]))
    read = ESCAPE.sub(lambda found: WRITTEN[found[0]], entry["title"][1:-1])
    assert read == " ".join(f"T{title}".split())


@given(st.lists(st.sampled_from(["Cat", "Cata", "Catb", "Cataa", "Dog"]), max_size=70))
def test_no_two_entries_share_a_key(titles: list[str]) -> None:
    keys = re.findall(r"^@misc\{([^,]+),$", bibtex(map(titled, titles)), re.MULTILINE)
    assert len(keys) == len(titles) == len(set(keys))


def depths(text: str) -> list[int]:
    """How deep in braces each sign of an entry leaves BibTeX, to which a backslash is nothing."""
    found = []
    depth = 0
    for sign in text:
        depth += (sign == "{") - (sign == "}")
        found.append(depth)
    return found
