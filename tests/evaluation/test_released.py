"""The release gate on real sets: the present code against what the released version reached."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from broadsheet.evaluation import Comparison, compare
from broadsheet.evaluation.runs import EARLY
from broadsheet.ranking import Weights
from tests.library.released import SETS, measured, released

pytestmark = pytest.mark.shared_data


def held_against(name: str, run: str, now: Mapping[str, float]) -> Comparison:
    """The comparison with the released version; every query of ours must be one of its own."""
    before = released(name)[run]
    assert now.keys() <= before.keys()
    return compare(before, now)


@pytest.mark.parametrize(
    ("name", "first"), [("cacm", None), ("cisi", None), ("cranfield", None), ("scifact_train", 200)]
)
def test_nothing_is_lost_while_the_contextual_encoder_has_read_nothing(
    shared: Path, name: str, first: int | None
) -> None:
    now = measured(shared / "benchmarks" / name, contextual=False, first=first)[EARLY]
    assert len(now) == (first or len(released(name)[EARLY]))
    found = held_against(name, EARLY, now)
    assert not found.refused, found


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[] if name == "adi" else [pytest.mark.nightly]) for name in SETS],
)
def test_nothing_is_lost_once_it_has_read_everything(shared: Path, name: str) -> None:
    now = measured(shared / "benchmarks" / name, contextual=True)
    assert now.keys() == released(name).keys() == {"hybrid", EARLY}
    for run, figures in now.items():
        assert figures.keys() == released(name)[run].keys()
        found = held_against(name, run, figures)
        assert not found.refused, (run, found)


def test_a_version_that_forgot_the_words_is_refused(shared: Path) -> None:
    folder = shared / "benchmarks" / "cacm"
    now = measured(folder, contextual=False, weights=Weights(1.0, 1.0))[EARLY]
    found = held_against("cacm", EARLY, now)
    assert found.refused.startswith("the mean nDCG@10 fell by 0.")
