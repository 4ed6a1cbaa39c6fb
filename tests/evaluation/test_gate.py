"""The gate counts queries that became worse, and refuses too many of them or too deep a fall."""

import random

import pytest

from broadsheet.evaluation.gate import compare


def figures(seed: int, count: int = 100) -> dict[str, float]:
    draw = random.Random(seed)
    return {f"q{number}": draw.uniform(0.2, 0.8) for number in range(count)}


def test_nothing_changed_is_let_through() -> None:
    found = compare(figures(1), figures(1))
    assert (found.flips, found.better, found.refused) == ((), 0, "")
    assert found.difference == 0
    assert found.chance == 1.0


@pytest.mark.parametrize("seed", range(5))
def test_seeded_flips_are_found_and_refused(seed: int) -> None:
    before = figures(seed)
    fallen = random.Random(seed).sample(sorted(before), 15)
    after = before | {name: before[name] - 0.2 for name in fallen}
    found = compare(before, after)
    assert {name for name, *_ in found.flips} == set(fallen)
    assert found.refused == "the mean nDCG@10 fell by 0.0300, and 0.0050 is allowed"


def test_many_flips_are_refused_even_where_the_mean_rose() -> None:
    before = figures(3)
    names = sorted(before)
    after = {name: before[name] + (-0.1 if name in names[:20] else 0.1) for name in names}
    found = compare(before, after)
    assert found.difference > 0
    assert found.better == 80
    assert found.refused == "20.0% of the queries became worse, and 10.0% are allowed"


def test_only_queries_that_both_have_are_compared() -> None:
    assert compare({"a": 0.5, "b": 0.1}, {"a": 0.5, "c": 0.9}).queries == 1
    with pytest.raises(ValueError, match="no query in common"):
        compare({"a": 0.5}, {"b": 0.5})
