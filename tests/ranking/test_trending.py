"""The trending formula, by hand and by property."""

from datetime import UTC, datetime, timedelta
from math import log, log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.catalogue.signals import DatedSignal
from broadsheet.papers import Signal, SignalKind
from broadsheet.ranking.trending import (
    Gain,
    Pulse,
    faded,
    gains_of,
    ordered,
    pulse_of,
    surprise,
    trend,
)

ANNOUNCED = datetime(2026, 3, 1, 8, tzinfo=UTC)
TWO_DAYS = timedelta(days=2)


def after(days: float) -> datetime:
    """A moment so long after the paper was announced."""
    return ANNOUNCED + timedelta(days=days)


def at(days: float, count: float = 1) -> Gain:
    """What came at one moment."""
    return Gain(after(days), after(days), count)


def seen(kind: SignalKind, days: float, value: int, source: str = "hub") -> DatedSignal:
    """A count that a source reported."""
    return DatedSignal(source, Signal(kind, value, at=after(days)))


def test_nothing_came_and_nothing_was_expected() -> None:
    trended = trend(Pulse(ANNOUNCED), after(3))
    assert trended.score == 0
    assert [term.name for term in trended.terms] == [
        "votes",
        "beyond expectation",
        "comments",
        "stars",
        "citations",
    ]


def test_every_term_by_hand() -> None:
    pulse = Pulse(
        ANNOUNCED,
        votes=(at(0, 4), at(2, 3)),
        imported=(at(2, 8),),
        comments=(at(0, 6), at(2, 1)),
        stars=(Gain(after(-5), after(-5), 120),),
        citations=(Gain(after(-58), after(-58), 12),),
        expected=4,
    )
    votes, beyond, comments, stars, citations = trend(pulse, after(2)).terms
    # Ours 4/2 + 3, imported 8/4, expected 4/2: nine, and one.
    assert tuple(votes) == ("votes", pytest.approx(10), pytest.approx(log2(10)))
    # 4 + 3 + 2 came, 4 x 3/4 were due: 11 over 5, half of it, and half of that after two days.
    assert tuple(beyond) == ("beyond expectation", pytest.approx(2.2), pytest.approx(log2(2.2) / 4))
    assert tuple(comments) == ("comments", pytest.approx(5), pytest.approx(log2(5) / 2))
    # 120 halved after a week are 60, in units of twenty.
    assert tuple(stars) == ("stars", pytest.approx(4), pytest.approx(1))
    # 12 halved after sixty days are 6, in units of two.
    assert tuple(citations) == ("citations", pytest.approx(4), pytest.approx(1))


def test_the_score_is_the_sum_of_its_terms() -> None:
    trended = trend(Pulse(ANNOUNCED, (at(0, 7),), comments=(at(0, 3),)), after(0))
    assert trended.score == pytest.approx(log2(8) + 0.5 * log2(9 / 2) + 0.5 * log2(4))
    assert trended.score == sum(term.value for term in trended.terms)


def test_what_came_in_evenly_fades_by_the_mean_of_the_decay() -> None:
    gain = Gain(after(0), after(2), 10)
    # The mean of 2^-x over 0..1 is (1 - 1/2) / log 2.
    assert faded([gain], after(2), TWO_DAYS) == pytest.approx(10 * 0.5 / log(2))
    assert faded([gain], after(4), TWO_DAYS) == pytest.approx(10 * 0.25 / log(2))
    assert faded([gain], after(4), None) == 10
    assert faded([gain], after(1), TWO_DAYS) == 0


def test_what_is_later_than_the_moment_does_not_count() -> None:
    pulse = Pulse(ANNOUNCED, (at(0), at(5, 9)), stars=(at(5, 900),), expected=2)
    assert trend(pulse, after(4)) == trend(Pulse(ANNOUNCED, (at(0),), expected=2), after(4))


def test_a_paper_that_is_announced_tomorrow_is_as_new_as_it_can_be() -> None:
    pulse = Pulse(ANNOUNCED, expected=3)
    assert trend(pulse, after(-1)) == trend(pulse, after(0))
    assert trend(pulse, after(0)).score == 2


def test_surprise_is_shrunk_where_votes_are_few() -> None:
    assert surprise(0, 0) == 0
    assert surprise(1, 1) == 0
    assert surprise(2, 0) == 1
    assert surprise(0, 6) == -2
    assert surprise(2, 1) < surprise(20, 10) < 1


def test_imported_counts_carry_the_order_where_readers_are_few() -> None:
    one_vote = Pulse(ANNOUNCED, (at(0.5),), expected=0.5)
    noticed = Pulse(ANNOUNCED, imported=(at(0.5, 60),), expected=0.5)
    voted = Pulse(ANNOUNCED, (at(0.5, 20),), expected=0.5)
    ranked = ordered({1: one_vote, 2: noticed, 3: voted}, after(1))
    assert [key for key, _ in ranked] == [3, 2, 1]


def test_expectation_orders_before_any_vote_and_counts_against_when_none_comes() -> None:
    awaited, plain = Pulse(ANNOUNCED, expected=8), Pulse(ANNOUNCED, expected=1)
    assert [key for key, _ in ordered({1: plain, 2: awaited}, after(0))] == [2, 1]
    assert trend(awaited, after(1)).terms[1].value < trend(plain, after(1)).terms[1].value < 0


def test_equal_numbers_by_rising_key() -> None:
    same = Pulse(ANNOUNCED, (at(0),))
    assert [key for key, _ in ordered({5: same, 2: same, 9: same}, after(1))] == [2, 5, 9]


def test_an_old_paper_that_is_found_again_trends() -> None:
    again = Pulse(after(-700), (at(0, 6),), expected=3)
    fresh = Pulse(ANNOUNCED, (at(0, 1),), expected=3)
    assert [key for key, _ in ordered({1: fresh, 2: again}, after(0.1))] == [2, 1]


def test_gains_are_the_growth_between_what_was_seen() -> None:
    signals = [
        seen(SignalKind.STARS, 4, 30),
        seen(SignalKind.STARS, 1, 10),
        seen(SignalKind.STARS, 2, 8),
        seen(SignalKind.STARS, 3, 12),
        seen(SignalKind.VOTES, 1, 99),
    ]
    assert gains_of(signals, SignalKind.STARS, ANNOUNCED) == (
        Gain(after(0), after(1), 10),
        Gain(after(2), after(3), 2),
        Gain(after(3), after(4), 18),
    )
    assert gains_of(signals, SignalKind.CITATIONS, ANNOUNCED) == ()


def test_a_count_from_before_the_announcement_came_at_once() -> None:
    signals = [seen(SignalKind.VOTES, -1, 5)]
    assert gains_of(signals, SignalKind.VOTES, ANNOUNCED) == (at(-1, 5),)


def test_sources_that_count_the_same_are_not_added_up() -> None:
    signals = [seen(SignalKind.VOTES, 1, 5, "b"), seen(SignalKind.VOTES, 2, 7, "a")]
    assert gains_of(signals, SignalKind.VOTES, ANNOUNCED) == (Gain(after(0), after(2), 7),)
    equal = [seen(SignalKind.VOTES, 1, 7, "b"), seen(SignalKind.VOTES, 2, 7, "a")]
    assert gains_of(equal, SignalKind.VOTES, ANNOUNCED) == (Gain(after(0), after(2), 7),)


def test_a_pulse_is_folded_from_signals_votes_and_comments() -> None:
    signals = [
        seen(SignalKind.VOTES, 1, 4),
        seen(SignalKind.COMMENTS, 1, 2),
        seen(SignalKind.STARS, 1, 50),
        seen(SignalKind.CITATIONS, 1, 1),
        seen(SignalKind.DOWNLOADS, 1, 1000),
        DatedSignal("hub", Signal(SignalKind.ORGANIZATION, text="Lab", at=after(0))),
    ]
    first_day = after(0), after(1)
    assert pulse_of(ANNOUNCED, signals, [after(2), after(1)], [after(3)], 2.5) == Pulse(
        ANNOUNCED,
        votes=(at(1), at(2)),
        imported=(Gain(*first_day, 4),),
        comments=(Gain(*first_day, 2), at(3)),
        stars=(Gain(*first_day, 50),),
        citations=(Gain(*first_day, 1),),
        expected=2.5,
    )


moments = st.floats(-30, 30).map(after)
gains = st.tuples(moments, moments, st.floats(0, 1e4)).map(
    lambda one: Gain(min(one[:2]), max(one[:2]), one[2])
)
many = st.lists(gains, max_size=5).map(tuple)
pulses = st.builds(Pulse, st.just(ANNOUNCED), many, many, many, many, many, st.floats(0, 1e3))


@given(pulses, st.floats(0, 60))
def test_more_votes_never_lower_a_paper(pulse: Pulse, days: float) -> None:
    more = Pulse(
        pulse.announced,
        (*pulse.votes, at(days)),
        pulse.imported,
        pulse.comments,
        pulse.stars,
        pulse.citations,
        pulse.expected,
    )
    assert trend(more, after(days)).score > trend(pulse, after(days)).score


@given(gains, st.floats(31, 300), st.floats(0, 300))
def test_what_came_only_fades(gain: Gain, days: float, later: float) -> None:
    sooner = faded([gain], after(days), TWO_DAYS)
    assert -1e-9 <= faded([gain], after(days + later), TWO_DAYS) <= sooner + 1e-9
    assert sooner <= gain.count + 1e-9
