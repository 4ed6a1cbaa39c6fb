"""Authors of one name on one paper: each can be claimed, and none by two."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from broadsheet.catalogue import Catalogue, ClaimState, Desk, FiledPaper
from broadsheet.community import (
    authors_mark,
    authors_of,
    claim,
    likely_author,
    settle_claim,
    told_apart,
    withdraw_claim,
)
from broadsheet.errors import ConflictError, InputError
from broadsheet.faces.api.huggingface import object_id
from broadsheet.faces.api.people import people_of
from broadsheet.papers import Author, Paper
from broadsheet.people import Reader, Role
from tests.library.dailies import file_papers, toy_dailies
from tests.library.people import enrol
from tests.library.shelving import toy_key

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
ORCID = "0000-0002-1825-0097"
AUTHORS = (Author("Wei Wang"), Author("Mira Example"), Author("Wei Wang", orcid=ORCID))
(TOY,) = toy_dailies(date(2026, 3, 2), 1)
PAPER = replace(TOY, authors=AUTHORS)


def named(catalogue: Catalogue, name: str, orcid: str | None = None) -> Reader:
    """A reader called Wei Wang."""
    reader = replace(enrol(catalogue, name), full_name="Wei Wang", orcid=orcid)
    with catalogue.writing() as desk:
        desk.readers.replace(reader)
    return reader


def verify(desk: Desk, key: int, reader: Reader, by: Reader, author: str) -> None:
    """Believe the claim to be an author."""
    settle_claim(desk, key, reader.key, by, author=author, believed=True, why="", now=NOW)


def change(desk: Desk, key: int, *authors: Author) -> Paper:
    """Let a source say that the paper has other authors."""
    changed = replace(PAPER, authors=authors)
    desk.papers.replace([FiledPaper(key, changed, toy_key(changed.title))])
    return changed


def test_who_has_the_name_of_one_before_has_a_number() -> None:
    assert told_apart(["A", "B", "A", "A (2)", "A"]) == ["A", "B", "A (2)", "A (2) (2)", "A (3)"]
    assert list(authors_of(PAPER)) == ["Wei Wang", "Mira Example", "Wei Wang (2)"]


def test_two_authors_of_one_name_are_two_readers(catalogue: Catalogue) -> None:
    first, second, third = (named(catalogue, name) for name in ("wei", "wang", "ww"))
    mod = enrol(catalogue, "mod", Role.MODERATOR)
    with catalogue.writing() as desk:
        (key,) = file_papers(desk, (PAPER,))
        assert likely_author(PAPER, first) == ""
        for reader, called in ((first, "Wei Wang"), (second, "Wei Wang (2)")):
            made = claim(desk, key, PAPER, reader, called, NOW)
            assert made.state is ClaimState.PENDING
            assert "2 authors of this name, at places 1 and 3" in made.how
            assert f"the one at {1 if reader is first else 3} is claimed" in made.how
            verify(desk, key, reader, mod, called)
        for called in ("Wei Wang", "Wei Wang (2)"):
            with pytest.raises(ConflictError, match="Somebody else is known to be"):
                claim(desk, key, PAPER, third, called, NOW)
        with pytest.raises(InputError, match="no author called"):
            claim(desk, key, PAPER, third, "Wei Wang (3)", NOW)
        people = people_of(desk, {key: PAPER}, "", object_id)[key]
    shown = people.in_paper({"authors": [{"name": one.name} for one in PAPER.authors]})
    users = [one.get("user", {}).get("name") for one in shown["authors"]]
    assert users == ["wei", None, "wang"]
    assert [one["name"] for one in shown["authors"]] == [one.name for one in AUTHORS]


def test_an_orcid_says_which_of_them_one_is(catalogue: Catalogue) -> None:
    wei = named(catalogue, "wei", orcid=f"https://orcid.org/{ORCID}")
    with catalogue.writing() as desk:
        (key,) = file_papers(desk, (PAPER,))
        assert likely_author(PAPER, wei) == "Wei Wang (2)"
        with pytest.raises(InputError, match=r"By your ORCID you are “Wei Wang \(2\)”"):
            claim(desk, key, PAPER, wei, "Wei Wang", NOW)
        made = claim(desk, key, PAPER, wei, "Wei Wang (2)", NOW)
    assert (made.state, made.how) == (ClaimState.VERIFIED, "orcid")


FIRST, MIRA, SECOND = AUTHORS
CHANGES = {
    "the namesakes in another order": (SECOND, MIRA, FIRST),
    "the first is gone": (MIRA, SECOND),
    "somebody came before": (MIRA, FIRST, SECOND),
    "another name": (Author("Wei Wáng"), MIRA, SECOND),
}


@pytest.mark.parametrize("authors", CHANGES.values(), ids=CHANGES)
def test_a_form_that_showed_other_authors_claims_nothing(
    catalogue: Catalogue, authors: tuple[Author, ...]
) -> None:
    wei = named(catalogue, "wei")
    with catalogue.writing() as desk:
        (key,) = file_papers(desk, (PAPER,))
        seen, now = authors_mark(PAPER), change(desk, key, *authors)
        with pytest.raises(ConflictError, match="have changed since you saw them"):
            claim(desk, key, now, wei, "Wei Wang", NOW, seen=seen)
        assert desk.claims.get(key, wei.key) is None
        called = next(name for name in authors_of(now) if name.startswith("Wei W"))
        assert claim(desk, key, now, wei, called, NOW, seen=authors_mark(now)).author == called


@pytest.mark.parametrize("authors", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("called", ["Wei Wang", "Wei Wang (2)"])
def test_a_claim_of_a_namesake_that_may_be_another_by_now_is_not_verified(
    catalogue: Catalogue, authors: tuple[Author, ...], called: str
) -> None:
    wei, mod = named(catalogue, "wei"), enrol(catalogue, "mod", Role.MODERATOR)
    with catalogue.writing() as desk:
        (key,) = file_papers(desk, (PAPER,))
        claim(desk, key, PAPER, wei, called, NOW)
        change(desk, key, *authors)
        with pytest.raises(ConflictError, match="have changed since Wei Wang"):
            verify(desk, key, wei, mod, called)
        refused = settle_claim(
            desk, key, wei.key, mod, author=called, believed=False, why="Again, please.", now=NOW
        )
    assert refused.state is ClaimState.REFUSED


def test_others_who_came_or_went_do_not_matter_to_a_name_of_its_own(catalogue: Catalogue) -> None:
    mira, mod = named(catalogue, "mira"), enrol(catalogue, "mod", Role.MODERATOR)
    with catalogue.writing() as desk:
        (key,) = file_papers(desk, (PAPER,))
        claim(desk, key, PAPER, mira, "Mira Example", NOW)
        change(desk, key, MIRA, Author("Zoe New"))
        verify(desk, key, mira, mod, "Mira Example")
        held = desk.claims.get(key, mira.key)
    assert held is not None
    assert held.state is ClaimState.VERIFIED


def test_a_moderator_verifies_what_they_saw_and_nothing_else(catalogue: Catalogue) -> None:
    wei, mod = named(catalogue, "wei"), enrol(catalogue, "mod", Role.MODERATOR)
    with catalogue.writing() as desk:
        (key,) = file_papers(desk, (PAPER,))
        claim(desk, key, PAPER, wei, "Wei Wang", NOW)
        withdraw_claim(desk, key, wei)
        claim(desk, key, PAPER, wei, "Mira Example", NOW)
        with pytest.raises(ConflictError, match="Another author is claimed by now: Mira Example"):
            verify(desk, key, wei, mod, "Wei Wang")
        assert desk.claims.pending()[0].author == "Mira Example"
