"""ACL Anthology XML: ids, markup, volumes, and XML that is not let in."""

from pathlib import Path

import pytest

from broadsheet.errors import SourceError
from broadsheet.papers import Author, Link, LinkKind, PartialDate, Record
from broadsheet.sources import read
from broadsheet.sources.acl import anthology_id

PAPER = """<paper id="1">
      <title>On <fixed-case>S</fixed-case>inging <i>K<b>ettles</b></i>:
        <tex-math>x^2</tex-math></title>
      <author orcid="0000-0001-2345-6789"><first>Ana</first><last>Hølm</last></author>
      <author><first/><last>Lund</last><affiliation>Steam Institute</affiliation></author>
      <abstract>They sing,
        &lt;loudly&gt;. See <url>https://kettles.example</url>.</abstract>
      <url hash="00">2024.toy-main.1</url>
      <doi>10.1234/K</doi>
      <pwccode url="https://code.example/k" additional="true">k</pwccode>
      <revision id="2" date="2025-01-02">x</revision>
      <retracted date="2025-02-01">no steam</retracted>
    </paper>"""
TEXT = f"""<?xml version='1.0' encoding='UTF-8'?>
<!-- one volume and a second -->
<collection id="2024.toy">
  <volume id="main" ingest-date="2024-06-01">
    <meta><booktitle>Kettle <fixed-case>W</fixed-case>orkshop</booktitle>
      <month>May</month><year>2024</year></meta>
    <frontmatter><url>2024.toy-main.0</url></frontmatter>
    {PAPER}
    <paper id="2"><title>Pots</title></paper><paper id="3"/>
  </volume>
  <volume id="short"><paper id="1"><title>Pans</title></paper></volume>
</collection>
"""


def read_text(folder: Path, text: str, **options: int) -> list[Record | SourceError]:
    file = folder / "2024.toy.xml"
    file.write_text(text, encoding="utf-8")
    return list(read(file, **options))  # type: ignore[arg-type]


def test_a_paper_becomes_a_record(tmp_path: Path) -> None:
    found = read_text(tmp_path, TEXT)[0]
    assert isinstance(found, Record)
    assert found.title == "On Singing Kettles: $x^2$"
    assert found.abstract == "They sing, <loudly>. See https://kettles.example."
    assert found.authors == (Author("Ana Hølm", "0000-0001-2345-6789"), Author("Lund"))
    assert (found.venue, found.announced) == ("Kettle Workshop", PartialDate(2024, 5))
    assert (found.source, found.native_id, found.doi) == ("acl", "2024.toy-main.1", "10.1234/K")
    assert found.links == (
        Link(LinkKind.PAGE, "https://aclanthology.org/2024.toy-main.1/"),
        Link(LinkKind.PDF, "https://aclanthology.org/2024.toy-main.1.pdf"),
        Link(LinkKind.CODE, "https://code.example/k"),
    )
    assert (found.revised, found.retracted, found.withdrawn) == (
        PartialDate(2025, 1, 2),
        True,
        False,
    )
    assert (found.raw, str(found.place)) == (PAPER, "2024.toy.xml:8")


def test_papers_take_the_facts_of_their_own_volume_only(tmp_path: Path) -> None:
    found = [one for one in read_text(tmp_path, TEXT) if isinstance(one, Record)]
    assert [(one.native_id, one.title, one.venue) for one in found[1:]] == [
        ("2024.toy-main.2", "Pots", "Kettle Workshop"),
        ("2024.toy-main.3", "", "Kettle Workshop"),
        ("2024.toy-short.1", "Pans", ""),
    ]
    assert [one.raw for one in found[1:3]] == [
        '<paper id="2"><title>Pots</title></paper>',
        '<paper id="3"/>',
    ]


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("2020.acl", "main", "1"), "2020.acl-main.1"),
        (("P18", "1", "1"), "P18-1001"),
        (("W18", "1", "2"), "W18-0102"),
        (("C69", "3", "4"), "C69-0304"),
        (("D19", "1", "7"), "D19-1007"),
        (("D19", "50", "7"), "D19-5007"),
    ],
)
def test_ids_are_those_of_the_anthology(parts: tuple[str, str, str], name: str) -> None:
    assert anthology_id(*parts) == name


def test_a_paper_without_an_id_is_a_fault(tmp_path: Path) -> None:
    found = read_text(tmp_path, TEXT.replace('<paper id="2">', "<paper>"))
    assert [type(one) for one in found] == [Record, SourceError, Record, Record]
    (fault,) = [one for one in found if isinstance(one, SourceError)]
    assert fault.place.endswith("2024.toy.xml:21")
    assert fault.reason == "the paper, its volume or its collection has no `id`"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (TEXT.replace("</author>", "", 1), 20, "the XML is not well-formed at column"),
        (TEXT.removesuffix("</collection>\n"), 23, "the XML is not well-formed at column"),
        (TEXT.replace("&lt;", "&nbsp;"), 14, "the XML is not well-formed at column"),
        (
            TEXT.replace("<!--", '<!DOCTYPE c [<!ENTITY a "b">]><!--'),
            2,
            "the XML declares an entity (`a`), which is not allowed",
        ),
        (
            TEXT.replace("<!--", '<!DOCTYPE c [<!ENTITY % a SYSTEM "file:///etc/hosts">]><!--'),
            2,
            "the XML declares an entity (`a`), which is not allowed",
        ),
        (TEXT.replace("Pots", "<b>" * 60 + "</b>" * 60), 21, "the XML is nested too deeply"),
    ],
)
def test_xml_that_is_not_let_in(tmp_path: Path, text: str, line: int, reason: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_text(tmp_path, text)
    assert caught.value.place == f"{tmp_path / '2024.toy.xml'}:{line}"
    assert caught.value.reason.startswith(reason)
    assert caught.value.hint


def test_other_xml_is_called_that(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="XML, but not of the ACL Anthology"):
        read_text(tmp_path, "<?xml version='1.0'?><feed><entry/></feed>")


def test_an_element_without_end_is_not_held_for_ever(tmp_path: Path) -> None:
    text = TEXT.replace("Pots", "Pots\n" * 2000)
    assert len(read_text(tmp_path, text)) == 4
    with pytest.raises(SourceError, match=r"2024.toy.xml:21: the element does not end"):
        read_text(tmp_path, text, limit=5000)
