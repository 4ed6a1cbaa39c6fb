"""What a reader gives in place of a query: told apart, tidied, bounded, and never filed."""

import gzip

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from broadsheet.errors import InputError
from broadsheet.ingest import Examples, examples_named, read_examples, together

SENTENCE = "We look at kettles for a long time and write down what they say. "
ABSTRACT = SENTENCE * 6
BIBTEX = r"""
@article{kettle, title = {On the {Fr\'echet} Kettle}, abstract = {%s}, doi = {10.5555/K.1}}
@misc{bees, title = {Bees}, eprint = {2502.90001v2}, archiveprefix = {arXiv}}
@misc{nothing, year = 2020}
@misc{only, doi = {10.5555/only}}
@article{broken, title = {Never ends
"""
RIS = "TY  - JOUR\r\nTI  - On Kettles\r\nAB  - They boil.\r\nER  - \r\n"


def read(text: str, name: str = "text") -> Examples:
    return read_examples(text.encode(), name)


def titles(given: Examples) -> list[str]:
    return [one.facts.title for one in given.papers]


def test_a_bibliography_gives_facts_and_ids_and_what_is_no_paper() -> None:
    given = read(BIBTEX % ABSTRACT, r"C:\work\refs.bib")
    assert titles(given) == ["On the Fréchet Kettle", "Bees", ""]
    assert [one.ids for one in given.papers] == [
        ("doi:10.5555/k.1",),
        ("2502.90001",),
        ("doi:10.5555/only",),
    ]
    assert [one.place for one in given.papers] == ["refs.bib:2", "refs.bib:3", "refs.bib:5"]
    assert [one.place for one in given.unread] == ["refs.bib:4", "refs.bib:6"]
    assert given.unread[0].reason == "no title, abstract or id"
    assert "does not end" in given.unread[1].reason
    assert given.entries == 5
    assert not given.cut


@pytest.mark.parametrize(
    "data",
    [
        RIS.encode(),
        b'title,abstract\nOn Kettles,"They boil."\n',
        b'{"title": "On Kettles", "abstract": "They boil."}\n',
        RIS.encode("utf-16"),
        b"\xef\xbb\xbf" + RIS.encode(),
    ],
)
def test_other_formats_and_encodings(data: bytes) -> None:
    given = read_examples(data, "refs")
    assert titles(given) == ["On Kettles"]
    assert given.papers[0].facts.abstract == "They boil."


def test_old_bibliographies_are_in_latin_1() -> None:
    given = read_examples("@misc{a, title = {Über Kessel}}".encode("latin-1"), "old.bib")
    assert titles(given) == ["Über Kessel"]


def test_a_text_is_titles_ids_and_abstracts() -> None:
    given = read(f"On Kettles\nBees: A Study\n\n2502.90001v3, doi:10.5555/K.1\n\n{ABSTRACT}")
    assert titles(given) == ["On Kettles", "Bees: A Study", "", "", ""]
    assert [one.ids for one in given.papers[2:4]] == [
        ("2502.90001v3", "2502.90001"),
        ("doi:10.5555/K.1", "doi:10.5555/k.1"),
    ]
    assert given.papers[4].facts.abstract == ABSTRACT.strip()
    assert [one.place for one in given.papers] == [
        "text:1",
        "text:2",
        "text:4",
        "text:4",
        "text:6",
    ]


def test_a_title_belongs_to_the_abstract_after_it() -> None:
    given = read(f"On Kettles\n\n{ABSTRACT}\n\nOn Bees\n{ABSTRACT}")
    assert titles(given) == ["On Kettles", "On Bees"]
    assert all(one.facts.abstract == ABSTRACT.strip() for one in given.papers)


def test_prose_that_was_cut_at_the_margin_is_one_abstract() -> None:
    lines = (
        "We look at kettles, which sing above a fire,\nand at Bees, who sing without one all day.\n"
        "Their songs differ by a third, or by less\nin winter."
    )
    given = read(lines.replace("\n", "\r\n"))
    assert titles(given) == [""]
    assert given.papers[0].facts.abstract == " ".join(lines.split())
    assert given.papers[0].label.startswith("We look at kettles")
    assert len(read(f"{ABSTRACT}").papers[0].label) <= 91


def test_untrusted_text_is_cleaned() -> None:
    given = read("On <b>K\u202eettles</b>\x07 and \\textbf{bees}\u200b")
    assert titles(given) == ["On Kettles and bees"]


def test_long_texts_and_long_lists_are_cut() -> None:
    given = read("\n".join(f"Kettle number {at}" for at in range(300)))
    assert len(given.papers) == 200
    assert given.cut
    assert len(examples_named(["toy:1"] * 201).papers) == 200
    assert examples_named(["toy:1"] * 201).cut
    assert not read("\n".join(f"Kettle number {at}" for at in range(200))).cut
    long = read(SENTENCE * 1000)
    assert len(long.papers[0].facts.abstract) <= 10_000
    both = together([given, examples_named(["toy:1"])])
    assert len(both.papers) == 200
    assert both.cut
    assert together([]).papers == ()


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"", "refs.bib", "nothing in the refs.bib"),
        (b" \n\t\n", "text", "nothing in the text"),
        (b"a" * (2 << 20) + b"a", "big.bib", "2,097,153 bytes"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a.bib", "binary"),
        (b"%PDF-1.7 ...", "a.bib", "a PDF"),
        (gzip.compress(BIBTEX.encode(), mtime=0), "a.bib.gz", "packed"),
        (b"<!doctype html><html><body>Kettles", "a.html", "markup"),
        (b"@misc{a, title = {Never ends", "a.bib", "a.bib:1: the BibTeX entry"),
        (b"12345\n!!!\n", "text", "its title has no letters"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(data: bytes, name: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        read_examples(data, name)
    assert caught.value.hint


def test_a_format_can_be_demanded() -> None:
    with pytest.raises(InputError, match="No paper could be read"):
        read_examples(b"On Kettles", "bibtex", format="bibtex")


@drawn(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode()))
def test_nothing_else_than_an_input_error_is_raised(data: bytes) -> None:
    try:
        given = read_examples(data, "drawn")
    except InputError:
        return
    assert given.papers
    assert all(one.label and one.place for one in given.papers)


def test_short_lines_are_titles_however_they_begin() -> None:
    read = read_examples(b"Frost at Sea\nkettles by moonlight\nnot-an-id-xyz")
    assert [one.facts.title for one in read.papers] == [
        "Frost at Sea",
        "kettles by moonlight",
        "not-an-id-xyz",
    ]
