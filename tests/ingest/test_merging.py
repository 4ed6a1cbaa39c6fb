"""One paper folded from its records."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from broadsheet.catalogue import StoredRecord
from broadsheet.ingest.merging import fold
from broadsheet.papers import Author, Link, LinkKind, PartialDate, Record


def stored(key: int, day: int, **said: object) -> StoredRecord:
    facts = {"source": f"s{key}", "format": "jsonl", "raw": "{}", "title": "On Kettles"} | said
    received = datetime(2026, 1, day, tzinfo=UTC)
    return StoredRecord(key, str(key), received, Record(**facts))  # type: ignore[arg-type]


PLAIN = stored(1, 1, venue="Kitchen Letters", announced=PartialDate(2024), native_id="k1")
PREPRINT = stored(
    2,
    3,
    title="On Singing Kettles",
    arxiv_id="2401.90001",
    announced=PartialDate(2024, 1, 9),
    categories=("cs.SD",),
)
JOURNAL = stored(
    3,
    2,
    doi="10.1234/kettles",
    venue="Journal of Steam",
    authors=(Author("Ana Holm"),),
    announced=PartialDate(2025, 3),
    categories=("physics.pop-ph",),
    retracted=True,
    links=(Link(LinkKind.PDF, "https://press.example/k.pdf"),),
)


def test_the_best_id_names_the_paper_and_the_others_lead_to_it() -> None:
    paper, _ = fold([PLAIN, PREPRINT, JOURNAL])
    assert paper.id == "2401.90001"
    assert paper.aliases == ("doi:10.1234/kettles", "s1:k1")


def test_each_fact_comes_from_the_most_trusted_record_that_says_it() -> None:
    paper, said = fold([PLAIN, PREPRINT, JOURNAL])
    assert paper.title == "On Singing Kettles"
    assert paper.venue == "Journal of Steam"
    assert paper.announced == PartialDate(2024)
    assert paper.categories == ("cs.SD", "physics.pop-ph")
    assert paper.retracted
    assert said["title"] == (2,)
    assert said["venue"] == (3,)
    assert said["announced"] == (1,)
    assert said["categories"] == (2, 3)
    assert "abstract" not in said


def test_one_record_has_said_everything() -> None:
    paper, said = fold([PLAIN])
    assert (paper.id, said) == ("s1:k1", {})


@given(st.permutations([PLAIN, PREPRINT, JOURNAL]))
def test_the_order_of_the_records_does_not_matter(records: list[StoredRecord]) -> None:
    assert fold(records) == fold([PLAIN, PREPRINT, JOURNAL])


def test_the_authors_own_abstract_is_believed_before_a_summary() -> None:
    summary = stored(
        1, 1, arxiv_id="2401.90001", abstract="Kettles, in short.", summary_by="A reader"
    )
    own = stored(2, 2, doi="10.1234/kettles", abstract="We listen to kettles.")
    paper, said = fold([summary, own])
    assert (paper.abstract, paper.summary_by) == ("We listen to kettles.", "")
    assert said["abstract"] == (2,)
    alone, _ = fold([summary, PLAIN])
    assert (alone.abstract, alone.summary_by) == ("Kettles, in short.", "A reader")
