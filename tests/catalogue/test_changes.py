"""The shelf of changes: numbers in order, each living paper once, whatever is done."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.catalogue import Catalogue, Change, Desk, FiledPaper
from broadsheet.papers import Paper, PaperId
from tests.library import BEES, FROST, TIDES
from tests.library.shelving import shelve, toy_paper


def test_every_change_gets_the_next_number(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        assert desk.changes.latest() == 0
        shelve(desk, [TIDES, BEES, FROST])
        assert desk.changes.latest() == 3
        desk.papers.replace([FiledPaper(2, toy_paper(BEES), "bees")])
        desk.papers.absorb(1, into=3)
    with catalogue.reading() as desk:
        assert desk.changes.latest() == 5
        assert desk.changes.since(0, 10) == [
            Change(3, 3, False),
            Change(4, 2, False),
            Change(5, 1, True, "2502.90001"),
        ]
        assert desk.changes.since(3, 1) == [Change(4, 2, False)]
        assert desk.changes.since(5, 10) == []


def test_nothing_marked_is_no_change(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        desk.changes.mark([])
        desk.papers.add([])
        assert desk.changes.latest() == 0


@pytest.fixture(scope="module")
def shared_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    """One SQLite catalogue for many examples."""
    folder = tmp_path_factory.mktemp("changes")
    catalogue = Catalogue.open(
        f"sqlite:///{folder / 'c.sqlite3'}", locks=Path(folder / "locks"), create=True
    )
    yield catalogue
    catalogue.close()


ACTIONS = st.lists(
    st.tuples(st.sampled_from(["add", "replace", "absorb"]), st.integers(0), st.integers(0)),
    max_size=25,
)


@given(actions=ACTIONS, page=st.integers(1, 5))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_ids_lead_to_living_papers_and_changes_name_each_once(
    shared_file: Catalogue, actions: list[tuple[str, int, int]], page: int
) -> None:
    with shared_file.writing() as desk:
        before = desk.changes.latest()
        ids, living = _play(desk, actions)
        assert set(desk.papers.resolve(ids)) == set(ids)
        assert set(desk.papers.resolve(ids).values()) <= living
        assert set(desk.papers.by_keys(living)) == living
        seen: list[Change] = []
        while found := desk.changes.since(seen[-1].seq if seen else before, page):
            seen += found
        assert [change.seq for change in seen] == sorted({change.seq for change in seen})
        named = [change.paper_key for change in seen if not change.gone]
        assert sorted(named) == sorted(living)
        assert not living & {change.paper_key for change in seen if change.gone}


def _play(desk: Desk, actions: list[tuple[str, int, int]]) -> tuple[list[str], set[int]]:
    """Do what the actions say; all ids there ever were, and the keys of the living papers."""
    ids: list[str] = []
    living: set[int] = set()
    run = desk.papers.allocate(1)
    for number, (what, one, other) in enumerate(actions):
        name = PaperId(f"toy:{run}.{number}")
        if what == "add":
            key = desk.papers.allocate(1)
            paper = Paper(
                id=name, title="t", aliases=(f"alias:{run}.{number}", f"alias:{run}.{one % 9}")
            )
            desk.papers.add([FiledPaper(key, paper, "t")])
            ids += [name, *paper.aliases]
            living.add(key)
        elif what == "replace" and living:
            key = sorted(living)[one % len(living)]
            desk.papers.replace([FiledPaper(key, Paper(id=name, title="u"), "u")])
            ids.append(name)
        elif what == "absorb" and len(living) > 1:
            gone = sorted(living)[one % len(living)]
            living.discard(gone)
            desk.papers.absorb(gone, into=sorted(living)[other % len(living)])
    return list(dict.fromkeys(ids)), living
