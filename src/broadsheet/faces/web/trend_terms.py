"""The formula of what is trending in words: its constants, and the number of one paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import floor
from typing import Any

from broadsheet.ranking.attention import (
    EXPECTED_FOR,
    SETTLED,
    TYPICAL_PAPERS,
    Explained,
    Window,
)
from broadsheet.ranking.expected import PRIOR_PAPERS
from broadsheet.ranking.trending import (
    ARRIVAL,
    BEYOND_WEIGHT,
    CITATIONS_HALVE,
    CITATIONS_UNIT,
    COMMENTS_HALVE,
    COMMENTS_UNIT,
    IMPORTED_VOTE,
    SIGNAL_WEIGHT,
    STARS_HALVE,
    STARS_UNIT,
    SURPRISE_PRIOR,
    VOTES_HALVE,
    Gain,
    Pulse,
    Trend,
    due,
    faded,
    freshness,
    weighed,
)


def constants() -> dict[str, Any]:
    """The constants of the formula of what is trending, by the names its page gives them."""
    return {
        "votes_halve": _days(VOTES_HALVE),
        "comments_halve": _days(COMMENTS_HALVE),
        "stars_halve": _days(STARS_HALVE),
        "citations_halve": _days(CITATIONS_HALVE),
        "imported_vote": IMPORTED_VOTE,
        "surprise_prior": SURPRISE_PRIOR,
        "arrival": _days(ARRIVAL),
        "beyond_weight": BEYOND_WEIGHT,
        "signal_weight": SIGNAL_WEIGHT,
        "comments_unit": COMMENTS_UNIT,
        "stars_unit": STARS_UNIT,
        "citations_unit": CITATIONS_UNIT,
        "expected_for": EXPECTED_FOR.days,
        "settled": SETTLED.days,
        "typical_papers": TYPICAL_PAPERS,
        "prior_papers": PRIOR_PAPERS,
        "window_days": [(one, one.length.days) for one in Window],
    }


@dataclass(frozen=True, slots=True)
class TermTold:
    """One term of a paper's number: what it is worth, and the figures that it is made of."""

    name: str
    value: float
    figures: str


@dataclass(frozen=True, slots=True)
class TrendTold:
    """A paper's number, its terms, and what its text lets expect."""

    score: float
    terms: tuple[TermTold, ...]
    multiplier: float | None
    typical: float
    expected: float


def in_hundredths(trend: Trend) -> tuple[tuple[str, float], ...]:
    """The terms of a number, rounded so that they add up to it as it is shown, in hundredths.

    Each is cut down, and those that lost most get a hundredth more until the sum is right (the
    method of largest remainders): rounded each by itself they would miss it by up to two.
    """
    exact = [term.value * 100 for term in trend.terms]
    cut = [floor(value) for value in exact]
    losers = sorted(range(len(exact)), key=lambda place: cut[place] - exact[place])
    for place in losers[: round(round(trend.score, 2) * 100) - sum(cut)]:
        cut[place] += 1
    return tuple((term.name, value / 100) for term, value in zip(trend.terms, cut, strict=True))


def trend_told(one: Explained, now: datetime) -> TrendTold:
    """The number of a paper in figures, as of a moment (aware)."""
    pulse = one.pulse
    figures = {
        "votes": _votes_told(pulse, now),
        "beyond expectation": _beyond_told(pulse, now),
        "comments": _came_told(pulse.comments, COMMENTS_HALVE, now),
        "stars": _came_told(pulse.stars, STARS_HALVE, now),
        "citations": _came_told(pulse.citations, CITATIONS_HALVE, now),
    }
    terms = tuple(TermTold(name, value, figures[name]) for name, value in in_hundredths(one.trend))
    return TrendTold(one.trend.score, terms, one.multiplier, one.typical, pulse.expected)


def _votes_told(pulse: Pulse, now: datetime) -> str:
    ours, others = (faded(gains, now, None) for gains in (pulse.votes, pulse.imported))
    left = weighed(pulse, now, VOTES_HALVE)
    votes = "vote" if ours == 1 else "votes"
    told = f"{ours:,.0f} {votes} here and {others:,.0f} elsewhere count {left:.2f} by now"
    if not pulse.expected:
        return f"{told}."
    share = freshness(pulse, now)
    return f"{told}; {pulse.expected:.2f} expected ones count {pulse.expected * share:.2f}."


def _beyond_told(pulse: Pulse, now: datetime) -> str:
    received, by_now = weighed(pulse, now, None), due(pulse, now)
    return (
        f"{received:.2f} votes came ({IMPORTED_VOTE} for each from elsewhere) where {by_now:.2f} "
        f"should have come; the difference counts {freshness(pulse, now):.3f} by now."
    )


def _came_told(gains: Sequence[Gain], half_life: timedelta, now: datetime) -> str:
    came = faded(gains, now, None)
    return f"{came:,.0f} came, which count {faded(gains, now, half_life):.2f} by now."


def _days(length: timedelta) -> str:
    days = length.days
    return "day" if days == 1 else f"{days} days"
