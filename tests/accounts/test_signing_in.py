"""Coming in: links that work once, letters that cannot bomb anybody, sessions with new secrets."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from broadsheet.accounts import letters, passwords, signing_in
from broadsheet.accounts.signing_in import Visit
from broadsheet.catalogue import Catalogue, Posted
from broadsheet.errors import ConflictError, ForbiddenError, InputError, SignInError, TooOftenError
from broadsheet.people import Reader, Role
from broadsheet.signing import digest
from tests.library.people import enrol

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PASSWORD = "correct horse battery staple"


def visit(now: datetime = NOW, secret: str = "", reader: Reader | None = None) -> Visit:
    """A visit from one place."""
    return Visit(secret, "Firefox", "192.0.2.1", now, reader.key if reader else None)


def ask(catalogue: Catalogue, email: str, now: datetime = NOW, *, is_open: bool = False) -> None:
    """Ask for a link."""
    with catalogue.writing() as desk:
        letters.ask_for_link(desk, email, is_open=is_open, now=now)


def posted(catalogue: Catalogue) -> list[Posted]:
    """The letters, the oldest first."""
    with catalogue.reading() as desk:
        return desk.outbox.listed(None, 1000)[::-1]


def secret_in(letter: Posted) -> str:
    """The secret of the link in a letter."""
    base, _, secret = letter.letter.values["link"].partition(letters.LINK)
    assert base == ""
    return secret


def follow(catalogue: Catalogue, secret: str, visit: Visit, name: str = "") -> tuple[Reader, str]:
    """Use a link up."""
    with catalogue.writing() as desk:
        return signing_in.follow(desk, secret, name, visit)


def test_a_link_signs_in_once_and_within_its_time(catalogue: Catalogue) -> None:
    ada = enrol(catalogue, "ada")
    ask(catalogue, "ada@example.org")
    (letter,) = posted(catalogue)
    assert (letter.letter.kind, letter.letter.recipient) == ("sign-in", "ada@example.org")
    assert letter.letter.expires == NOW + letters.LINK_LASTS
    secret = secret_in(letter)
    late = visit(NOW + letters.LINK_LASTS)
    with pytest.raises(ForbiddenError):
        follow(catalogue, secret, late)
    reader, session = follow(catalogue, secret, visit())
    assert reader == ada
    with catalogue.reading() as desk:
        held = desk.sessions.get(digest(session), NOW)
    assert held is not None
    assert (held.reader_key, held.proved, held.agent) == (ada.key, NOW, "Firefox")
    with pytest.raises(ForbiddenError):
        follow(catalogue, secret, visit())


def test_two_at_once_cannot_use_one_link(catalogue: Catalogue) -> None:
    enrol(catalogue, "ada")
    ask(catalogue, "ada@example.org")
    secret, came = secret_in(posted(catalogue)[0]), []

    def come() -> None:
        try:
            came.append(follow(catalogue, secret, visit())[1])
        except ForbiddenError:
            came.append("")

    threads = [threading.Thread(target=come) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(came) == 8
    assert sum(map(bool, came)) == 1


def test_one_place_asks_for_so_many_letters_and_no_more(catalogue: Catalogue) -> None:
    def asked(address: str, now: datetime) -> int:
        try:
            with catalogue.writing() as desk:
                letters.count_asking(desk, address, now)
        except TooOftenError as error:
            return error.retry_after
        return 0

    minutes = [NOW + timedelta(seconds=10 * at) for at in range(letters.MOST_ASKED)]
    assert [asked("192.0.2.1", now) for now in minutes] == [0] * letters.MOST_ASKED
    assert asked("192.0.2.1", NOW + timedelta(minutes=9)) == 60
    assert asked("192.0.2.2", NOW) == 0
    assert asked("192.0.2.1", NOW + letters.LETTER_EVERY) == 0


@pytest.mark.parametrize("is_open", [False, True])
def test_one_address_gets_one_letter_a_window(catalogue: Catalogue, is_open: bool) -> None:
    enrol(catalogue, "ada")
    for second in range(200):
        ask(catalogue, "ada@example.org", NOW + timedelta(seconds=second), is_open=is_open)
    assert len(posted(catalogue)) == 1
    ask(catalogue, "ada@example.org", NOW + letters.LETTER_EVERY, is_open=is_open)
    assert len(posted(catalogue)) == 2


def test_nobody_without_an_account_gets_a_letter_unless_all_may_join(catalogue: Catalogue) -> None:
    ask(catalogue, "who@example.org")
    assert posted(catalogue) == []
    ask(catalogue, "who@example.org", NOW + letters.LETTER_EVERY, is_open=True)
    secret = secret_in(posted(catalogue)[0])
    now = NOW + letters.LETTER_EVERY
    with pytest.raises(InputError):
        follow(catalogue, secret, visit(now), "no name")
    enrol(catalogue, "grace")
    with pytest.raises(ConflictError):
        follow(catalogue, secret, visit(now), "Grace")
    reader, _ = follow(catalogue, secret, visit(now), "Hedy")
    assert (reader.name, reader.role, reader.email) == ("hedy", Role.READER, "who@example.org")
    assert reader.confirmed == now


def test_an_invitation_gives_its_role_with_and_without_an_address(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        by_letter = letters.invite(desk, "a@example.org", Role.CURATOR, NOW)
        by_hand = letters.invite(desk, "", Role.MODERATOR, NOW)
    (letter,) = posted(catalogue)
    assert (letter.letter.kind, letter.letter.values["link"]) == ("invitation", by_letter)
    late = NOW + timedelta(days=6)
    first, _ = follow(catalogue, secret_in(letter), visit(late), "ada")
    second, _ = follow(catalogue, by_hand.partition("pass=")[2], visit(late), "grace")
    assert (first.role, first.email, first.confirmed) == (Role.CURATOR, "a@example.org", late)
    assert (second.role, second.email, second.confirmed) == (Role.MODERATOR, None, None)


def test_an_address_moves_only_where_its_account_is_signed_in(catalogue: Catalogue) -> None:
    ada, grace = enrol(catalogue, "ada"), enrol(catalogue, "grace")
    with catalogue.writing() as desk:
        letters.ask_for_address(desk, ada, "new@example.org", NOW)
        letters.ask_for_address(desk, ada, "grace@example.org", NOW)
    sent = [(one.letter.kind, one.letter.recipient) for one in posted(catalogue)]
    assert sent[0] == ("address", "new@example.org")
    assert set(sent[1:]) == {("account", "ada@example.org")}
    secret = secret_in(posted(catalogue)[0])
    for stranger in (None, grace):
        with pytest.raises(ForbiddenError):
            follow(catalogue, secret, visit(reader=stranger))
    moved, _ = follow(catalogue, secret, visit(reader=ada))
    assert (moved.key, moved.email) == (ada.key, "new@example.org")


def test_a_new_session_ends_the_one_before(catalogue: Catalogue) -> None:
    ada = enrol(catalogue, "ada")
    with catalogue.writing() as desk:
        first = signing_in.begin_session(desk, ada, visit())
        second = signing_in.begin_session(desk, ada, visit(secret=first))
        assert first != second
        assert desk.sessions.get(digest(first), NOW) is None
        assert desk.sessions.get(digest(second), NOW) is not None
        assert desk.sessions.get(digest(second), NOW + signing_in.SESSION_LASTS) is None


@pytest.mark.parametrize("called", ["ada", "Ada", "ADA@example.org"])
def test_a_password_signs_in_by_name_and_by_address(catalogue: Catalogue, called: str) -> None:
    ada = enrol(catalogue, "ada")
    with catalogue.writing() as desk:
        signing_in.set_password(desk, ada, PASSWORD, NOW)
    assert signing_in.sign_in_by_password(catalogue, called, PASSWORD, visit())[0] == ada
    assert [one.letter.kind for one in posted(catalogue)] == ["account"]
    for name, word in ((called, PASSWORD.upper()), ("nobody", PASSWORD), (called, "")):
        with pytest.raises(SignInError) as refused:
            signing_in.sign_in_by_password(catalogue, name, word, visit())
        assert "do not belong together" in refused.value.message


def test_a_hash_of_former_parameters_is_made_anew(catalogue: Catalogue) -> None:
    from argon2 import PasswordHasher

    ada = enrol(catalogue, "ada")
    with catalogue.writing() as desk:
        desk.readers.set_password(ada.key, PasswordHasher(1, 8192, 1).hash(PASSWORD))
    signing_in.sign_in_by_password(catalogue, "ada", PASSWORD, visit())
    with catalogue.reading() as desk:
        assert (desk.readers.password_of(ada.key) or "").startswith("$argon2id$v=19$m=19456,t=2")
    assert signing_in.sign_in_by_password(catalogue, "ada", PASSWORD, visit())[0] == ada


def test_whom_a_proxy_names_has_one_account(catalogue: Catalogue) -> None:
    enrol(catalogue, "ada")
    with catalogue.writing() as desk:
        first = signing_in.enter_by_proxy(desk, "Ada@uni.example", NOW)
        again = signing_in.enter_by_proxy(desk, "ada@UNI.example", NOW)
        other = signing_in.enter_by_proxy(desk, "ada", NOW)
    assert first == again
    assert [first.name, other.name] == ["ada-2", "ada-3"]


def test_a_new_password_or_address_ends_the_links_that_were_sent_before(
    catalogue: Catalogue,
) -> None:
    ada = enrol(catalogue, "ada")
    ask(catalogue, "ada@example.org")
    old = secret_in(posted(catalogue)[-1])
    with catalogue.writing() as desk:
        signing_in.set_password(desk, ada, PASSWORD, NOW)
    with pytest.raises(ForbiddenError):
        follow(catalogue, old, visit())
    later = NOW + letters.LETTER_EVERY
    ask(catalogue, "ada@example.org", later)
    with catalogue.writing() as desk:
        letters.ask_for_address(desk, ada, "lovelace@example.org", later)
    sent = {
        one.letter.kind: secret_in(one) for one in posted(catalogue) if "link" in one.letter.values
    }
    follow(catalogue, sent["address"], visit(later, reader=ada))
    with pytest.raises(ForbiddenError):
        follow(catalogue, sent["sign-in"], visit(later))


def test_nobody_is_kept_from_signing_in_by_who_wants_their_address(catalogue: Catalogue) -> None:
    enrol(catalogue, "ada")
    mallory = enrol(catalogue, "mallory")
    with catalogue.writing() as desk:
        letters.ask_for_address(desk, mallory, "ada@example.org", NOW)
    ask(catalogue, "ada@example.org")
    ask(catalogue, "ada@example.org")
    to_ada = [one for one in posted(catalogue) if one.letter.recipient == "ada@example.org"]
    assert [one.letter.kind for one in to_ada] == ["sign-in"]


def test_a_password_that_changes_while_it_is_judged_lets_nobody_in(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = enrol(catalogue, "ada")
    with catalogue.writing() as desk:
        signing_in.set_password(desk, ada, PASSWORD, NOW)
    judge = passwords.is_right

    def judged_slowly(kept: str | None, password: str) -> bool:
        found = judge(kept, password)
        with catalogue.writing() as desk:
            signing_in.set_password(desk, ada, f"{PASSWORD} anew", NOW)
        return found

    monkeypatch.setattr(passwords, "is_right", judged_slowly)
    with pytest.raises(SignInError):
        signing_in.sign_in_by_password(catalogue, "ada", PASSWORD, visit())
