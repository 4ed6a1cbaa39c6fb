"""Saved pages in both layouts, and what is not one."""

from pathlib import Path

import pytest

from broadsheet.errors import SourceError
from broadsheet.papers import Place, Record
from broadsheet.sources import detect, read

HEADER = (
    "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\n"
    "byAK and the research community\n\nMar 13\n\n"
)
GLUED = (
    "Get trending papers in your email inbox once a day!\n"
    "Get trending papers in your email inbox!\nSubscribe"
)
PAPERS = [
    ("Kettles that sing : a survey …", "They sing. See http://kettles.example"),
    (r"why do pots boil?", "We present , a <SEG> pot of \\(2\\times2\\) litres"),
]
APART = HEADER + "\n\n".join(part for paper in PAPERS for part in paper) + "\n"
TOGETHER = GLUED + "\n".join(part for paper in PAPERS for part in paper)


def records(file: Path, **options: str) -> list[Record]:
    found = [one for one in read(file, **options) if isinstance(one, Record)]  # type: ignore[arg-type]
    assert found
    return found


@pytest.mark.parametrize(("text", "lines"), [(APART, [11, 15]), (TOGETHER, [3, 5])])
def test_both_layouts_give_titles_and_abstracts(
    tmp_path: Path, text: str, lines: list[int]
) -> None:
    file = tmp_path / "saved.dat"
    file.write_text(text)
    found = records(file)
    assert [(one.title, one.abstract) for one in found] == PAPERS
    assert [one.place for one in found] == [Place("saved.dat", line) for line in lines]
    assert [one.raw for one in found] == [f"{title}\n\n{abstract}" for title, abstract in PAPERS]
    assert {(one.source, one.format, one.native_id) for one in found} == {("saved", "pages", None)}


def test_an_abstract_of_several_lines_is_one(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text(APART.replace("They sing. ", "They sing.\n"))
    assert [(one.title, one.abstract) for one in records(file)] == PAPERS


def test_a_page_without_its_header_is_read_when_named(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text(APART.removeprefix(HEADER))
    with pytest.raises(SourceError, match="its format is none that is known"):
        list(read(file))
    assert [(one.title, one.abstract) for one in records(file, format="pages")] == PAPERS


@pytest.mark.parametrize(("text", "line"), [(APART + "\nPans\n", 19), (TOGETHER + "\nPans", 7)])
def test_a_title_left_over_is_named_by_its_line(tmp_path: Path, text: str, line: int) -> None:
    file = tmp_path / "a"
    file.write_text(text)
    with pytest.raises(SourceError) as caught:
        list(read(file))
    assert caught.value.message == (
        f"{file}:{line}: the page has an odd number of titles and abstracts: this last one is alone"
    )
    assert caught.value.hint.startswith("put back the title or abstract that is missing")


def test_an_abstract_without_a_title_is_where_the_page_goes_wrong(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text(APART + "\n" + "They boil. " * 40 + "\n\nPans\n\nThey fry.\n")
    with pytest.raises(SourceError, match=r"a:19: .* is as long as an abstract"):
        list(read(file))


def test_a_page_with_a_header_only_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text(HEADER)
    with pytest.raises(SourceError, match="the page holds no papers"):
        list(read(file))


@pytest.mark.parametrize(
    "text",
    [
        "A title\n\nA paragraph.\n\nAnother\n\nAnd more.\n",
        "Subscribe\n\nto our letter\n",
        "An essay on Get trending papers in your email inbox! and the like\nSubscribe\n",
        "Get trending papers in your email inbox!\n\nand nothing else\n",
    ],
)
def test_other_text_is_no_page(text: str) -> None:
    assert detect(text) is None


@pytest.mark.shared_data
def test_no_paper_of_the_four_pages_is_a_banner_or_header(shared: Path) -> None:
    found = [one for page in sorted((shared / "pages").iterdir()) for one in records(page)]
    assert len(found) == 663
    assert len({"".join(filter(str.isalnum, one.title.lower())) for one in found}) == 638
    furniture = ("Subscribe", "Get trending", "byAK", "new")
    assert not [one for one in found if one.title.startswith(furniture)]
    assert max(len(one.title) for one in found) == 174
    assert min(len(one.abstract) for one in found) > 174
