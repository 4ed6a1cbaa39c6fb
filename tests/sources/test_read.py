"""Every format through the one door, and what is said of files that cannot be read."""

import gzip
import lzma
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.errors import SourceError
from broadsheet.papers import LinkKind, PartialDate, Record, SignalKind
from broadsheet.sources import detect, read

JSON_LINE = (
    '{"id": "7", "title": "On Kettles", "abstract": "They sing.", "authors": ["Ana Holm"], '
    '"date": "2024-05-27", "votes": 3, "github": "https://code.example/k", "shape": "round"}\n'
)
BIBTEX = """@string{steam = "Journal of Steam"}
@article{kettles,
  title = {On {Singing} Kettles},
  author = {Holm, Ana and Lund, Bo},
  year = 2024, journal = steam, doi = {10.1234/Kettles}
}
@article{broken, title = {Pots}
"""
RIS = "TY  - JOUR\nTI  - On Kettles\nAU  - Holm, Ana\nPY  - 2024\nDO  - 10.1234/kettles\nER  - \n"
CSV = "title,authors,year\nOn Kettles,Ana Holm; Bo Lund,2024\n"
ACL = """<?xml version='1.0' encoding='UTF-8'?>
<collection id="2024.toy">
  <volume id="main">
    <meta><booktitle>Kettle Workshop</booktitle><year>2024</year></meta>
    <paper id="1">
      <title>On <fixed-case>K</fixed-case>ettles</title>
      <author><first>Ana</first><last>Holm</last></author>
      <abstract>They sing.</abstract>
    </paper>
  </volume>
</collection>
"""
BANNER = "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\n"
PAGE = BANNER + "byAK and the research community\n\nMay 4\n\nOn Kettles\n\nThey sing.\n\n"


def write(folder: Path, name: str, content: str | bytes) -> Path:
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def records(file: Path) -> list[Record]:
    found = list(read(file))
    assert all(isinstance(one, Record) for one in found)
    return [one for one in found if isinstance(one, Record)]


@pytest.mark.parametrize(
    ("content", "format"),
    [
        (JSON_LINE, "jsonl"),
        (BIBTEX, "bibtex"),
        (RIS, "ris"),
        (CSV, "csv"),
        (ACL, "acl-xml"),
        (PAGE, "pages"),
        ("neither this nor that\n", None),
        ("<!doctype html><html><body>x</body></html>", None),
    ],
)
def test_formats_are_told_by_their_content(content: str, format: str | None) -> None:
    assert detect(content) == format


def test_json_lines_keep_what_they_say(tmp_path: Path) -> None:
    (record,) = records(write(tmp_path, "toy.jsonl", JSON_LINE))
    assert (record.source, record.native_id, record.title) == ("toy", "7", "On Kettles")
    assert record.announced == PartialDate(2024, 5, 27)
    assert [author.name for author in record.authors] == ["Ana Holm"]
    assert [(link.kind, link.url) for link in record.links] == [
        (LinkKind.CODE, "https://code.example/k")
    ]
    assert [(one.kind, one.value) for one in record.signals] == [(SignalKind.VOTES, 3)]
    assert record.raw == JSON_LINE.strip()


def test_a_broken_bibtex_entry_is_named_by_its_line_and_the_others_are_read(tmp_path: Path) -> None:
    record, fault = list(read(write(tmp_path, "refs.bib", BIBTEX)))
    assert isinstance(record, Record)
    assert record.title.replace("{", "").replace("}", "") == "On Singing Kettles"
    assert [author.name for author in record.authors] == ["Ana Holm", "Bo Lund"]
    assert (record.venue, record.native_id) == ("Journal of Steam", "kettles")
    assert isinstance(fault, SourceError)
    assert "refs.bib:7" in fault.message


@pytest.mark.parametrize(
    ("name", "content"), [("a.ris", RIS), ("a.csv", CSV), ("a.xml", ACL), ("a.txt", PAGE)]
)
def test_each_format_gives_its_paper(tmp_path: Path, name: str, content: str) -> None:
    (record,) = records(write(tmp_path, name, content))
    assert record.title == "On Kettles"
    if name != "a.txt":
        assert record.authors[0].name == "Ana Holm"
        assert record.announced is not None
        assert record.announced.year == 2024
    if name == "a.xml":
        assert (record.source, record.native_id) == ("acl", "2024.toy-main.1")


@pytest.mark.parametrize("name", ["a.gz", "a.xz", "a.zst"])
def test_packed_files_are_read_and_truncated_ones_refused(tmp_path: Path, name: str) -> None:
    text = (JSON_LINE * 5000).encode()
    packed = {
        "a.gz": gzip.compress(text),
        "a.xz": lzma.compress(text),
        "a.zst": zstandard.compress(text),
    }[name]
    assert len(records(write(tmp_path, name, packed))) == 5000
    with pytest.raises(SourceError, match=name):
        list(read(write(tmp_path, name, packed[: len(packed) // 2])))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "empty"),
        ("neither this nor that\n", "none that is known"),
        ("neither this nor that\n", "say which it is with `--as`: "),
        ("<!doctype html><html></html>", "web page"),
        (b"\xff\xfe" + "{}".encode("utf-16-le"), "utf-16"),
        (JSON_LINE.encode() + b'{"title": "\xff"}\n', ":2"),
        (JSON_LINE + '{"title": "' + "x" * (17 << 20) + '"}\n', ":2"),
        (PAGE + "A title without an abstract\n", "a:"),
    ],
)
def test_files_that_cannot_be_read_say_why(tmp_path: Path, content: str | bytes, says: str) -> None:
    with pytest.raises(SourceError) as caught:
        list(read(write(tmp_path, "a", content)))
    assert says.lower() in (caught.value.message + caught.value.hint).lower()


@pytest.mark.parametrize(
    ("line", "says"),
    [('{"title": ["A"]}', "title"), ('{"title": 3}', "title"), ('{"title": "A"', "toy.jsonl:2")],
)
def test_a_broken_line_is_named(tmp_path: Path, line: str, says: str) -> None:
    file = write(tmp_path, "toy.jsonl", JSON_LINE + line + "\n" + JSON_LINE)
    first, fault, last = list(read(file))
    assert isinstance(first, Record)
    assert isinstance(last, Record)
    assert isinstance(fault, SourceError)
    assert "toy.jsonl:2" in fault.message
    assert says in fault.message


def test_missing_files_and_folders_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(SourceError):
            list(read(path))


@given(st.text(max_size=300))
def test_detection_never_fails(head: str) -> None:
    assert detect(head) in (None, "pages", "jsonl", "bibtex", "ris", "csv", "acl-xml")


@pytest.mark.shared_data
def test_the_four_pages_give_663_records(shared: Path) -> None:
    pages = sorted((shared / "pages").glob("*.txt"))
    found = [records(page) for page in pages]
    assert [len(page) for page in found] == [108, 82, 174, 299]
    assert found[3][0].title.startswith("cMIM: A Contrastive Mutual Information Framework")
    assert all(record.abstract for page in found for record in page)
