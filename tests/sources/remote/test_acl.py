"""The ACL Anthology: collections in pages, each a file of its repository of data."""

from collections.abc import Iterator, Sequence

import pytest

from broadsheet.errors import FetchError, SettingError, SourceError
from broadsheet.sources.remote import Options, Wanted
from broadsheet.sources.remote import acl as adapter
from tests.library.servers.listening import Asked, Reply, listening
from tests.library.servers.replying import client
from tests.library.servers.walking import NOW, faults, ids, resumed_everywhere, walked

SIZES = {"2025.kettle": 1_200, "2024.pots": 500, "P18": 3}


def collection(name: str, papers: int) -> str:
    """The XML of a collection of one volume."""
    volume = "main" if "." in name else "1"
    found = "".join(
        f'<paper id="{number}"><title>Kettles, part {number}</title>'
        "<author><first>Ana</first><last>Holm</last></author></paper>\n"
        for number in range(1, papers + 1)
    )
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<collection id="{name}"><volume id="{volume}"><meta><booktitle>Kettles</booktitle>
<year>2025</year></meta>
{found}</volume></collection>
"""


FILES = {name: collection(name, size).encode() for name, size in SIZES.items()}


def truth(names: Sequence[str]) -> list[str]:
    return [
        f"{name}-main.{number}" if "." in name else f"{name}-1{number:03}"
        for name in names
        for number in range(1, SIZES[name] + 1)
    ]


def answer(asked: Asked) -> Reply:
    content = FILES.get(asked.path.removeprefix("/").removesuffix(".xml"))
    return Reply(b"404: Not Found", 404) if content is None else Reply(content)


@pytest.fixture
def base() -> Iterator[str]:
    with listening(answer) as address:
        yield address


def test_collections_are_read_in_order_and_in_pages(base: str) -> None:
    pages = walked(adapter.open_source("2025.kettle, 2024.pots,P18", Options(base=base)))
    assert ids(pages) == truth(list(SIZES))
    assert [len(page.entries) for page in pages] == [500, 500, 200, 500, 3]
    assert pages[-1].cursor is None
    assert faults(pages) == []


def test_broken_off_after_any_page_nothing_is_missing_and_nothing_comes_twice(base: str) -> None:
    source = adapter.open_source("2025.kettle,2024.pots,P18", Options(base=base))
    assert resumed_everywhere(source, walked(source)) == [truth(list(SIZES))] * 4


def test_a_collection_that_is_not_wanted_any_more_begins_anew(base: str) -> None:
    source = adapter.open_source("P18", Options(base=base))
    pages = walked(source, cursor={"collection": "2025.kettle", "at": "500"})
    assert ids(pages) == truth(["P18"])


def test_a_record_is_that_of_the_file_itself(base: str) -> None:
    (page,) = walked(adapter.open_source("P18", Options(base=base)))
    first = page.entries[0]
    assert not isinstance(first, SourceError)
    assert str(first.place) == "P18.xml:4"  # type: ignore[union-attr]
    assert first.source == "acl"  # type: ignore[union-attr]


def test_a_collection_that_is_not_there_is_an_error_and_what_came_before_stays(base: str) -> None:
    source = adapter.open_source("P18,2031.none", Options(base=base))
    pages = source.pages(client(), Wanted(now=NOW))
    assert ids([next(pages)]) == truth(["P18"])
    with pytest.raises(FetchError):
        next(pages)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"<collection id='P18'><volume id='1'><paper id='1'>", "not well-formed"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><collection/>", "declares an entity"),
        (b"\x1f\x8b\x08\x00packed", "is packed"),
        (b"<collection>" + b"<a>" * 100, "nested too deeply"),
    ],
)
def test_a_broken_collection_is_an_error_of_the_source(content: bytes, said: str) -> None:
    with listening(lambda _: Reply(content)) as address, pytest.raises(SourceError, match=said):
        walked(adapter.open_source("P18", Options(base=address)))


@pytest.mark.parametrize("what", ["", ",", "../../secret", "2025.acl,x", "2025.ACL main"])
def test_what_is_no_collection_is_refused(what: str) -> None:
    with pytest.raises(SettingError, match="no collection"):
        adapter.open_source(what, Options())


def test_volumes_come_in_no_rhythm() -> None:
    assert adapter.open_source("P18", Options()).expected(NOW) is None
