"""Our reading of OAI-PMH against a repository by others: oai_repo, in an environment of its own."""

import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

import pytest

from broadsheet.papers import Author, Record
from broadsheet.sources.remote import Cursor, Options, Page, Wanted
from broadsheet.sources.remote.oai import open_source
from tests.library.servers.replying import client

ROOT = Path(__file__).parents[3]
PYTHON = ROOT / ".venv" / "clients" / "oai-provider" / "bin" / "python"
COUNT = 50


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    assert PYTHON.exists(), "`make test` installs the provider from locks/client-oai-provider.txt"
    words = [str(PYTHON), str(ROOT / "tests" / "library" / "servers" / "provider.py"), str(COUNT)]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as provider:
        assert provider.stdout is not None
        assert provider.stdin is not None
        yield provider.stdout.readline().strip()
        provider.stdin.close()


def pages(what: str, cursor: Cursor | None = None, since: date | None = None) -> Iterator[Page]:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    wanted = Wanted(now=now, cursor=cursor, since=since)
    return open_source(what, Options()).pages(client(), wanted)


def records(found: list[Page]) -> list[Record]:
    return [one for page in found for one in page.entries if isinstance(one, Record)]


def test_all_of_it(address: str) -> None:
    found = list(pages(address))
    assert [one.native_id for one in records(found)] == [f"peer.example/{n}" for n in range(COUNT)]
    assert records(found)[3].title == "Paper 3 & more"
    assert records(found)[3].authors == (Author("Ada Example"),)
    assert [page.total for page in found] == [COUNT] * 8
    assert found[-1].announced == datetime(2025, 2, 19, 12, tzinfo=UTC)


def test_a_set_from_a_day_on(address: str) -> None:
    found = list(pages(f"{address}?set=odd", since=date(2025, 1, 31)))
    assert [one.title for one in records(found)] == [f"Paper {n} & more" for n in range(31, 50, 2)]


def test_nothing_new(address: str) -> None:
    (page,) = pages(address, since=date(2026, 1, 1))
    assert page.entries == ()
    assert page.through is not None


def test_broken_off_and_gone_on_with(address: str) -> None:
    first = list(islice(pages(address), 3))
    rest = list(pages(address, first[-1].cursor))
    assert len(records(first)) + len(records(rest)) == COUNT


def test_a_token_that_is_not_taken(address: str) -> None:
    first = list(islice(pages(address), 3))
    assert first[-1].cursor is not None
    rest = list(pages(address, {**first[-1].cursor, "token": "nonsense"}))
    ids = {one.native_id for one in records(first + rest)}
    assert len(ids) == COUNT
    assert len(records(rest)) == COUNT - 19
