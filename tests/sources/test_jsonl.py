"""JSON Lines and documents: what each field becomes, and what is said of a wrong one."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.errors import SourceError
from broadsheet.papers import Author, Link, LinkKind, PartialDate, Record, Signal, SignalKind
from broadsheet.sources import read

FULL = {
    "id": "2405.00001",
    "arxiv_id": "2405.00001",
    "title": "On Kettles",
    "abstract": "They sing.",
    "authors": ["Ana Holm", "Lund, Bo", {"name": "Cy Dahl", "orcid": "0000-0001-2345-6789"}],
    "date": "2024-05-01",
    "last_seen": "2025-01-01",
    "venue": "Kettle Workshop",
    "categories": ["cs.KT"],
    "keywords": ["steam"],
    "url": "https://kettles.example/1",
    "pdf_url": "https://kettles.example/1.pdf",
    "github": "https://code.example/k",
    "code_url": "https://code.example/k",
    "project": " https://kettles.example ",
    "doi": "10.1234/KETTLES",
    "votes": 9,
    "comments": 2,
    "stars": 4,
    "citations": 12.0,
    "organization": "Steam Institute",
    "vote_snapshots": [
        {"at": "2024-05-03T17:07", "votes": 7, "comments": 2},
        {"at": "2024-05-02T08:00+02:00", "votes": 1},
    ],
    "daily_dates": ["2024-05-02"],
    "shape": {"unknown": "fields are ignored"},
}


def read_text(folder: Path, text: str) -> list[Record | SourceError]:
    file = folder / "toy.json"
    file.write_text(text, encoding="utf-8")
    return list(read(file))


def record(folder: Path, **fields: object) -> Record:
    (found,) = read_text(folder, json.dumps(fields))
    assert isinstance(found, Record), found
    return found


def fault(folder: Path, text: str) -> SourceError:
    (found,) = read_text(folder, text)
    assert isinstance(found, SourceError)
    return found


def test_every_field_finds_its_fact(tmp_path: Path) -> None:
    found = record(tmp_path, **FULL)
    assert found.authors == (
        Author("Ana Holm"),
        Author("Bo Lund"),
        Author("Cy Dahl", "0000-0001-2345-6789"),
    )
    assert (found.announced, found.revised) == (PartialDate(2024, 5, 1), None)
    assert (found.native_id, found.arxiv_id, found.doi) == (
        "2405.00001",
        "2405.00001",
        "10.1234/KETTLES",
    )
    assert found.links == (
        Link(LinkKind.PAGE, "https://kettles.example/1"),
        Link(LinkKind.PDF, "https://kettles.example/1.pdf"),
        Link(LinkKind.CODE, "https://code.example/k"),
        Link(LinkKind.PROJECT, "https://kettles.example"),
    )
    assert (found.venue, found.categories, found.keywords) == (
        "Kettle Workshop",
        ("cs.KT",),
        ("steam",),
    )
    assert json.loads(found.raw) == FULL


def test_counts_and_days_become_dated_signals(tmp_path: Path) -> None:
    early = datetime(2024, 5, 2, 6, tzinfo=UTC)
    late = datetime(2024, 5, 3, 17, 7, tzinfo=UTC)
    day = datetime(2024, 5, 2, tzinfo=UTC)
    # The latest snapshot has the two comments already, but not the nine votes.
    assert set(record(tmp_path, **FULL).signals) == {
        Signal(SignalKind.VOTES, value=9),
        Signal(SignalKind.STARS, value=4),
        Signal(SignalKind.CITATIONS, value=12),
        Signal(SignalKind.ORGANIZATION, text="Steam Institute"),
        Signal(SignalKind.VOTES, value=1, at=early),
        Signal(SignalKind.VOTES, value=7, at=late),
        Signal(SignalKind.COMMENTS, value=2, at=late),
        Signal(SignalKind.EDITION_DAY, text="2024-05-02", at=day),
    }


@pytest.mark.parametrize(
    ("fields", "date"),
    [
        ({"year": 1963, "month": "25-26 August"}, PartialDate(1963, 8)),
        ({"year": "2018", "month": "October 29 \u2013 November 1"}, PartialDate(2018, 10)),
        ({"year": 2018, "month": "7"}, PartialDate(2018, 7)),
        ({"year": 2018, "month": "summer"}, PartialDate(2018)),
        ({"date": "2024-05-27T10:00:00Z", "year": 2020}, PartialDate(2024, 5, 27)),
        ({"date": "in press", "year": 2020}, PartialDate(2020)),
        ({"month": "May"}, None),
    ],
)
def test_dates_are_as_precise_as_they_are_known(
    tmp_path: Path, fields: dict[str, object], date: PartialDate | None
) -> None:
    assert record(tmp_path, title="x", **fields).announced == date


def test_categories_said_again_as_keywords_are_no_keywords(tmp_path: Path) -> None:
    found = record(tmp_path, title="x", categories="cs.KT cs.PT", keywords=["cs.KT", "cs.PT"])
    assert (found.categories, found.keywords) == (("cs.KT", "cs.PT"), ())


def test_text_that_cannot_be_encoded_is_mended(tmp_path: Path) -> None:
    (found,) = read_text(tmp_path, r'{"title": "a\ud83d\ude00 \ud800b", "n": NaN}')
    assert isinstance(found, Record)
    assert found.title == "a\U0001f600 \ufffdb"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"title": ["A"]}, "`title` is a list, not text"),
        ({"abstract": 3}, "`abstract` is a number, not text"),
        ({"authors": 3}, "`authors` is a number, not a list of names"),
        ({"authors": ["A", 3]}, "`authors[1]` is a number, not a name, or an object with a `name`"),
        ({"keywords": {"a": 1}}, "`keywords` is an object, not a list of texts"),
        ({"keywords": ["a", 1]}, "`keywords[1]` is a number, not text"),
        ({"arxiv_id": 2405.00001}, "`arxiv_id` is a number, not text"),
        ({"votes": "many"}, "`votes` is text, not a whole number"),
        ({"votes": True}, "`votes` is true or false, not a whole number"),
        ({"stars": -1}, "`stars` is -1"),
        ({"stars": 1e300}, "`stars` is 10000000000000000525"),
        ({"year": 0}, "`year` is 0"),
        ({"year": 2020.5}, "`year` is a number, not a date"),
        ({"withdrawn": "maybe"}, "`withdrawn` is text, not true or false"),
        ({"vote_snapshots": [3]}, "`vote_snapshots[0]` is a number, not an object"),
        (
            {"vote_snapshots": [{"votes": 1}]},
            "`vote_snapshots[0].at` is null, not an ISO 8601 time",
        ),
        ({"daily_dates": ["soon"]}, "`daily_dates[0]` is 'soon', not an ISO 8601 time"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named(
    tmp_path: Path, fields: dict[str, object], reason: str
) -> None:
    error = fault(tmp_path, json.dumps({"title": "x"} | fields))
    assert error.message == f"{tmp_path / 'toy.json'}:1: {reason}"
    assert error.hint


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ('{"title": "A",}', 1, "not valid JSON at column 15"),
        ('{"title": "A"} x', 1, "not valid JSON at column 16: Extra data"),
        ('{"title": ' + "[" * 100_000 + "]" * 100_000 + "}", 1, "the JSON is nested too deeply"),
        ('{"votes": ' + "9" * 5000 + "}", 1, "not valid JSON: Exceeds the limit"),
        ('{\n "title": "A",\n "abstract": B\n}', 3, "not valid JSON at column 14"),
        ('[\n{"title": ["A"]}\n]', 2, "`title` is a list, not text"),
        ('["a"]', 1, "the line is text, not an object"),
    ],
)
def test_what_is_not_json_is_named_by_line_and_column(
    tmp_path: Path, text: str, line: int, reason: str
) -> None:
    error = fault(tmp_path, text)
    assert error.place == f"{tmp_path / 'toy.json'}:{line}"
    assert error.reason.startswith(reason)


@pytest.mark.parametrize(
    "text",
    [
        '[{"title": "A {"}, {"title": "B"}]',
        '[\n  {"title": "A {"},\n  {"title":\n "B", "x": [{"y": "}]"}]}\n]\n',
        '{\n"title": "A {"\n}\n{\n"title": "B"}\n',
        '\n{"title": "A {"}\n\n{"title": "B"}',
    ],
)
def test_arrays_and_objects_over_lines_will_do(tmp_path: Path, text: str) -> None:
    found = read_text(tmp_path, text)
    assert [one.title for one in found if isinstance(one, Record)] == ["A {", "B"]
    assert len(found) == 2


@pytest.mark.parametrize(
    ("text", "what"), [('[{"title": "A"},', "array"), ('[{"title": "A"}, {"title"', "object")]
)
def test_a_document_cut_short_is_refused(tmp_path: Path, text: str, what: str) -> None:
    with pytest.raises(SourceError, match=f"the file ends before its {what} does"):
        read_text(tmp_path, text)


@given(
    st.lists(
        st.fixed_dictionaries(
            {"title": st.text(min_size=1), "abstract": st.text(), "id": st.text(min_size=1)},
            optional={
                "year": st.integers(1000, 2999),
                "votes": st.integers(0, 2**53),
                "keywords": st.lists(st.text()),
            },
        ),
        min_size=1,
        max_size=5,
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_is_read(tmp_path: Path, papers: list[dict[str, object]]) -> None:
    for ascii_only in (False, True):
        lines = [json.dumps(paper, ensure_ascii=ascii_only) for paper in papers]
        found = read_text(tmp_path, "\n".join(lines))
        assert len(found) == len(papers)
        for line, paper, one in zip(lines, papers, found, strict=True):
            assert isinstance(one, Record)
            assert (one.title, one.abstract, one.raw) == (paper["title"], paper["abstract"], line)
            assert one.native_id == (str(paper["id"]).strip() or None)
            assert one.keywords == tuple(paper.get("keywords", ()))  # type: ignore[arg-type]
            year = paper.get("year")
            assert (one.announced.year if one.announced else None) == year
            votes = [signal.value for signal in one.signals]
            assert votes == ([paper["votes"]] if "votes" in paper else [])
