"""arXiv ids, DOIs and addresses, read into one id."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.identifiers import id_rank, paper_id, parse_arxiv_id, parse_doi, read_reference
from broadsheet.papers import Facts


@pytest.mark.parametrize(
    ("text", "arxiv_id"),
    [
        ("2502.08025", "2502.08025"),
        ("2502.08025v3", "2502.08025"),
        ("arXiv:0704.0001", "0704.0001"),
        ("arxiv : 2502.08025v1", "2502.08025"),
        ("hep-th/9901001", "hep-th/9901001"),
        ("math.GT/0309136v2", "math/0309136"),
        ("https://arxiv.org/abs/2502.08025v2", "2502.08025"),
        ("arxiv.org/pdf/2502.08025.pdf", "2502.08025"),
        ("http://export.arxiv.org/abs/hep-th/9901001", "hep-th/9901001"),
        ("https://huggingface.co/papers/2405.14906", "2405.14906"),
        ("https://doi.org/10.48550/arXiv.2502.08025", "2502.08025"),
        ("10.48550/ARXIV.2502.08025", "2502.08025"),
    ],
)
def test_arxiv_ids_are_read_without_their_version(text: str, arxiv_id: str) -> None:
    assert parse_arxiv_id(text) == arxiv_id


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2513.08025",
        "2502.123",
        "10.1000/182",
        "https://example.org/abs/2502.08025",
        "https://notarxiv.org/abs/2502.08025",
        "see 2502.08025",
        "http://[bad/abs/2502.08025",
        "acl:2020.acl-main.1",
    ],
)
def test_other_text_is_no_arxiv_id(text: str) -> None:
    assert parse_arxiv_id(text) is None


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("10.1000/182", "10.1000/182"),
        ("doi:10.1162/TACL_a_00001", "10.1162/tacl_a_00001"),
        ("https://doi.org/10.18653/v1/2020.acl-main.1", "10.18653/v1/2020.acl-main.1"),
        ("http://dx.doi.org/10.1000/a%28b%29", "10.1000/a(b)"),
        ("10.1000/182.", "10.1000/182"),
        ("2502.08025", None),
        ("10.1/x", None),
        ("10.1000/", None),
    ],
)
def test_dois_are_read_in_lower_case(text: str, doi: str | None) -> None:
    assert parse_doi(text) == doi


def test_an_arxiv_id_wins_over_a_doi_over_a_native_id_over_the_title() -> None:
    both = Facts(arxiv_id="2502.08025", doi="10.1000/182")
    assert paper_id(both, "acl", "n1", "title") == "2502.08025"
    assert paper_id(Facts(doi="10.1000/182"), "acl", "n1", "title") == "doi:10.1000/182"
    assert paper_id(Facts(), "acl", "n1", "title") == "acl:n1"
    assert paper_id(Facts(), "acl", None, "title") == paper_id(Facts(), "pages", None, "title")


def test_an_id_from_a_title_is_a_digest_of_it() -> None:
    identity = paper_id(Facts(), "pages", None, "attentionisallyouneed")
    assert identity.startswith("title:")
    assert len(identity) == len("title:") + 20
    assert identity != paper_id(Facts(), "pages", None, "attentionisnotallyouneed")


@pytest.mark.parametrize(
    ("identity", "rank"),
    [("2502.08025", 0), ("hep-th/9901001", 0), ("doi:10.1/x", 1), ("acl:n1", 2), ("title:ab", 3)],
)
def test_ids_are_ranked_by_how_well_they_name(identity: str, rank: int) -> None:
    assert id_rank(identity) == rank


@pytest.mark.parametrize(
    ("text", "identity"),
    [
        (" 2502.08025v2 ", "2502.08025"),
        ("10.1000/ABC", "doi:10.1000/abc"),
        ("doi:10.1000/abc", "doi:10.1000/abc"),
        ("acl:2020.acl-main.1", "acl:2020.acl-main.1"),
        ("https://example.org/x", None),
        ("language model", None),
        ("", None),
    ],
)
def test_a_reference_is_an_id_doi_address_or_native_id(text: str, identity: str | None) -> None:
    assert read_reference(text) == identity


@given(st.integers(7, 99), st.integers(1, 12), st.integers(1, 99999), st.integers(1, 99))
def test_every_new_id_reads_back_from_its_address(
    year: int, month: int, number: int, version: int
) -> None:
    identity = f"{year:02}{month:02}.{number:05}"
    assert parse_arxiv_id(f"https://arxiv.org/pdf/{identity}v{version}.pdf") == identity


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    for parse in (parse_arxiv_id, parse_doi):
        identity = parse(text)
        assert identity is None or parse(identity) == identity
