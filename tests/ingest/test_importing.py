"""Whole imports into real catalogues."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.catalogue import Catalogue
from broadsheet.errors import BusyError, InputError
from broadsheet.ingest import ImportProgress, Reading, Report, import_files, join, release, separate
from broadsheet.ingest.filing import BOTH, CANDIDATES
from tests.library.ready import new_catalogue

NOW = datetime(2026, 5, 4, tzinfo=UTC)
ABSTRACT = " ".join(f"word{number}" for number in range(60))


def take(catalogue: Catalogue, *files: Path, **options: Any) -> Report:
    def ignore(_: ImportProgress) -> None:
        return None

    settled: dict[str, Any] = {"progress": ignore, "now": NOW} | options
    return import_files(catalogue, files, Reading(), **settled)


def lines(file: Path, *records: Mapping[str, object]) -> Path:
    file.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return file


def counts(report: Report) -> tuple[int, ...]:
    return (
        report.read,
        report.new,
        report.merged,
        report.updated,
        report.unchanged,
        report.quarantined,
    )


def test_new_then_unchanged_then_updated(catalogue: Catalogue, tmp_path: Path) -> None:
    one = {"id": "1", "title": "On Kettles", "venue": "Kitchen"}
    two = {"id": "2", "title": "On Pots", "votes": 3}
    file = lines(tmp_path / "toy.jsonl", one, two)
    assert counts(take(catalogue, file)) == (2, 2, 0, 0, 0, 0)
    assert counts(take(catalogue, file)) == (2, 0, 0, 0, 2, 0)
    lines(file, one | {"venue": "Hearth"}, two)
    assert counts(take(catalogue, file)) == (2, 0, 0, 1, 1, 0)
    with catalogue.reading() as desk:
        found = desk.papers.get("toy:1")
        pots = desk.papers.get("toy:2")
        assert found is not None
        assert pots is not None
        assert found[1].venue == "Hearth"
        assert [(one.source, one.signal.value) for one in desk.signals.of(pots[0])] == [("toy", 3)]


def test_a_better_id_renames_the_paper_and_the_old_one_redirects(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    take(catalogue, lines(tmp_path / "a.jsonl", {"title": "On Kettles", "abstract": ABSTRACT}))
    with catalogue.reading() as desk:
        ((key, before),) = desk.papers.page(0, 9)
    assert before.id.startswith("title:")
    arxiv = {"id": "x", "title": "On kettles", "abstract": ABSTRACT, "arxiv_id": "2401.90001"}
    assert counts(take(catalogue, lines(tmp_path / "b.jsonl", arxiv))) == (1, 0, 1, 0, 0, 0)
    with catalogue.reading() as desk:
        found = desk.papers.get(before.id)
        assert found is not None
        assert found[0] == key
        assert found[1].id == "2401.90001"
        assert set(found[1].aliases) == {before.id, "b:x"}
        assert {said.source for said in found[1].provenance["title"]} == {"b"}


def test_a_record_with_two_ids_joins_the_two_papers(catalogue: Catalogue, tmp_path: Path) -> None:
    left = {"id": "1", "title": "On Kettles", "arxiv_id": "2401.90001"}
    right = {"id": "2", "title": "Kettles, a Study", "doi": "10.1234/kettles"}
    take(catalogue, lines(tmp_path / "a.jsonl", left, right))
    both = {"id": "3", "title": "On Kettles", "arxiv_id": "2401.90001", "doi": "10.1234/kettles"}
    take(catalogue, lines(tmp_path / "b.jsonl", both))
    with catalogue.reading() as desk:
        assert desk.papers.count() == 1
        leads = desk.papers.resolve(["2401.90001", "doi:10.1234/kettles", "a:1", "a:2", "b:3"])
        assert len(leads) == 5
        assert len(set(leads.values())) == 1
    assert catalogue.check() == []


def test_matching_sees_papers_of_the_same_batch(catalogue: Catalogue, tmp_path: Path) -> None:
    twice = [{"id": n, "title": "On Kettles", "abstract": ABSTRACT} for n in ("1", "2")]
    assert counts(take(catalogue, lines(tmp_path / "a.jsonl", *twice))) == (2, 1, 1, 0, 0, 0)


def test_two_arxiv_ids_with_one_text_become_a_pair_that_people_decide(
    sqlite_catalogue: Catalogue, tmp_path: Path
) -> None:
    records = [
        {"id": name, "title": "On Kettles", "abstract": ABSTRACT, "arxiv_id": name}
        for name in ("2401.90001", "2401.90002")
    ]
    report = take(sqlite_catalogue, lines(tmp_path / "a.jsonl", *records))
    assert (counts(report), report.pairs) == ((2, 2, 0, 0, 0, 0), 1)
    separate(sqlite_catalogue, "2401.90001", "2401.90002")
    with sqlite_catalogue.reading() as desk:
        assert desk.matches.pairs() == []
    assert join(sqlite_catalogue, "2401.90002", "2401.90001") == "2401.90001"
    with sqlite_catalogue.reading() as desk:
        assert desk.papers.count() == 1


def test_two_papers_that_one_record_speaks_of_become_a_pair(
    sqlite_catalogue: Catalogue, tmp_path: Path
) -> None:
    known = {"authors": ["Ada Example"], "title": "On the Behaviour of Kettles"}
    text = {"abstract": ABSTRACT}
    plural = {"id": "2", **known, **text, "title": "On the Behaviours of Kettles"}
    take(sqlite_catalogue, lines(tmp_path / "a.jsonl", {"id": "1", **known}, plural))
    report = take(sqlite_catalogue, lines(tmp_path / "b.jsonl", {"id": "3", **known, **text}))
    assert (counts(report), report.pairs) == ((1, 0, 1, 0, 0, 0), 1)
    with sqlite_catalogue.reading() as desk:
        (pair,) = desk.matches.pairs()
        leads = desk.papers.resolve(["a:1", "a:2", "b:3"])
    assert pair.reason == BOTH
    assert leads["b:3"] == leads["a:2"] != leads["a:1"]


def test_what_cannot_be_a_paper_is_set_aside_once_and_can_be_released(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    file = lines(tmp_path / "a.jsonl", {"id": "1", "title": "1234"}, {"id": "2", "title": "Pots"})
    assert counts(take(catalogue, file)) == (2, 1, 0, 0, 0, 1)
    assert counts(take(catalogue, file)) == (2, 0, 0, 0, 2, 0)
    with catalogue.reading() as desk:
        (held,) = desk.quarantine.list(9)
    assert held.reason == "title: its title has no letters"
    assert held.place == "a.jsonl:1"
    assert release(catalogue, held.key, now=NOW) == "a:1"
    assert counts(take(catalogue, file)) == (2, 0, 0, 0, 2, 0)
    with catalogue.reading() as desk:
        assert desk.quarantine.count() == 0
        assert desk.papers.count() == 2


def test_a_file_with_a_fault_is_refused_whole_unless_told_to_keep_going(
    sqlite_catalogue: Catalogue, tmp_path: Path
) -> None:
    good = lines(tmp_path / "good.jsonl", {"id": "1", "title": "On Kettles"})
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"id": "1", "title": "Pots"}\n{"id": "2", "title": ["a"]}\n', "utf-8")
    with pytest.raises(InputError) as caught:
        take(sqlite_catalogue, good, bad)
    assert "bad.jsonl:2" in caught.value.message
    assert "title" in caught.value.message
    with sqlite_catalogue.reading() as desk:
        assert desk.papers.count() == 0
    report = take(sqlite_catalogue, good, bad, keep_going=True)
    assert counts(report) == (3, 2, 0, 0, 0, 1)
    with sqlite_catalogue.reading() as desk:
        (held,) = desk.quarantine.list(10, 0)
    assert held.record.raw == '{"id": "2", "title": ["a"]}'
    again = take(sqlite_catalogue, good, bad, keep_going=True)
    assert counts(again) == (3, 0, 0, 0, 3, 0)


def test_a_stopped_import_keeps_what_it_acknowledged_and_goes_on_later(
    sqlite_catalogue: Catalogue, tmp_path: Path
) -> None:
    records = [{"id": str(n), "title": f"Paper number {n} on kettles"} for n in range(1200)]
    file = lines(tmp_path / "a.jsonl", *records)
    told: list[ImportProgress] = []
    report = take(
        sqlite_catalogue,
        file,
        progress=told.append,
        stop=lambda: any(at.phase == "filing" for at in told),
    )
    assert report.stopped
    assert counts(report) == (500, 500, 0, 0, 0, 0)
    with sqlite_catalogue.reading() as desk:
        assert desk.papers.count() == told[-1].done == 500
    assert counts(take(sqlite_catalogue, file)) == (1200, 700, 0, 0, 500, 0)


def test_a_second_import_at_the_same_time_is_refused(
    sqlite_catalogue: Catalogue, tmp_path: Path
) -> None:
    file = lines(tmp_path / "a.jsonl", {"id": "1", "title": "On Kettles"})
    with sqlite_catalogue.alone("import"), pytest.raises(BusyError):
        take(sqlite_catalogue, file)


def test_two_arxiv_ids_are_not_merged_by_way_of_a_paper_without_one(
    sqlite_catalogue: Catalogue, tmp_path: Path
) -> None:
    same = {"title": "On Kettles", "abstract": ABSTRACT, "authors": ["Ana Holm"]}
    records = [
        same | {"id": "1"},
        same | {"id": "2", "arxiv_id": "2401.90001"},
        same | {"id": "3", "arxiv_id": "2401.90002"},
    ]
    report = take(sqlite_catalogue, lines(tmp_path / "a.jsonl", *records))
    assert (counts(report), report.pairs) == ((3, 2, 1, 0, 0, 0), 1)


def test_a_shared_doi_of_two_arxiv_ids_makes_a_pair(
    sqlite_catalogue: Catalogue, tmp_path: Path
) -> None:
    records = [
        {"id": "1", "title": "On Kettles", "arxiv_id": "2401.90001", "doi": "10.1234/a"},
        {"id": "2", "title": "On Pots", "arxiv_id": "2401.90002", "doi": "10.1234/a"},
    ]
    report = take(sqlite_catalogue, lines(tmp_path / "a.jsonl", *records))
    assert (counts(report), report.pairs) == ((2, 2, 0, 0, 0, 0), 1)


def test_a_record_that_gets_worse_is_set_aside_once_and_its_paper_stays(
    sqlite_catalogue: Catalogue, tmp_path: Path
) -> None:
    file = lines(tmp_path / "a.jsonl", {"id": "1", "title": "On Kettles"})
    take(sqlite_catalogue, file)
    lines(file, {"id": "1", "title": "1234"})
    assert counts(take(sqlite_catalogue, file)) == (1, 0, 0, 0, 0, 1)
    assert counts(take(sqlite_catalogue, file)) == (1, 0, 0, 0, 1, 0)
    with sqlite_catalogue.reading() as desk:
        found = desk.papers.get("a:1")
        assert found is not None
        assert found[1].title == "On Kettles"


def test_a_record_that_is_mended_leaves_quarantine(
    sqlite_catalogue: Catalogue, tmp_path: Path
) -> None:
    file = lines(tmp_path / "a.jsonl", {"id": "1", "title": "1234"})
    take(sqlite_catalogue, file)
    lines(file, {"id": "1", "title": "On Kettles"})
    assert counts(take(sqlite_catalogue, file)) == (1, 1, 0, 0, 0, 0)
    with sqlite_catalogue.reading() as desk:
        assert desk.quarantine.count() == 0


def test_an_identical_record_twice_in_one_file_is_unchanged_the_second_time(
    sqlite_catalogue: Catalogue, tmp_path: Path
) -> None:
    one = {"title": "On Kettles", "abstract": ABSTRACT}
    file = lines(tmp_path / "a.jsonl", one, {"title": "On Pots"}, one)
    assert counts(take(sqlite_catalogue, file)) == (3, 2, 0, 0, 1, 0)


def test_new_votes_are_added_to_the_old_ones(sqlite_catalogue: Catalogue, tmp_path: Path) -> None:
    file = lines(tmp_path / "a.jsonl", {"id": "1", "title": "On Kettles", "votes": 3})
    take(sqlite_catalogue, file)
    lines(file, {"id": "1", "title": "On Kettles", "votes": 5})
    report = take(sqlite_catalogue, file, now=NOW + timedelta(days=1))
    assert counts(report) == (1, 0, 0, 1, 0, 0)
    with sqlite_catalogue.reading() as desk:
        votes = [(one.signal.value, one.signal.at) for one in desk.signals.of(1)]
    assert votes == [(3, NOW), (5, NOW + timedelta(days=1))]


def test_many_faults_are_counted_and_the_first_twenty_of_each_file_told(
    sqlite_catalogue: Catalogue, tmp_path: Path
) -> None:
    files = [tmp_path / name for name in ("a.jsonl", "b.jsonl")]
    for file in files:
        file.write_text('{"title": ["a"]}\n' * 30, "utf-8")
    with pytest.raises(InputError) as caught:
        take(sqlite_catalogue, *files)
    told = caught.value.message.split("\n")
    assert len(told) == 41
    places = [line.split(": ")[0] for line in told[:40]]
    assert places == [f"{file}:{number}" for file in files for number in range(1, 21)]
    assert told[40] == "… and 20 more faults"


def test_papers_of_one_common_title_are_compared_with_few_of_each_other(
    sqlite_catalogue: Catalogue, tmp_path: Path
) -> None:
    records = [
        {"id": str(n), "title": "Editorial", "abstract": f"Words of issue {n} " * 9}
        for n in range(60)
    ]
    report = take(sqlite_catalogue, lines(tmp_path / "a.jsonl", *records))
    assert report.new + report.merged == 60
    assert report.pairs <= 60 * CANDIDATES


RECORDS = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["1", "2", "3", "4", "5"]),
        "title": st.sampled_from(["On Kettles", "On Pots", "Steam", "12", "on kettles"]),
        "abstract": st.sampled_from(["", ABSTRACT, ABSTRACT + " end", "Short."]),
        "authors": st.sampled_from([[], ["Ana Holm"], ["Bo Lund"]]),
    },
    optional={
        "arxiv_id": st.sampled_from(["2401.90001", "2401.90002"]),
        "doi": st.sampled_from(["10.1234/a", "10.1234/b"]),
        "votes": st.integers(0, 9),
    },
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.lists(RECORDS, max_size=8), min_size=1, max_size=3))
def test_counts_add_up_and_repeating_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, files: list[list[dict[str, object]]]
) -> None:
    folder = tmp_path_factory.mktemp("home")
    new_catalogue(folder / "catalogue.db")
    url = f"sqlite:///{folder / 'catalogue.db'}"
    catalogue = Catalogue.open(url, locks=folder / "locks")
    total = Report()
    for number, records in enumerate(files):
        if records:
            total.add(take(catalogue, lines(folder / f"f{number}.jsonl", *records)))
    assert total.read == sum(counts(total)[1:])
    with catalogue.reading() as desk:
        papers = dict(desk.papers.page(0, 99))
        leads = desk.papers.resolve([paper.id for paper in papers.values()])
        assert leads == {paper.id: key for key, paper in papers.items()}
        assert desk.papers.count() <= total.new
        kept = desk.changes.since(0, 999)
        assert {change.paper_key for change in kept if not change.gone} == set(papers)
    assert catalogue.check() == []
    catalogue.close()


@pytest.mark.shared_data
def test_the_four_pages_are_638_papers(sqlite_catalogue: Catalogue, shared: Path) -> None:
    pages = sorted((shared / "pages").glob("*.txt"))
    assert counts(take(sqlite_catalogue, *pages)) == (663, 638, 25, 0, 0, 0)
    assert counts(take(sqlite_catalogue, *pages)) == (663, 0, 0, 0, 663, 0)
