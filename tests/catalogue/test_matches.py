"""The shelf of matches, on both stores."""

import pytest

from broadsheet.catalogue import Catalogue, Decision, Pair
from broadsheet.errors import NotFoundError
from tests.library import BEES, FROST, KETTLES, LIBRARY, RECEIVED, ROUTES, ROUTES_AGAIN
from tests.library.shelving import shelve, toy_key


def test_papers_are_found_by_title_key(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        shelve(desk, [ROUTES, BEES, ROUTES_AGAIN])
        asked = ["nothing", toy_key(ROUTES.title), toy_key(BEES.title)]
        assert desk.matches.titled(asked) == {
            "routingqueriesamonglanguagemodels": [1, 3],
            toy_key(BEES.title): [2],
        }


def test_a_title_longer_than_a_page_is_filed_too(catalogue: Catalogue) -> None:
    long = "".join(chr(0x4E00 + number % 20_000) for number in range(30_000))
    with catalogue.writing() as desk:
        shelve(desk, [type(BEES)(source="toy", format="csv", raw="", native_id="l", title=long)])
        assert desk.matches.titled([long]) == {long: [1]}


def test_bands_are_signed_64_bit_numbers(catalogue: Catalogue) -> None:
    low, high = -(2**63), 2**63 - 1
    with catalogue.writing() as desk:
        shelve(desk, [ROUTES, BEES])
        desk.matches.add_bands([(low, 1), (high, 1), (high, 2), (high, 2)])
        desk.matches.add_bands([(low, 1)])
        assert desk.matches.banded([low, 0, high]) == {low: [1], high: [1, 2]}
        desk.matches.drop_bands([1])
        assert desk.matches.banded([low, high]) == {high: [2]}


def test_many_bands_are_asked_for_in_parts(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        keys = shelve(desk)
        bands = [(number * 7919, keys[number % len(keys)]) for number in range(4000)]
        desk.matches.add_bands(bands)
        found = desk.matches.banded([band for band, _ in bands])
        assert found == {band: [key] for band, key in bands}


def test_pairs_are_listed_until_decided(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        shelve(desk, [ROUTES, BEES, ROUTES_AGAIN])
        desk.matches.pair(3, 1, "titles", 0.75, RECEIVED)
        desk.matches.pair(1, 3, "abstracts", 1.0, RECEIVED)
        desk.matches.pair(1, 2, "titles", 0.875, RECEIVED)
        first = Pair(1, 2, "titles", 0.875, RECEIVED)
        second = Pair(1, 3, "titles", 0.75, RECEIVED)
        assert desk.matches.pairs() == [first, second]
        assert desk.matches.pairs(limit=1) == [first]
        desk.matches.decide(2, 1, Decision.DIFFERENT)
        assert desk.matches.pairs() == [second]
        decided = Pair(1, 2, "titles", 0.875, RECEIVED, Decision.DIFFERENT)
        assert desk.matches.pairs(undecided_only=False) == [decided, second]
        with pytest.raises(NotFoundError, match="2 and 3 are not"):
            desk.matches.decide(3, 2, Decision.SAME)
        with pytest.raises(ValueError, match="with itself"):
            desk.matches.pair(1, 1, "titles", 1.0, RECEIVED)


def test_a_decision_survives_when_a_paper_is_absorbed(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        shelve(desk, [ROUTES, BEES, FROST, KETTLES])
        desk.matches.pair(1, 3, "titles", 0.5, RECEIVED)
        desk.matches.pair(2, 3, "titles", 0.25, RECEIVED)
        desk.matches.pair(2, 4, "titles", 0.75, RECEIVED)
        desk.matches.decide(2, 3, Decision.DIFFERENT)
        desk.papers.absorb(2, into=1)
        assert desk.matches.pairs(undecided_only=False) == [
            Pair(1, 4, "titles", 0.75, RECEIVED),
            Pair(1, 3, "titles", 0.5, RECEIVED, Decision.DIFFERENT),
        ]


def test_the_toy_library_has_no_two_papers_with_one_title(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        keys = shelve(desk)
        found = desk.matches.titled(toy_key(record.title) for record in LIBRARY)
        assert sorted(found.values()) == [[key] for key in keys]
