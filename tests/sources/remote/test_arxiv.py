"""arXiv's lists: its sets, its records, what it announced and when it should have."""

from datetime import UTC, datetime

import pytest

from broadsheet.errors import SettingError
from broadsheet.fetch import Client
from broadsheet.papers import Author, Link, LinkKind, PartialDate, Record
from broadsheet.sources.remote import Gone, Options, Page, Wanted
from broadsheet.sources.remote.arxiv import Arxiv, open_source, set_of
from broadsheet.sources.remote.arxivrecords import (
    ZONE,
    announcement_after,
    announcement_of,
    authors_of,
    is_withdrawn,
    links_of,
)
from tests.library.servers.oai import Held, Repository, generated, serving_oai

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
LAST = datetime(2025, 2, 28, 1, tzinfo=UTC)


def source(url: str, what: str = "") -> Arxiv:
    return open_source(what, Options(base=url))


def harvest(held: list[Held], what: str = "", *, now: datetime = NOW, page: int = 50) -> list[Page]:
    with serving_oai(Repository(held, page=page)) as served:
        return list(source(served.url, what).pages(Client(), Wanted(now=now)))


@pytest.mark.parametrize(
    ("category", "name"),
    [
        ("cs.CL", "cs:cs:CL"),
        ("CS.cl", "cs:cs:CL"),
        ("math.co", "math:math:CO"),
        ("hep-th", "physics:hep-th"),
        ("math-ph", "physics:math-ph"),
        ("astro-ph.ga", "physics:astro-ph:GA"),
        ("cond-mat.str-el", "physics:cond-mat:str-el"),
        ("physics.optics", "physics:physics:optics"),
        ("nlin.CD", "physics:nlin:CD"),
        ("q-bio.NC", "q-bio:q-bio:NC"),
        ("cs", "cs"),
        ("physics", "physics"),
        ("physics:physics", "physics:physics"),
        ("cs:cs:LG", "cs:cs:LG"),
    ],
)
def test_sets_of_categories(category: str, name: str) -> None:
    assert set_of(category) == name


@pytest.mark.parametrize("what", ["cs.", "biology", "cs CL", "x:y", "cs.CL?prefix=marc", "cs;math"])
def test_what_arxiv_does_not_have(what: str) -> None:
    with pytest.raises(SettingError):
        open_source(what, Options())


RICH = Held(
    id="hep-th/9901001",
    stamp="2025-02-27",
    title="A  $x^2$\n title",
    authors="Ana B. Hølm (1), Bo Roe, Jr. and C. Doe ((1) Inst., Town, (2) Lab)",
    abstract="Text\nwrapped.",
    categories="cs.LG cs.AI",
    comments="9 pages. Code: https://github.com/a/b. Project page: https://x.example/p",
    venue="J. Pots 3 (2024) 1",
    doi="10.1234/K 10.1234/L",
    versions=("Tue, 11 Feb 2025 23:50:31 GMT", "Wed, 26 Feb 2025 02:00:00 GMT"),
)


def test_the_raw_format_becomes_a_record() -> None:
    (page,) = harvest([RICH])
    (record,) = page.entries
    assert isinstance(record, Record)
    assert (record.source, record.native_id, record.arxiv_id) == ("arxiv",) + (
        "hep-th/9901001",
    ) * 2
    assert record.title == "A  $x^2$\n title"
    assert record.abstract == "  Text\nwrapped.\n"
    assert [author.name for author in record.authors] == ["Ana B. Hølm", "Bo Roe Jr.", "C. Doe"]
    assert (record.announced, record.revised) == (
        PartialDate(2025, 2, 11),
        PartialDate(2025, 2, 26),
    )
    assert (record.venue, record.doi) == ("J. Pots 3 (2024) 1", "10.1234/K")
    assert record.categories == ("cs.LG", "cs.AI")
    assert record.licence == "http://creativecommons.org/licenses/by/4.0/"
    assert record.links == (
        Link(LinkKind.CODE, "https://github.com/a/b"),
        Link(LinkKind.PROJECT, "https://x.example/p"),
    )
    assert not record.withdrawn
    assert record.format == "arXivRaw"


def test_the_other_format_says_the_same() -> None:
    held = [Held("2502.1", "2025-02-27", versions=RICH.versions)]
    (raw,), (parted,) = (harvest(held, what) for what in ("", "?prefix=arXiv"))
    (one,), (other,) = raw.entries, parted.entries
    assert isinstance(one, Record)
    assert isinstance(other, Record)
    assert other.format == "arXiv"
    for name in ("title", "authors", "announced", "revised", "categories", "licence", "native_id"):
        assert getattr(one, name) == getattr(other, name)


def test_a_withdrawn_paper_is_shown_as_such() -> None:
    sizes = (("45kb", "D"), ("0kb", "I"))
    emptied = Held("2502.1", "2025-02-27", versions=RICH.versions, sizes=sizes)
    said = Held("2502.2", "2025-02-27", comments="This paper has been withdrawn by the author")
    (page,) = harvest([emptied, said, RICH])
    assert [one.withdrawn for one in page.entries if isinstance(one, Record)] == [True, True, False]


def test_the_deleted_are_gone() -> None:
    (page,) = harvest([Held("2502.1", "2025-02-27", is_deleted=True)])
    assert page.entries == (Gone("2502.1"),)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ada Example, Bob Example", "Ada Example|Bob Example"),
        ("A. One, B. Two and C. Three", "A. One|B. Two|C. Three"),
        ("A. One, B. Two, and C. Three (MIT, Cambridge)", "A. One|B. Two|C. Three"),
        ("Ana (Inst. (a), b) & Bo", "Ana|Bo"),
        ("D. Smith, Jr., E. Roe", "D. Smith Jr.|E. Roe"),
        ("The X Collaboration: A. One, B. Two", "The X Collaboration|A. One|B. Two"),
        ("A. One, for the Y Collaboration", "A. One|Y Collaboration"),
        ("A. One et al.", "A. One"),
        (r"Bj\"{o}rn \'{A}, {Barnes, Inc.}", r"Bj\"{o}rn \'{A}|{Barnes, Inc.}"),
        ("Fernando Sandoval, Alexander and Sons", "Fernando Sandoval|Alexander|Sons"),
        ("Solo (unclosed", "Solo"),
        (" , ,", ""),
    ],
)
def test_author_lines(text: str, names: str) -> None:
    assert authors_of(text) == tuple(Author(name) for name in names.split("|") if name)


@pytest.mark.parametrize(
    ("text", "is_said"),
    [
        ("This paper has been withdrawn by the author due to an error", True),
        ("Withdrawn", True),
        ("Paper withdrawn, will be merged", True),
        ("This submission has been withdrawn by arXiv administrators", True),
        ("The manuscript is withdrawn from arXiv", True),
        ("Withdrawn from ICLR 2024", False),
        ("12 pages; an earlier version was withdrawn", False),
        ("The drug was withdrawn from the market", False),
        ("12 pages", False),
    ],
)
def test_withdrawals(text: str, is_said: bool) -> None:
    assert is_withdrawn(text) is is_said


@pytest.mark.parametrize(
    ("comment", "links"),
    [
        ("Code at github.com/a/b, 9 pages", ["code https://github.com/a/b"]),
        ("(https://a.github.io/x/)", ["project https://a.github.io/x/"]),
        ("Our code is available at https://x.example/c.", ["code https://x.example/c"]),
        ("Website: http://x.example", ["project http://x.example"]),
        ("Published at https://doi.org/10.1/x and https://x.example/y", []),
        ("http://[bad and git@github.com/a", []),
    ],
)
def test_links_in_comments(comment: str, links: list[str]) -> None:
    assert [f"{link.kind} {link.url}" for link in links_of(comment)] == links


def test_hostile_comments_take_no_time() -> None:
    for text in (" " * 200_000, "(" * 200_000, "withdrawn " * 20_000, "https://" * 30_000):
        assert links_of(text) == ()
        authors_of(text)
        is_withdrawn(text)


@pytest.mark.parametrize(
    ("now", "announced"),
    [
        # Friday noon in New York: Thursday's. Before four in the morning: the one before.
        (datetime(2025, 2, 28, 17, tzinfo=UTC), datetime(2025, 2, 28, 1, tzinfo=UTC)),
        (datetime(2025, 2, 28, 8, tzinfo=UTC), datetime(2025, 2, 27, 1, tzinfo=UTC)),
        # Saturday and Sunday: Thursday's still; Monday: Sunday's.
        (datetime(2025, 3, 2, 20, tzinfo=UTC), datetime(2025, 2, 28, 1, tzinfo=UTC)),
        (datetime(2025, 3, 3, 17, tzinfo=UTC), datetime(2025, 3, 3, 1, tzinfo=UTC)),
        # In summer New York is an hour nearer.
        (datetime(2025, 7, 2, 17, tzinfo=UTC), datetime(2025, 7, 2, 0, tzinfo=UTC)),
    ],
)
def test_when_something_should_have_been_announced(now: datetime, announced: datetime) -> None:
    assert open_source("cs.CL", Options()).expected(now) == announced


def test_a_datestamp_tells_its_announcement() -> None:
    assert announcement_of("2025-02-13") == datetime(2025, 2, 13, 1, tzinfo=UTC)
    assert announcement_of("2025-07-14T03:00:00Z") == datetime(2025, 7, 14, 0, tzinfo=UTC)
    assert announcement_of("soon") is None


@pytest.mark.parametrize(
    ("day", "hour", "evening"),
    [(10, 12, 10), (10, 15, 11), (13, 15, 16), (14, 13, 16), (14, 15, 17), (16, 9, 17)],
)
def test_a_submission_tells_its_announcement(day: int, hour: int, evening: int) -> None:
    submitted = datetime(2025, 2, day, hour, tzinfo=ZONE)
    assert announcement_after(submitted) == datetime(2025, 2, evening, 20, tzinfo=ZONE)


def test_old_records_that_were_touched_are_no_announcement() -> None:
    touched = [
        Held(f"0704.{n}", "2025-02-27", versions=("Mon, 2 Apr 2007 19:18:42 GMT",)) for n in "12"
    ]
    new = Held("2502.1", "2025-02-26", versions=("Mon, 24 Feb 2025 19:18:42 GMT",))
    before = datetime(2025, 2, 27, 12, tzinfo=UTC)
    (page,) = harvest([new, *touched], now=before)
    assert page.announced == datetime(2025, 2, 26, 1, tzinfo=UTC)


def test_a_quiet_category_is_told_from_an_arxiv_that_stands_still() -> None:
    quiet = Held("2502.1", "2025-02-20", versions=("Tue, 18 Feb 2025 19:18:42 GMT",))
    other = Held(
        "2502.2",
        "2025-02-28",
        versions=("Wed, 26 Feb 2025 19:18:42 GMT",),
        sets=("math:math:CO",),
    )
    (still,) = harvest([quiet], "cs.CL")
    (alive,) = harvest([quiet, other], "cs.CL")
    assert still.announced == datetime(2025, 2, 20, 1, tzinfo=UTC)
    assert alive.announced == LAST


def test_several_categories_are_one_source() -> None:
    held = generated(40)
    pages = harvest(held, "cs.CL,math.CO", page=6)
    found = [one.native_id for page in pages for one in page.entries if isinstance(one, Record)]
    assert found == [one.id for one in held[0::4] + held[2::4]]
    assert {page.total for page in pages} == {None}
