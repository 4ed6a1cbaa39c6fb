"""Whatever is done with votes, in whatever order, a recount gives what is shown."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from broadsheet.catalogue import Catalogue, Desk
from broadsheet.community import voting
from broadsheet.errors import ForbiddenError, NotFoundError
from broadsheet.people import Role
from tests.library.claiming import claim
from tests.library.people import enrol
from tests.library.ready import new_catalogue
from tests.library.shelving import shelve

BEGAN = datetime(2026, 3, 1, 9, tzinfo=UTC)
PEOPLE, PAPERS = 9, 2
PERSON = st.integers(0, PEOPLE - 1)
PAPER = st.integers(0, PAPERS - 1)


class Votes(RuleBasedStateMachine):
    """Readers, most of them new, and a few papers; `cast` is who voted for what."""

    held_ever = 0

    def __init__(self) -> None:
        """Begin with an empty catalogue."""
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        where = Path(self._folder.name)
        new_catalogue(where / "c.db")
        self.catalogue = Catalogue.open(f"sqlite:///{where / 'c.db'}", locks=where)
        self.moss = enrol(self.catalogue, "moss", Role.MODERATOR)
        self.people = [enrol(self.catalogue, f"reader{place}") for place in range(PEOPLE)]
        with self.catalogue.writing() as desk:
            self.papers = shelve(desk)[:PAPERS]
            self.people[2:] = [replace(reader, joined=BEGAN) for reader in self.people[2:]]
            for reader in self.people:
                desk.readers.replace(reader)
        self.now = BEGAN
        self.cast: set[tuple[int, int]] = set()
        self.own: set[tuple[int, int]] = set()

    @contextmanager
    def writing(self) -> Iterator[Desk]:
        """A transaction, a while after the one before."""
        self.now += timedelta(seconds=20)
        with self.catalogue.writing() as desk:
            yield desk

    @rule(person=PERSON, paper=PAPER)
    def vote(self, person: int, paper: int) -> None:
        """Somebody votes."""
        reader, key = self.people[person], self.papers[paper]
        with self.writing() as desk:
            if (key, reader.key) in self.own:
                with pytest.raises(ForbiddenError):
                    voting.cast(desk, key, reader, self.now, limit=1000)
                return
            voting.cast(desk, key, reader, self.now, limit=1000)
        self.cast.add((key, reader.key))

    @rule(person=PERSON, paper=PAPER)
    def withdraw(self, person: int, paper: int) -> None:
        """Somebody withdraws a vote, or none."""
        one = (self.papers[paper], self.people[person].key)
        with self.writing() as desk:
            assert voting.withdraw(desk, one[0], self.people[person]) is (one in self.cast)
        self.cast.discard(one)

    @rule(paper=PAPER, release=st.booleans())
    def settle(self, paper: int, release: bool) -> None:
        """A moderator looks at the votes that are held."""
        key = self.papers[paper]
        with self.writing() as desk:
            held = {
                (key, vote.reader_key) for vote in desk.votes.of_papers([key])[key] if vote.held
            }
            if not held:
                with pytest.raises(NotFoundError):
                    voting.settle(desk, key, self.moss, self.now, release=release)
                return
            count = voting.settle(desk, key, self.moss, self.now, release=release)
            assert count == len(held)
        if not release:
            self.cast -= held

    @rule(person=st.integers(0, 1), paper=PAPER)
    def author(self, person: int, paper: int) -> None:
        """It is verified that a paper is somebody's own."""
        one = (self.papers[paper], self.people[person].key)
        if one not in self.own:
            with self.writing() as desk:
                claim(desk, *one, self.now, "verified")
            self.own.add(one)

    @rule(person=st.integers(7, 8))
    def leave(self, person: int) -> None:
        """Somebody's votes go with them; another person comes for them."""
        leaver = self.people[person]
        with self.writing() as desk:
            desk.personal.forget(leaver)
            self.people[person] = desk.readers.add(leaver)
        self.cast = {one for one in self.cast if one[1] != leaver.key}

    @invariant()
    def a_recount_gives_what_is_shown(self) -> None:
        """The rows are those of the model; what is counted are those that are not held."""
        with self.catalogue.reading() as desk:
            rows = desk.votes.connection.exec_driver_sql(
                "SELECT paper_key, reader_key, held FROM votes"
            ).all()
            shown = desk.votes.count(self.papers)
            held = {(vote.paper_key, vote.reader_key) for vote in desk.votes.held()}
        type(self).held_ever += len(held)
        assert sorted((row[0], row[1]) for row in rows) == sorted(self.cast)
        standing = {(row[0], row[1]) for row in rows if not row[2]} - self.own
        assert shown == {key: sum(one[0] == key for one in standing) for key in self.papers}
        assert held == {(row[0], row[1]) for row in rows if row[2]} - self.own

    def teardown(self) -> None:
        """Leave nothing behind."""
        assert self.catalogue.check() == []
        self.catalogue.close()
        self._folder.cleanup()


@pytest.mark.parametrize(
    ("runs", "steps"), [(10, 50), pytest.param(200, 50, marks=pytest.mark.nightly)]
)
def test_whatever_is_done_a_recount_gives_what_is_shown(runs: int, steps: int) -> None:
    Votes.held_ever = 0
    drawn = settings(
        max_examples=runs, stateful_step_count=steps, deadline=None, derandomize=runs < 100
    )
    run_state_machine_as_test(Votes, settings=drawn)
    assert Votes.held_ever, "no vote was ever held"
