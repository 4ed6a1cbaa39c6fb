"""BibTeX: what entries become, and how far a broken one reaches."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.errors import SourceError
from broadsheet.papers import Link, LinkKind, PartialDate, Record
from broadsheet.sources import read

GOOD = "@article{good, title={Good}}\n"


def read_text(folder: Path, text: str) -> list[Record | SourceError]:
    file = folder / "refs.bib"
    file.write_text(text, encoding="utf-8")
    return list(read(file, format="bibtex"))


def one(folder: Path, text: str) -> Record:
    (found,) = read_text(folder, text)
    assert isinstance(found, Record), found
    return found


def outline(found: list[Record | SourceError]) -> list[str]:
    """Titles of records, and line and reason of errors."""
    return [
        one.title if isinstance(one, Record) else f"{one.place.split(':')[-1]}: {one.reason}"
        for one in found
    ]


def test_an_entry_becomes_a_record(tmp_path: Path) -> None:
    text = r"""% a remark, with bo@kettles.example in it
@string{KW = "Kettle Workshop"} @comment{jabref-meta: x}
@preamble{ "\newcommand{\x}{y}" }
  @InProceedings{holm-2024,
  Title = "On {{Singing}} K{\"e}ttles, {\it Pots} and $\mathbf{x}$",
  author = {Holm, Ana and {Kettles, Inc.} and de la Cruz, Jr., Bo
            and Cy Dahl and others},
  booktitle = "Proc. " # kw # { 2024},
  year = 2024, month = "10~" # jun,
  eprint = {2405.00001v2}, archivePrefix = {arXiv}, primaryClass={cs.KT},
  keywords = {steam; whistles}, url = {https://kettles.example/1}, doi={10.1234/K},
}"""
    found = one(tmp_path, text)
    assert found.title == r"On Singing K{\"e}ttles, {\it Pots} and $\mathbf{x}$"
    assert [author.name for author in found.authors] == [
        "Ana Holm",
        "Kettles, Inc.",
        "Bo de la Cruz Jr.",
        "Cy Dahl",
    ]
    assert found.venue == "Proc. Kettle Workshop 2024"
    assert found.announced == PartialDate(2024, 6)
    assert (found.arxiv_id, found.doi) == ("2405.00001", "10.1234/K")
    assert (found.native_id, found.categories) == ("holm-2024", ("cs.KT",))
    assert found.keywords == ("steam", "whistles")
    assert found.links == (Link(LinkKind.PAGE, "https://kettles.example/1"),)
    assert found.raw == text[text.index("@InProceedings") :]
    assert str(found.place) == "refs.bib:4"


@pytest.mark.parametrize(
    ("fields", "arxiv"),
    [
        ("journal={CoRR}, volume={abs/2405.00001}", "2405.00001"),
        ("journal={arXiv preprint arXiv:2405.00001}", "2405.00001"),
        ("note={see arXiv:hep-th/9901001.}", "hep-th/9901001"),
        ("eprint={12345}, eprinttype={pubmed}", None),
        ("journal={CoRR}, volume={7}", None),
    ],
)
def test_arxiv_ids_are_found_where_exports_put_them(
    tmp_path: Path, fields: str, arxiv: str | None
) -> None:
    assert one(tmp_path, f"@article{{a, title={{x}}, {fields}}}").arxiv_id == arxiv


def test_an_abbreviation_nobody_defined_stands_for_itself(tmp_path: Path) -> None:
    assert one(tmp_path, "@article{a, title={x}, journal=tpami}").venue == "tpami"


def test_round_brackets_may_hold_an_entry(tmp_path: Path) -> None:
    text = '@article(a, title="On :-) Kettles", abstract={a ) b {c {d}}})' + GOOD
    assert outline(read_text(tmp_path, text)) == ["On :-) Kettles", "Good"]


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        ("@article{bad, title={Bad}\n", "2: the BibTeX entry @article does not end"),
        (
            "@article{bad,\n title={Bad}\n year=2020}\n",
            "4: the BibTeX entry cannot be read beyond column 2, near 'year=2020}'",
        ),
        ("@article{bad key, title={Bad}}\n", "2: the BibTeX entry cannot be read beyond column 13"),
        ("@article{bad}\n", "2: the BibTeX entry cannot be read beyond column 10"),
        ("@article{bad, title={Bad}, year=}\n", "2: the BibTeX entry cannot be read beyond column"),
    ],
)
def test_a_broken_entry_costs_one_entry(tmp_path: Path, broken: str, fault: str) -> None:
    first, found, last = outline(read_text(tmp_path, GOOD + broken + GOOD))
    assert (first, last) == ("Good", "Good")
    assert found.startswith(fault)


def test_a_brace_too_many_is_noticed(tmp_path: Path) -> None:
    text = "@article{a,\n title={Early}},\n year={2020},\n month=5}\n" + GOOD
    assert outline(read_text(tmp_path, text)) == [
        "Early",
        "3: a field stands outside any entry",
        "Good",
    ]


def test_an_entry_without_end_is_not_held_for_ever(tmp_path: Path) -> None:
    file = tmp_path / "a.bib"
    file.write_text(GOOD + "@article{bad, title={\n" + "steam\n" * 100 + GOOD)
    found = list(read(file, limit=200))
    assert outline(found) == ["Good", "2: the BibTeX entry @article does not end", "Good"]


def test_thousands_of_braces_are_read(tmp_path: Path) -> None:
    text = "@article{a, title={" + "{" * 20_000 + "x" + "}" * 20_000 + "}}" + GOOD
    assert len(read_text(tmp_path, text)) == 2
    flat = "{K}ettle " * 50_000
    found = one(tmp_path, f"@article{{a, title={{x}}, abstract={{{flat}}}}}")
    assert found.abstract == ("Kettle " * 50_000).strip()


@given(st.lists(st.sampled_from(["@article{k,", 'title="x"', *"={}()\\\n#1"]), max_size=40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_raises(tmp_path: Path, pieces: list[str]) -> None:
    read_text(tmp_path, "x" + " ".join(pieces))
