"""Simulated votes: papers of known worth, readers who see places, perhaps a ring of voters.

Twenty papers a day come at any hour for four weeks. Worth is log-normal (0, 1); what text lets
expect agrees with it by a Kendall tau of 0.3 (a correlation of logarithms of 0.45), which is about
what is measured on real editions. Readers come evenly; half look at the page in the order of the
formula that is tried, half at the newest papers. Place p is looked at with chance 1 / log2(p + 1),
of 25 places, and a paper that is looked at gets a vote with chance worth / 20. The page holds the
papers of the last seven days and is ordered anew every three hours. The ring: once a day twenty
accounts vote for one new paper of the less worthy half, three hours after it came.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from broadsheet.evaluation.editions import kendall, ndcg
from broadsheet.ranking.expected import expected_votes, typical_votes
from broadsheet.ranking.trending import Gain, Pulse, trend

DAYS, A_DAY, WINDOW, STEP = 28, 20, 7 * 24, 3
PLACES, RING, FORESEEN = 25, 20, 0.45
VOTE_CHANCE = 1 / 20
START = datetime(2026, 1, 1, tzinfo=UTC)
Row = npt.NDArray[np.float64]


@dataclass
class Shown:
    """A paper of the simulation; hours count from the start, `gains` are (hour, votes)."""

    hour: float
    worth: float
    multiplier: float
    gains: list[tuple[float, int]] = field(default_factory=list)
    first_seen_on_top: float | None = None

    @property
    def votes(self) -> int:
        """All votes so far."""
        return sum(count for _, count in self.gains)


class Past(NamedTuple):
    """What a formula may know of the instance: a typical paper's votes, and the mean a day."""

    typical: float
    a_day: float


Formula = Callable[[Shown, float, Past], float]


def _moment(hour: float) -> datetime:
    return START + timedelta(hours=hour)


def _trend(paper: Shown, hour: float, expected: float) -> float:
    gains = tuple(Gain(_moment(at), _moment(at), count) for at, count in paper.gains)
    return trend(Pulse(_moment(paper.hour), gains, expected=expected), _moment(hour)).score


FORMULAS: dict[str, Formula] = {
    "ours": lambda p, now, past: _trend(p, now, expected_votes(p.multiplier, past.typical)),
    "ours, every text expects the same": lambda p, now, past: _trend(p, now, past.typical),
    "raw votes": lambda p, now, past: p.votes,
    "votes / age": lambda p, now, past: p.votes / (now - p.hour + 2),
    "Hacker News": lambda p, now, past: (p.votes - 1) / (now - p.hour + 2) ** 1.8,
    "Reddit hot": lambda p, now, past: np.log10(max(p.votes, 1)) + 3600 * p.hour / 45000,
    "Bayesian mean a day": lambda p, now, past: (
        (3 * past.a_day + p.votes) / (3 + (now - p.hour) / 24)
    ),
    "newest": lambda p, now, past: p.hour,
}


class Found(NamedTuple):
    """How well the worthy were found: nDCG@10, tau, median hours to the first ten, ring's share.

    Hours are those of the worthiest tenth; one that never came there counts its seven days.
    """

    ndcg: float
    tau: float
    hours: float
    ring: float


def papers(draw: np.random.Generator) -> list[Shown]:
    """All papers of a simulation, the earliest first."""
    hours = np.sort(draw.uniform(0, DAYS * 24, DAYS * A_DAY))
    text = draw.normal(size=len(hours))
    own = draw.normal(size=len(hours))
    worth = np.exp(FORESEEN * text + np.sqrt(1 - FORESEEN**2) * own)
    return [
        Shown(float(hour), float(value), float(np.exp(FORESEEN * known)))
        for hour, value, known in zip(hours, worth, text, strict=True)
    ]


def simulate(formula: Formula, readers_a_day: float, ring: bool, seed: int) -> Found:
    """One run; the same seed gives the same papers to every formula."""
    made = papers(np.random.default_rng(seed))
    draw = np.random.default_rng(seed + 1000)
    targets = _targets(made, np.random.default_rng(seed + 2000)) if ring else {}
    looked = 1 / np.log2(np.arange(1, PLACES + 1) + 1) * readers_a_day * STEP / 24 / 2
    measured: list[tuple[float, float, float]] = []
    for hour in range(STEP, DAYS * 24, STEP):
        page = [number for number, one in enumerate(made) if hour - WINDOW < one.hour <= hour]
        past = _past(made, hour)
        scores = np.array([formula(made[number], hour, past) for number in page])
        order = [page[place] for place in np.argsort(-scores, kind="stable")]
        newest = sorted(page, key=lambda number: -made[number].hour)
        for number in order[:10]:
            if made[number].first_seen_on_top is None:
                made[number].first_seen_on_top = hour
        if hour >= WINDOW:
            worth = np.array([made[number].worth for number in page])
            held = len({*order[:10]} & {*targets}) / 10
            measured.append((ndcg(scores, worth), kendall(scores, worth), held))
        for places in (order, newest):
            _vote(made, places, looked, hour, draw)
        for number, at in targets.items():
            if hour <= at < hour + STEP:
                made[number].gains.append((at, RING))
    means = np.mean(measured, axis=0)
    return Found(means[0], means[1], _hours(made), means[2])


def _vote(
    made: list[Shown], places: list[int], looked: Row, hour: float, draw: np.random.Generator
) -> None:
    """Readers look at the places, and vote at some moment before the next order."""
    for number, views in zip(places, looked, strict=False):
        if count := int(draw.poisson(views * min(1.0, VOTE_CHANCE * made[number].worth))):
            made[number].gains.append((hour + STEP / 2, count))


def _past(made: list[Shown], hour: float) -> Past:
    """What the papers that have left the page tell."""
    settled = [one for one in made if one.hour <= hour - WINDOW][-200:]
    votes = [float(one.votes) for one in settled]
    typical = typical_votes(votes, [one.multiplier for one in settled])
    return Past(typical, (1 + sum(votes)) / (1 + len(votes)) / 7)


def _targets(made: list[Shown], draw: np.random.Generator) -> dict[int, float]:
    """Each day's paper of the ring, and the hour of its votes."""
    middle = float(np.median([one.worth for one in made]))
    found = {}
    for day in range(DAYS):
        poor = [
            number
            for number, one in enumerate(made)
            if day * 24 <= one.hour < (day + 1) * 24 and one.worth < middle
        ]
        chosen = int(draw.choice(poor))
        found[chosen] = made[chosen].hour + 3
    return found


def _hours(made: list[Shown]) -> float:
    """The median hours until one of the worthiest tenth is among the first ten."""
    bound = np.quantile([one.worth for one in made], 0.9)
    whole = [one for one in made if one.worth >= bound and one.hour <= DAYS * 24 - WINDOW]
    return float(
        np.median(
            [
                WINDOW if one.first_seen_on_top is None else one.first_seen_on_top - one.hour
                for one in whole
            ]
        )
    )
