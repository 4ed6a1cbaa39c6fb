"""Authorship on the pages: claimed, verified, withdrawn; profiles and organisations."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from broadsheet.catalogue import ClaimState
from broadsheet.people import Reader, Role
from tests.library.people import enrol
from tests.library.submitting import ENTRY, Answer, Desk, desk_over

TIDES = "/papers/2502.90001"
MIRA = "Mira Østergaard"
ORCID = "0000-0002-1825-0097"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A site of its own for each test: each changes it."""
    with desk_over(tmp_path) as one:
        yield one


def known_as(desk: Desk, reader: Reader, **changed: object) -> Reader:
    """The reader, of whom something else is known."""
    other = replace(reader, **changed)  # type: ignore[arg-type]
    with desk.catalogue.writing() as held:
        held.readers.replace(other)
    return other


def claim(desk: Desk, author: str = MIRA) -> Answer:
    """Claim the paper of the tides."""
    return desk.post("/claims", {"paper": "2502.90001", "author": author}, TIDES)


def role_of(desk: Desk, reader: Reader) -> Role:
    """What a reader may do now."""
    with desk.catalogue.reading() as held:
        found = held.readers.get(reader.key)
    assert found is not None
    return found.role


def test_an_orcid_speaks_for_itself(desk: Desk) -> None:
    known_as(desk, desk.reader, orcid=f"https://orcid.org/{ORCID}")
    page = desk.site.get(TIDES).text
    assert f"<option selected>{MIRA}</option>" in page
    assert claim(desk, "Tomás Quill").status_code == 400
    assert claim(desk).status_code == 303
    assert role_of(desk, desk.reader) is Role.AUTHOR
    page = desk.site.get(TIDES).text
    assert f"You are {MIRA}." in page
    desk.be(None)
    assert f'{MIRA} is <a href="/readers/ada">Ada Example</a> here.' in desk.site.get(TIDES).text
    assert "Tidal Attention" in desk.site.get("/readers/ada").text


def test_a_moderator_settles_what_no_orcid_says_and_the_claimant_is_told(desk: Desk) -> None:
    ada = desk.reader
    assert claim(desk).status_code == 303
    assert role_of(desk, ada) is Role.READER
    assert "a moderator will look at it" in desk.site.get(TIDES).text
    assert claim(desk).status_code == 409
    assert desk.site.get("/moderation/claims").status_code == 403
    desk.sign_in("max", Role.MODERATOR)
    page = desk.site.get("/moderation/claims").text
    assert "The reader is called Ada Example." in page
    assert f"ORCID as {ORCID}; the reader" in page
    form = {"paper": "2502.90001", "reader": "ada", "author": MIRA, "verdict": "refuse"}
    assert desk.post("/moderation/claims", form, "/moderation/claims").status_code == 400
    said = form | {"why": "Write from your address\r\nat the institute."}
    assert desk.post("/moderation/claims", said, "/moderation/claims").status_code == 303
    with desk.catalogue.reading() as held:
        notice = held.notices.of(ada.key, 9)[0]
        assert notice.text == (
            f"That you are {MIRA} on “Tidal Attention for Very Long Documents” was refused: "
            "Write from your address at the institute."
        )
        assert notice.path == TIDES
        assert [one.action for one in held.moderation.log(9)] == ["claim refused"]
    desk.be(ada)
    assert claim(desk).status_code == 303
    desk.sign_in("mod", Role.MODERATOR)
    verify = form | {"verdict": "verify"}
    assert desk.post("/moderation/claims", verify, "/moderation/claims").status_code == 303
    assert role_of(desk, ada) is Role.AUTHOR


def test_a_claim_is_withdrawn_and_with_the_last_one_the_role(desk: Desk) -> None:
    known_as(desk, desk.reader, orcid=ORCID)
    claim(desk)
    assert desk.post("/claims/withdraw", {"paper": "2502.90001"}, TIDES).status_code == 303
    assert role_of(desk, desk.reader) is Role.READER
    assert desk.post("/claims/withdraw", {"paper": "2502.90001"}, TIDES).status_code == 404


def test_nobody_is_who_somebody_else_is_known_to_be(desk: Desk) -> None:
    known_as(desk, desk.reader, orcid=ORCID)
    claim(desk)
    desk.sign_in("bob")
    assert claim(desk).status_code == 409
    assert claim(desk, "Nobody At All").status_code == 400
    assert claim(desk, "Tomás Quill").status_code == 303


def test_nobody_settles_their_own_claim(desk: Desk) -> None:
    desk.sign_in("max", Role.MODERATOR)
    claim(desk)
    form = {"paper": "2502.90001", "reader": "max", "author": MIRA, "verdict": "verify"}
    assert desk.post("/moderation/claims", form, "/moderation/claims").status_code == 403
    with desk.catalogue.reading() as held:
        assert held.claims.pending()[0].state is ClaimState.PENDING


def test_forms_say_what_they_showed(desk: Desk) -> None:
    """What is no longer so is not claimed and not verified (the rules are tried apart)."""
    form = {"paper": "2502.90001", "author": MIRA}
    marks = re.findall(r'name="authors" value="([0-9a-f]{16})"', desk.site.get(TIDES).text)
    assert len(marks) == 1
    stale = desk.post("/claims", {**form, "authors": "0" * 16}, TIDES)
    assert stale.status_code == 409
    assert "have changed since you saw them" in stale.text
    assert desk.post("/claims", {**form, "authors": marks[0]}, TIDES).status_code == 303
    desk.sign_in("max", Role.MODERATOR)
    page = desk.site.get("/moderation/claims").text
    assert f'name="author" value="{MIRA}"' in page
    other = {**form, "author": "Tomás Quill", "reader": "ada", "verdict": "verify"}
    assert desk.post("/moderation/claims", other, "/moderation/claims").status_code == 409


def test_an_author_has_their_own_vote_taken_out(desk: Desk) -> None:
    known_as(desk, desk.reader, full_name="Ana Holm")
    path = desk.submit(ENTRY).headers["location"]
    with desk.catalogue.reading() as held:
        key = held.submissions.latest(1)[0].paper_key
        id = held.papers.by_keys([key])[key].id
        assert held.votes.count([key]) == {key: 1}
    desk.post("/claims", {"paper": id, "author": "Ana Holm"}, path)
    desk.sign_in("max", Role.MODERATOR)
    form = {"paper": id, "reader": "ada", "author": "Ana Holm", "verdict": "verify"}
    desk.post("/moderation/claims", form, "/moderation/claims")
    with desk.catalogue.reading() as held:
        assert held.votes.count([key]) == {key: 0}


def test_a_profile_shows_what_somebody_did(desk: Desk) -> None:
    desk.submit(ENTRY, comment="Read it <b>slowly</b>.")
    desk.be(None)
    page = desk.site.get("/readers/ADA")
    assert page.status_code == 200
    assert page.text.count("Tiles that Never Repeat, by Hand") == 3
    assert "Read it &lt;b&gt;slowly&lt;/b&gt;." in page.text
    assert "ada@example.org" not in page.text
    assert desk.site.get("/readers/nobody").status_code == 404


def test_an_organisation_is_made_joined_and_given_papers(desk: Desk) -> None:
    made = {"name": "slow", "full_name": "Institute of Slow Reading", "url": "", "about": ""}
    assert desk.post("/organisations", made).status_code == 403
    known_as(desk, desk.reader, orcid=ORCID)
    claim(desk)
    give = {"paper": "2502.90001", "organisation": "slow"}
    desk.sign_in("cora", Role.CURATOR)
    assert desk.post("/organisations", made | {"url": "javascript:x"}).status_code == 400
    assert desk.post("/organisations", made | {"name": "../x"}).status_code == 400
    done = desk.post("/organisations", made)
    assert done.headers["location"] == "/organisations/slow"
    assert desk.post("/organisations", made).status_code == 409
    members = "/organisations/slow/members"
    for verb, status in (("add", 303), ("dance", 400)):
        sent = desk.post(members, {"reader": "ada", "verb": verb}, "/organisations/slow")
        assert sent.status_code == status
    stranger = enrol(desk.catalogue, "stranger")
    desk.be(stranger)
    assert desk.post("/papers/organisation", give, TIDES).status_code == 403
    desk.be(desk.reader)
    assert desk.post("/papers/organisation", give, TIDES).status_code == 303
    assert "Institute of Slow Reading" in desk.site.get(TIDES).text
    desk.be(None)
    page = desk.site.get("/organisations/slow").text
    assert "Tidal Attention" in page
    assert "Ada Example" in page
    assert "Institute of Slow Reading" in desk.site.get("/organisations").text
    shown = desk.site.get("/api/papers/2502.90001").json()
    assert shown["organization"]["name"] == "slow"


@pytest.mark.parametrize(
    "path", ["/claims", "/claims/withdraw", "/moderation/claims", "/organisations"]
)
def test_a_form_without_its_token_changes_nothing(desk: Desk, path: str) -> None:
    desk.sign_in("max", Role.ADMIN)
    assert desk.site.post(path, data={"paper": "2502.90001"}).status_code == 403
