"""Saved searches match the papers that came since, each once."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broadsheet.catalogue import Cadence, FiledPaper, Wishes
from broadsheet.digests import add, match_searches
from broadsheet.papers import Paper, PaperId
from broadsheet.service import Service
from broadsheet.settings import read_settings
from tests.library.shelving import toy_key
from tests.library.site import fill

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """The toy library, opened."""
    fill(tmp_path / "home")
    settings = read_settings(tmp_path / "home").model_copy(update={"contextual": False})
    opened = Service.open(settings)
    yield opened
    opened.index.close()
    opened.catalogue.close()


def file(service: Service, name: str, title: str, *, index: bool = True) -> int:
    """A new paper; its key."""
    paper = Paper(id=PaperId(f"toy:{name}"), title=title, abstract="Nothing more is known.")
    with service.catalogue.writing() as desk:
        key = desk.papers.allocate(1)
        desk.papers.add([FiledPaper(key, paper, toy_key(title))])
    if index:
        service.index.catch_up(lambda _: None)
    return key


def keep(service: Service, *queries: str) -> list[int]:
    """Searches of a subscriber; their keys."""
    with service.catalogue.writing() as desk:
        one = add(desk, "ada@example.org", "", Wishes(cadence=Cadence.DAILY), NOW)
        return [desk.watches.keep(query, NOW, subscription_key=one.key) for query in queries]


def matches(service: Service, key: int) -> list[int]:
    with service.catalogue.reading() as desk:
        return desk.watches.matches(key, NOW, 100)


def test_only_what_comes_later_matches_and_once(service: Service) -> None:
    (search,) = keep(service, "attention tides")
    assert match_searches(service.catalogue, service.index, NOW) == 0
    new = file(service, "new", "Attention to the Tides of Mars")
    file(service, "other", "Attention to Kettles")
    assert match_searches(service.catalogue, service.index, NOW) == 1
    assert matches(service, search) == [new]
    assert match_searches(service.catalogue, service.index, NOW) == 0
    second = file(service, "second", "Tides, and Attention to Them")
    assert match_searches(service.catalogue, service.index, NOW) == 1
    assert matches(service, search) == [second, new]


def test_nothing_is_missed_while_the_index_is_behind(service: Service) -> None:
    (search,) = keep(service, "zeppelins")
    new = file(service, "new", "Zeppelins over Alpine Lakes", index=False)
    assert match_searches(service.catalogue, service.index, NOW) == 0
    service.index.catch_up(lambda _: None)
    assert match_searches(service.catalogue, service.index, NOW) == 1
    assert matches(service, search) == [new]


def test_a_query_that_cannot_be_asked_stops_no_other(service: Service) -> None:
    _, good = keep(service, "x" * 5_000, "zeppelins")
    new = file(service, "new", "Zeppelins over Alpine Lakes")
    assert match_searches(service.catalogue, service.index, NOW) == 1
    assert matches(service, good) == [new]


def test_filters_alone_and_alternatives_match_what_is_new(service: Service) -> None:
    either, has, both = keep(service, "zeppelins OR kettles", "has:abstract", "kettles lakes")
    new = file(service, "new", "Zeppelins over Alpine Lakes")
    other = file(service, "other", "Attention to Kettles")
    assert match_searches(service.catalogue, service.index, NOW) == 4
    assert matches(service, either) == [other, new]
    assert matches(service, has) == [other, new]
    assert matches(service, both) == []


def test_a_search_that_is_dropped_is_gone(service: Service) -> None:
    (search,) = keep(service, "zeppelins")
    file(service, "new", "Zeppelins over Alpine Lakes")
    match_searches(service.catalogue, service.index, NOW)
    with service.catalogue.writing() as desk:
        desk.watches.drop(search)
        assert desk.watches.all() == []
    assert matches(service, search) == []
    assert service.catalogue.check() == []
