"""Passwords: which are refused, what is kept of them, and how long wrong ones make one wait."""

from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher

from broadsheet.accounts import passwords
from broadsheet.catalogue import Catalogue
from broadsheet.errors import InputError, TooOftenError
from broadsheet.people import Reader, Role

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ADA = Reader(
    key=1,
    name="ada",
    full_name="Ada Lovelace",
    role=Role.READER,
    joined=NOW,
    email="countess@example.org",
)


@pytest.mark.parametrize(
    "password",
    [
        "",
        "tooshort1!x",
        "x" * 257,
        "aaaaaaaaaaaaaa",
        "121212121212",
        "password1234",
        "P@ssw0rd2026!!",
        "passwordpassword",
        "Welcome-Summer-2026",
        "qwertyuiop12",
        "123456789012",
        "098765432109",
        "abcdefghijklm",
        "letmein!letmein!",
        "my lovelace engine",
        "the countess of x",
    ],
)
def test_what_anybody_would_guess_is_refused(password: str) -> None:
    with pytest.raises(InputError) as refused:
        passwords.checked_password(password, ADA)
    assert refused.value.hint == passwords.RULE


@pytest.mark.parametrize(
    "password",
    ["correct horse battery staple", "zuhause gibt es Klöße", "nine-Words_4tw?", "  a b c d e f "],
)
def test_others_are_taken_as_they_are(password: str) -> None:
    assert passwords.checked_password(password, ADA) == password


def test_what_is_kept_is_argon2id_and_tells_right_from_wrong() -> None:
    kept = passwords.hashed("correct horse battery staple")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert kept != passwords.hashed("correct horse battery staple")
    assert passwords.is_right(kept, "correct horse battery staple")
    assert not passwords.is_right(kept, "correct horse battery stapl")
    assert not passwords.is_right(None, "nobody has this password")
    assert not passwords.is_right("no hash", "correct horse battery staple")
    assert not passwords.is_outdated(kept)
    assert passwords.is_outdated(PasswordHasher(time_cost=1, memory_cost=8192).hash("x"))


def tried(catalogue: Catalogue, account: str, address: str, now: datetime) -> int:
    """One wrong password; the seconds that are to be waited, 0 if it was judged."""
    try:
        with catalogue.writing() as desk:
            passwords.count_try(desk, account, address, now)
    except TooOftenError as error:
        return error.retry_after
    return 0


def test_wrong_ones_make_one_wait_longer_and_longer(catalogue: Catalogue) -> None:
    assert [tried(catalogue, "ada", "192.0.2.1", NOW) for _ in range(6)] == [0, 0, 0, 0, 0, 1]
    now, waits = NOW, []
    for _ in range(12):
        wait = tried(catalogue, "ada", "192.0.2.1", now)
        waits.append(wait)
        now += timedelta(seconds=wait)
        assert tried(catalogue, "ADA", "192.0.2.1", now) == 0
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_neither_many_addresses_nor_many_accounts_help(catalogue: Catalogue) -> None:
    from_many = [tried(catalogue, "ada", f"192.0.2.{n}", NOW) for n in range(22)]
    assert from_many == [0] * 20 + [1, 1]
    of_many = [tried(catalogue, f"name-{n}", "198.51.100.7", NOW) for n in range(22)]
    assert of_many == [0] * 20 + [1, 1]
    assert tried(catalogue, "grace", "203.0.113.9", NOW) == 0


def test_a_right_one_is_not_counted_and_a_day_forgets(catalogue: Catalogue) -> None:
    for _ in range(50):
        assert tried(catalogue, "ada", "192.0.2.1", NOW) == 0
        with catalogue.writing() as desk:
            passwords.uncount_try(desk, "ada", "192.0.2.1", NOW)
    for _ in range(5):
        assert tried(catalogue, "ada", "192.0.2.1", NOW) == 0
    assert tried(catalogue, "ada", "192.0.2.1", NOW) == 1
    assert tried(catalogue, "ada", "192.0.2.1", NOW + timedelta(hours=25)) == 0


def test_no_name_and_no_address_is_kept_of_tries(sqlite_catalogue: Catalogue) -> None:
    tried(sqlite_catalogue, "ada", "192.0.2.1", NOW)
    with sqlite_catalogue.reading() as desk:
        rows = desk.passes.connection.exec_driver_sql("SELECT * FROM tries").all()
    assert len(rows) == 3
    assert b"ada" not in repr(rows).encode()
    assert b"192" not in repr(rows).encode()
