"""Authors of one name on one paper: each can be claimed, and none by two."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from broadsheet.catalogue import Catalogue, ClaimState
from broadsheet.community import authors_of, claim, likely_author, settle_claim, told_apart
from broadsheet.errors import ConflictError, InputError
from broadsheet.faces.api.huggingface import object_id
from broadsheet.faces.api.people import people_of
from broadsheet.papers import Author
from broadsheet.people import Reader, Role
from tests.library.dailies import file_papers, toy_dailies
from tests.library.people import enrol

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
            settle_claim(desk, key, reader.key, mod, believed=True, why="", now=NOW)
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
