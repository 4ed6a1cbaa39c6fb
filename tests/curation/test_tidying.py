"""What is kept of a record, tidy, and what was repaired in it."""

import json
import lzma
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.curation import judge, tidied, tidy
from broadsheet.papers import (
    FACT_NAMES,
    Author,
    Finding,
    Link,
    LinkKind,
    PartialDate,
    Record,
    Stage,
)

HOW_FEW = {"acl": 1, "hf_daily": 0}


def record(**facts: object) -> Record:
    given_facts: dict[str, object] = {"source": "s", "format": "jsonl", "raw": "{}", **facts}
    return Record(**given_facts)  # type: ignore[arg-type]


def test_text_is_cleaned_and_titles_stand_on_one_line() -> None:
    facts = tidy(
        record(
            title="The Fr\\'echet\n\n Mean",
            abstract="Abstract: By 5\\%.\n\nMore.",
            venue="R&amp;D",
            authors=(
                Author("Erd\\H{o}s, "),
                Author("  ", "0000-0001"),
                Author("Ann\u00a0Lee", "0000-0002"),
            ),
        )
    )
    assert facts.title == "The Fréchet Mean"
    assert facts.abstract == "By 5%.\n\nMore."
    assert facts.venue == "R&D"
    assert facts.authors == (Author("Erdős"), Author("Ann Lee", "0000-0002"))


@pytest.mark.parametrize(
    "text", ["Abstract not available.", "N/A", "no abstract", "null", "TBA", "  "]
)
def test_an_abstract_that_says_there_is_none_is_missing(text: str) -> None:
    facts = tidy(record(title="Sorting Pebbles", abstract=text))
    assert facts.abstract == ""
    assert judge(facts) is None


def test_an_error_page_in_place_of_the_abstract_is_recognised() -> None:
    facts = tidy(record(title="Sorting Pebbles", abstract="<html>\n<head></head> 503</html>"))
    assert judge(facts) == "banner: its abstract is a banner, not an abstract"


def test_ids_are_normalised() -> None:
    facts = tidy(record(arxiv_id="arXiv:2502.08025v2", doi="https://doi.org/10.1000/ABC"))
    assert (facts.arxiv_id, facts.doi) == ("2502.08025", "10.1000/abc")


def test_ids_are_found_in_addresses_of_the_paper_itself() -> None:
    page = Link(LinkKind.PAGE, "https://arxiv.org/abs/2502.08025v1")
    code = Link(LinkKind.CODE, "https://arxiv.org/abs/2401.00001")
    publisher = Link(LinkKind.PAGE, "https://doi.org/10.1000/xyz")
    facts = tidy(record(links=(code, page, publisher)))
    assert (facts.arxiv_id, facts.doi) == ("2502.08025", "10.1000/xyz")
    assert tidy(record(links=(code,))).arxiv_id is None


def test_arxivs_own_doi_is_its_id() -> None:
    facts = tidy(record(doi="10.48550/arXiv.2502.08025"))
    assert (facts.arxiv_id, facts.doi) == ("2502.08025", None)


def test_what_is_no_id_is_left_out() -> None:
    facts = tidy(record(arxiv_id="none", doi="pending"))
    assert (facts.arxiv_id, facts.doi) == (None, None)


def test_only_web_addresses_are_kept_and_each_once() -> None:
    urls = (
        " https://example.org/a ",
        "https://example.org/a",
        "javascript:alert(1)",
        "ftp://example.org",
        "http://",
        "https://exa mple.org",
        "http://[bad",
        "https://example.org/\u202e",
    )
    facts = tidy(record(links=tuple(Link(LinkKind.PDF, url) for url in urls)))
    assert facts.links == (Link(LinkKind.PDF, "https://example.org/a"),)


def test_lists_keep_their_order_without_repeats() -> None:
    facts = tidy(
        record(
            keywords=("Sorting", " sorting", "", "pebbles"), categories=("cs.CL", "cs.AI", "cs.CL")
        )
    )
    assert facts.keywords == ("Sorting", "pebbles")
    assert facts.categories == ("cs.CL", "cs.AI")


def test_dates_and_flags_pass_through() -> None:
    facts = tidy(record(announced=PartialDate(2024, 5), revised=PartialDate(2025), withdrawn=True))
    assert (facts.announced, facts.revised) == (PartialDate(2024, 5), PartialDate(2025))
    assert (facts.withdrawn, facts.retracted) == (True, False)


def test_a_licence_is_kept_by_its_short_name() -> None:
    assert tidy(record(licence="https://creativecommons.org/licenses/by/4.0/")).licence == (
        "CC-BY-4.0"
    )
    assert tidy(record(licence="ask the authors")).licence == "ask the authors"


@pytest.mark.parametrize(
    ("facts", "withdrawn", "retracted"),
    [
        ({"title": "RETRACTED: Sorting Pebbles"}, False, True),
        ({"title": "[Retracted] Sorting Pebbles"}, False, True),
        ({"title": "Retracted Article: Sorting Pebbles"}, False, True),
        ({"title": "WITHDRAWN: Sorting Pebbles"}, True, False),
        (
            {"abstract": "This paper has been withdrawn by the authors."},
            True,
            False,
        ),
        ({"abstract": "This article was retracted by the journal."}, False, True),
        ({"title": "Retracted Papers and their Citations"}, False, False),
        ({"title": "Withdrawn: A Study of Retreat"}, False, False),
        ({"abstract": "We study why a paper has been withdrawn."}, False, False),
    ],
)
def test_a_paper_that_says_it_fell_is_marked(
    facts: dict[str, str], withdrawn: bool, retracted: bool
) -> None:
    found = tidy(record(**facts))
    assert (found.withdrawn, found.retracted) == (withdrawn, retracted)


def test_repairs_are_noted_and_left_out_as_received() -> None:
    damaged = record(
        title="On FranÃ§ois",
        abstract="We sort peb- bles. Pebbles are round.We find the repre- sentation of Erd\\H{o}s.",
        authors=(Author("FranÃ§ois LeÃ³n"),),
    )
    facts, found = tidied(damaged)
    assert facts.title == "On François"
    assert facts.authors == (Author("François León"),)
    # "pebbles" is nowhere else in one piece, "Pebbles" is.
    assert facts.abstract == (
        "We sort pebbles. Pebbles are round. We find the repre- sentation of Erdős."
    )
    assert found == (
        Finding(Stage.REPAIR, "encoding", "FranÃ§ois → François"),
        Finding(Stage.REPAIR, "glued", "round.We find → round. We"),
        Finding(Stage.REPAIR, "hyphen", "peb- bles. → pebbles. Pebbles"),
        Finding(Stage.REPAIR, "latex", "LaTeX read as text"),
    )
    kept, left = tidied(damaged, as_received=True)
    assert kept.title == "On FranÃ§ois"
    assert kept.abstract.startswith("We sort peb- bles. Pebbles are round.We find")
    assert [one.name for one in left] == ["latex"]


@given(st.text(max_size=80), st.text(max_size=80))
def test_tidying_twice_is_tidying_once_and_any_text_can_be_judged(title: str, name: str) -> None:
    once = tidy(record(title=title, authors=(Author(name),), keywords=(name, title)))
    again = tidy(record(**{fact: getattr(once, fact) for fact in FACT_NAMES}))
    assert again == once
    assert judge(once) is None or judge(once) == judge(again)


@pytest.mark.shared_data
@pytest.mark.parametrize("corpus", sorted(HOW_FEW))
def test_hardly_a_record_of_the_corpora_is_refused(shared: Path, corpus: str) -> None:
    refused = 0
    with lzma.open(shared / "corpora" / f"{corpus}.jsonl.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            facts = tidy(record(title=entry["title"], abstract=entry.get("abstract") or ""))
            refused += judge(facts) is not None
    assert refused == HOW_FEW[corpus]
