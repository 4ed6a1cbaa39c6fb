"""Links that people here add: filed for authors and for others, and folded into the paper."""

from datetime import UTC, datetime

from broadsheet.catalogue import Catalogue
from broadsheet.ingest import file_links, file_submitted, links_said, readied
from broadsheet.papers import Link, LinkKind, Record

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
CODE = Link(LinkKind.CODE, "https://code.example/ours")
THEIRS = Link(LinkKind.CODE, "https://code.example/theirs")


def test_links_are_records_of_ours_and_those_of_authors_come_first(catalogue: Catalogue) -> None:
    submitted = Record(
        title="Lanterns for Lost Gradients",
        links=(Link(LinkKind.CODE, "https://code.example/source"),),
        source="broadsheet",
        format="bibtex",
        raw="",
    )
    with catalogue.writing() as desk:
        key = file_submitted(desk, readied(desk, submitted), NOW)
        name = desk.papers.by_keys([key])[key].id
        file_links(desk, key, [THEIRS], of_author=False, now=NOW)
        file_links(desk, key, [CODE], of_author=True, now=NOW)
        paper = desk.papers.by_keys([key], full=True)[key]
        assert [link.url for link in paper.links] == [
            "https://code.example/ours",
            "https://code.example/source",
            "https://code.example/theirs",
        ]
        assert (paper.id, paper.title) == (name, "Lanterns for Lost Gradients")
        assert {said.source for said in paper.provenance["links"]} == {"broadsheet"}
        assert links_said(desk, key, of_author=True) == (CODE,)
        assert links_said(desk, key, of_author=False) == (THEIRS,)
        file_links(desk, key, [], of_author=False, now=NOW)
        paper = desk.papers.by_keys([key])[key]
        assert THEIRS not in paper.links
        assert len(desk.records.of([key])[key]) == 3
    assert catalogue.check() == []
