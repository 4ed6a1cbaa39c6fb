"""What people submit: read, looked up at its source, known again, and filed."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broadsheet.catalogue import Catalogue
from broadsheet.errors import FetchError, InputError, NotFoundError
from broadsheet.fetch import Client
from broadsheet.ingest import (
    Access,
    file_submitted,
    known_as,
    looked_up,
    named_by,
    presented,
    read_submitted,
    readied,
    sealed,
    unsealed,
)
from broadsheet.ingest.filing import file_batch
from broadsheet.ingest.preparing import named, prepared
from broadsheet.papers import PaperId, Record
from tests.library import TIDES
from tests.library.servers import openalex
from tests.library.servers.arxiv import Announced, Arxiv, serving_arxiv
from tests.library.servers.crossref import work
from tests.library.servers.telling import Told, telling
from tests.library.shelving import shelve

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


def client(url: str, folder: Path) -> Client:
    """What may ask a server of this machine."""
    host = url.partition("://")[2]
    return Client(folder=folder, allowed_hosts=[host], tries=1, patience=1.0)


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("2611.00001", "2611.00001"),
        ("arXiv:2611.00001v2", "2611.00001"),
        ("https://arxiv.org/pdf/2611.00001v3.pdf", "2611.00001"),
        ("https://huggingface.co/papers/2611.00001", "2611.00001"),
        ("hep-th/9901001", "hep-th/9901001"),
        ("10.1234/Kettle.7", "doi:10.1234/kettle.7"),
        ("https://doi.org/10.1234/Kettle.7", "doi:10.1234/kettle.7"),
        ("https://dl.example/doi/abs/10.1145/1234.5678?x=y", "doi:10.1145/1234.5678"),
        (
            "https://www.biorxiv.org/content/10.1101/2024.01.01.573000v2.full",
            "doi:10.1101/2024.01.01.573000",
        ),
        ("https://doi.org/10.48550/arXiv.2611.00001", "2611.00001"),
        ("https://example.org/paper", None),
        ("javascript:10.1234/abc", None),
        ("acl:2020.acl-main.1", None),
        ("http://[::1", None),
    ],
)
def test_an_id_is_found_where_it_stands(text: str, id: str | None) -> None:
    assert named_by(text) == id


def test_an_entry_that_names_an_id_stands_for_it() -> None:
    entry = "@misc{x, title = {Anything}, eprint = {2611.00001}, archiveprefix = {arXiv}}"
    assert read_submitted(entry).id == "2611.00001"
    entry = "@article{x, title = {Anything}, url = {https://doi.org/10.1234/abc}}"
    assert read_submitted(entry).id == "doi:10.1234/abc"
    named = read_submitted("@article{my-key, title = {On Kettles}, author = {Holm, Ana}}").record
    assert named is not None
    assert (named.native_id, named.source, named.title) == (None, "broadsheet", "On Kettles")


@pytest.mark.parametrize("text", ["", "\0", "kettles", "@article{x", "@misc{a, author = {B}}"])
def test_what_is_none_of_these_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_submitted(text)


def test_a_paper_is_looked_up_at_arxiv(tmp_path: Path) -> None:
    paper = Announced("2611.00001", NOW, title="Lanterns", doi="10.1234/lanterns")
    with serving_arxiv(Arxiv(papers=[paper])) as arxiv:
        access = Access({"arxiv-ids": arxiv.url})
        with client(arxiv.url, tmp_path) as asking:
            record = looked_up(asking, access, PaperId("2611.00001"), NOW)
            assert (record.title, record.source) == ("Lanterns", "arxiv-ids")
            assert presented(record, NOW).id == "2611.00001"
            with pytest.raises(NotFoundError, match="arXiv knows no paper"):
                looked_up(asking, access, PaperId("2611.00002"), NOW)
            assert unsealed(sealed(record)) == record


def test_a_source_that_fails_is_said_to(tmp_path: Path) -> None:
    with (
        serving_arxiv(Arxiv(api_fails=True)) as arxiv,
        client(arxiv.url, tmp_path) as asking,
        pytest.raises(FetchError),
    ):
        looked_up(asking, Access({"arxiv-ids": arxiv.url}), PaperId("2611.00001"), NOW)


def test_a_doi_is_looked_up_at_crossref_and_only_that_work_counts(tmp_path: Path) -> None:
    def answer(path: str) -> Told:
        assert "filter=doi%3A10.1234%2Fkettle.7" in path
        message = {"items": [work(8), work(7)], "total-results": 2}
        return Told(json.dumps({"status": "ok", "message": message}).encode())

    with telling(answer) as crossref, client(crossref.url, tmp_path) as asking:
        access = Access({"crossref": crossref.url})
        record = looked_up(asking, access, PaperId("doi:10.1234/kettle.7"), NOW)
    assert (record.source, record.title) == ("crossref", "On the singing of kettle number 7")
    assert len(crossref.asked) == 1


def test_a_doi_that_crossref_does_not_know_is_looked_up_at_openalex(tmp_path: Path) -> None:
    def answer(path: str) -> Told:
        if "openalex" in path:
            works = [openalex.work(7)] if "kettle.7" in path else []
            return Told(json.dumps({"results": works, "meta": {"count": len(works)}}).encode())
        return Told(json.dumps({"status": "ok", "message": {"items": []}}).encode())

    with telling(answer) as both, client(both.url, tmp_path) as asking:
        access = Access({"crossref": both.url, "openalex": f"{both.url}/openalex"})
        record = looked_up(asking, access, PaperId("doi:10.5555/kettle.7"), NOW)
        assert (record.source, record.title) == ("openalex", "Kettle Number 7 Boils")
        told = "Crossref and OpenAlex know no paper with the DOI 10.5555/kettle.8."
        with pytest.raises(NotFoundError, match=told):
            looked_up(asking, access, PaperId("doi:10.5555/kettle.8"), NOW)
        with pytest.raises(NotFoundError):
            looked_up(asking, access, PaperId("doi:10.5555/kettle,8"), NOW)


def test_a_paper_is_known_again_by_id_and_by_title_and_authors(catalogue: Catalogue) -> None:
    entry = "@misc{q, title = {Tidal attention for very long documents}, author = {Quill, T}}"
    other = "@misc{q, title = {Tidal attention for very long documents}, author = {Wolf, A}}"
    with catalogue.writing() as desk:
        (key,) = shelve(desk, [TIDES])
        by_id = Record(title="Anything", arxiv_id="2502.90001", source="x", format="x", raw="")
        assert known_as(desk, readied(desk, by_id)) == key
        for text, found in ((entry, key), (other, None)):
            record = read_submitted(text).record
            assert record is not None
            assert known_as(desk, readied(desk, record)) == found


def test_what_lay_in_quarantine_is_filed_when_somebody_submits_it(catalogue: Catalogue) -> None:
    garbled = Record(title="%%%% 1234 %%%% 5678 ab", source="broadsheet", format="x", raw="")
    with catalogue.writing() as desk:
        assert file_batch(desk, [prepared(named(garbled))], NOW).quarantined == 1
        key = file_submitted(desk, readied(desk, garbled), NOW)
        assert desk.papers.by_keys([key])[key].title == "%%%% 1234 %%%% 5678 ab"
        with pytest.raises(InputError, match="no title"):
            readied(desk, Record(source="broadsheet", format="x", raw=""))
