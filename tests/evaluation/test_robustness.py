"""What changes cost, by numbers, and through the real engine."""

from collections.abc import Iterator, Mapping

import pytest

from broadsheet.evaluation import judge, reference_runs, shelved
from broadsheet.evaluation.measures import Judged
from broadsheet.evaluation.robustness import (
    STUFFED,
    Spoilt,
    decoyed,
    robustness,
    spoilt_runs,
    worst_share,
    worst_tenth,
)
from broadsheet.evaluation.runs import REFERENCE
from broadsheet.evaluation.sets import JudgedSet, Text
from broadsheet.ranking import Weights
from tests.library.finding import TOPICS, TopicEncoder

PAIRS = dict(
    zip(TOPICS, "frost pane anchor ladle thimble gravel cinder hinge".split(), strict=True)
)
JUDGED = JudgedSet(
    "toy",
    (
        *(
            Text(f"d-{one}", f"Some {one}", f"A {one} beside a {word}.")
            for one, word in PAIRS.items()
        ),
        Text("far", "", "The Grand Plinth Union (GPU) met."),
    ),
    {one: f"{word} with {one}" for one, word in PAIRS.items()} | {"union": "Grand Plinth Union"},
    {one: {f"d-{one}": 1} for one in PAIRS} | {"union": {"far": 1}},
)


def figures(**by_query: tuple[float, float]) -> Judged:
    return Judged("toy", {q: {"ndcg@10": n, "recall@100": r} for q, (n, r) in by_query.items()})


def test_what_a_change_costs() -> None:
    before = figures(a=(1.0, 1.0), b=(0.5, 1.0), c=(0.5, 1.0))
    found = robustness(before, figures(a=(0.4, 0.9), b=(0.5, 0.3), c=(0.6, 1.0)), {"a"})
    assert found.mean == pytest.approx(0.5)
    assert found.fall == pytest.approx(1 / 6)
    assert found.fall_of_changed == pytest.approx(0.6)
    assert (found.worst, found.worst_quarter, found.worst_recall) == (0.4, 0.4, 0.3)
    assert robustness(before, before, set()).fall_of_changed == 0.0


def test_the_worst_share_is_the_mean_of_the_lowest() -> None:
    many = figures(**{f"q{at:02}": (at / 20, 1.0) for at in range(20)})
    assert worst_tenth(many) == pytest.approx(0.025)
    assert worst_share(many.values("ndcg@10"), 0.25) == pytest.approx(0.1)


def test_decoys_among_the_first_ten_are_counted() -> None:
    first = [f"d{at}" for at in range(9)]
    found = {"a": ["x"], "b": [*first, "x"], "c": [*first, "d9", "x"], "d": ["x"]}
    spoilt = Spoilt(STUFFED, {"toy": found}, frozenset("abc"), frozenset({"x"}))
    assert decoyed(spoilt, "toy") == pytest.approx(2 / 3)


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Spoilt]]:
    """What all runs find in the toy set after each change."""

    def quietly(_what: str, _done: int, _total: int) -> None:
        """Tell nobody."""

    home = tmp_path_factory.mktemp("home")
    with shelved(
        JUDGED, home, [TopicEncoder()], weights=Weights(0.25, 0.45), tell=quietly
    ) as shelf:
        runs = shelf.runs(JUDGED.queries, quietly)
        asked = {**runs, REFERENCE: reference_runs(JUDGED, 1)[REFERENCE]}
        found = {one.change: one for one in spoilt_runs(JUDGED, shelf, asked, quietly, 1)}
        # What was not changed was not asked again, and is what it would have been.
        for query in JUDGED.queries.keys() - found["acronyms"].touched:
            assert found["acronyms"].runs["hybrid"][query] == runs["hybrid"][query]
        yield found


def test_only_what_a_change_touches_fares_otherwise(spoilt: Mapping[str, Spoilt]) -> None:
    assert spoilt["acronyms"].touched == {"union"}
    assert spoilt["spelling"].touched == frozenset()
    for one in spoilt.values():
        assert set(one.runs) == {"hybrid", "lexical", "semantic", REFERENCE}
        assert all(run.keys() == JUDGED.queries.keys() for run in one.runs.values())
    acronyms = judge("lexical", spoilt["acronyms"].runs["lexical"], JUDGED)
    assert acronyms.by_query["union"]["ndcg@10"] == 1.0


def test_words_alone_fall_for_decoys(spoilt: Mapping[str, Spoilt]) -> None:
    one = spoilt[STUFFED]
    assert len(one.touched) == len(one.decoys) == len(JUDGED.queries)
    assert decoyed(one, "lexical") == decoyed(one, REFERENCE) == 1.0
    assert all(one.decoys.isdisjoint(found) for found in spoilt["typo"].runs["lexical"].values())
