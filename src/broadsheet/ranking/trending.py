"""What is trending: one formula over dated signals, each of whose terms can be shown.

A paper's number is the sum of five terms, in doublings:

- votes: log2(1 + v), where v are the votes, each halved every two days; an imported vote counts a
  quarter. What text and links let expect is added, as votes of the moment of announcement.
- beyond expectation: half of log2((2 + n) / (2 + e)), halved every two days, where n are all votes
  and e those that should have come by now.
- comments, stars and citations: halves of log2(1 + c / unit), each with a half-life of its own.

That attention fades exponentially and each vote from its own moment keeps what is found again in
reach, unlike a divisor by age (Hacker News) or a bonus for being new (Reddit); it is forward decay
(Cormode et al., ICDE 2009). Logarithms dampen what comes in crowds. The votes that are added are
the prior of a Gamma-Poisson model, and the shrunk ratio is DuMouchel's ("Bayesian Data Mining in
Large Frequency Tables", The American Statistician, 1999): where ten readers vote and not ten
thousand, both stay near what was expected, and imported counts and the other signals decide.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp2, log, log2
from typing import NamedTuple

from broadsheet.catalogue.signals import DatedSignal
from broadsheet.papers import SignalKind

VOTES_HALVE = timedelta(days=2)
COMMENTS_HALVE = timedelta(days=2)
STARS_HALVE = timedelta(days=7)
CITATIONS_HALVE = timedelta(days=60)
"""Citations take months to come, and mean more the later they do."""
IMPORTED_VOTE = 0.25
"""An imported vote beside one of our readers', who know the field and can be checked."""
SURPRISE_PRIOR = 2.0
"""Votes added to what came and to what was expected, before the two are compared."""
ARRIVAL = timedelta(days=1)
"""Half of all votes a paper will get have come after so long."""
BEYOND_WEIGHT = 0.5
SIGNAL_WEIGHT = 0.5
COMMENTS_UNIT = 1.0
STARS_UNIT = 20.0
CITATIONS_UNIT = 2.0
"""So much of a signal counts as one doubling: two fresh comments count as one vote's would."""


@dataclass(frozen=True, slots=True)
class Gain:
    """So much of something came in, evenly, between two aware moments; equal for a single fact."""

    since: datetime
    until: datetime
    count: float


@dataclass(frozen=True, slots=True)
class Pulse:
    """What came to a paper and when; `expected` are all the votes it may expect, as weighed here.

    `votes` are our readers', withdrawn ones left out; `imported` are those of other places.
    """

    announced: datetime
    votes: tuple[Gain, ...] = ()
    imported: tuple[Gain, ...] = ()
    comments: tuple[Gain, ...] = ()
    stars: tuple[Gain, ...] = ()
    citations: tuple[Gain, ...] = ()
    expected: float = 0.0


class Term(NamedTuple):
    """One term: `value` doublings for an `amount` (what the term's logarithm is taken of)."""

    name: str
    amount: float
    value: float


@dataclass(frozen=True, slots=True)
class Trend:
    """A paper's number, the sum of the values of its terms."""

    terms: tuple[Term, ...]

    @property
    def score(self) -> float:
        """The number, in doublings; 0 where nothing came and nothing was expected."""
        return sum(term.value for term in self.terms)


def trend(pulse: Pulse, now: datetime) -> Trend:
    """The number of a paper at a moment (aware), with its terms; later facts do not count."""
    fresh = freshness(pulse, now)
    fading = weighed(pulse, now, VOTES_HALVE) + pulse.expected * fresh
    ratio = exp2(surprise(weighed(pulse, now, None), due(pulse, now)))
    comments = faded(pulse.comments, now, COMMENTS_HALVE) / COMMENTS_UNIT
    stars = faded(pulse.stars, now, STARS_HALVE) / STARS_UNIT
    citations = faded(pulse.citations, now, CITATIONS_HALVE) / CITATIONS_UNIT
    return Trend(
        (
            Term("votes", 1 + fading, log2(1 + fading)),
            Term("beyond expectation", ratio, BEYOND_WEIGHT * fresh * log2(ratio)),
            Term("comments", 1 + comments, SIGNAL_WEIGHT * log2(1 + comments)),
            Term("stars", 1 + stars, SIGNAL_WEIGHT * log2(1 + stars)),
            Term("citations", 1 + citations, SIGNAL_WEIGHT * log2(1 + citations)),
        )
    )


def has_gains(pulse: Pulse) -> bool:
    """Whether anything came to a paper at all."""
    came = (pulse.votes, pulse.imported, pulse.comments, pulse.stars, pulse.citations)
    return any(map(bool, came))


def freshness(pulse: Pulse, now: datetime) -> float:
    """What a vote of the moment of announcement still counts, 0..1."""
    return exp2(-(_age(pulse, now) / VOTES_HALVE))


def due(pulse: Pulse, now: datetime) -> float:
    """The votes that should have come by now, of those that are expected in all."""
    return pulse.expected * (1 - exp2(-(_age(pulse, now) / ARRIVAL)))


def _age(pulse: Pulse, now: datetime) -> timedelta:
    return max(now - pulse.announced, timedelta())


def weighed(pulse: Pulse, now: datetime, half_life: timedelta | None) -> float:
    """The votes of a paper up to a moment, imported ones at their weight; None fades nothing."""
    ours, others = (faded(gains, now, half_life) for gains in (pulse.votes, pulse.imported))
    return ours + IMPORTED_VOTE * others


def surprise(received: float, expected: float) -> float:
    """How far votes go beyond what was expected, in doublings, shrunk to 0 while both are few."""
    return log2((SURPRISE_PRIOR + received) / (SURPRISE_PRIOR + expected))


def faded(gains: Iterable[Gain], now: datetime, half_life: timedelta | None) -> float:
    """What came in up to a moment, each part halved once a half-life; None fades nothing."""
    return sum(gain.count * _share(gain, now, half_life) for gain in gains if gain.until <= now)


def gained(gains: Iterable[Gain], since: datetime, until: datetime) -> float:
    """What came in between two moments; of a gain that began before, the share since then."""
    came = 0.0
    for gain in gains:
        whole, inside = gain.until - gain.since, gain.until - max(gain.since, since)
        if since <= gain.until <= until:
            came += gain.count * (inside / whole if whole else 1.0)
    return came


def _share(gain: Gain, now: datetime, half_life: timedelta | None) -> float:
    """How much is left of a gain: the mean of the decay over the time it came in."""
    if half_life is None:
        return 1.0
    since, until = (now - gain.since) / half_life, (now - gain.until) / half_life
    if since <= until:
        return exp2(-until)
    return (exp2(-until) - exp2(-since)) / ((since - until) * log(2))


def ordered(pulses: Mapping[int, Pulse], now: datetime) -> list[tuple[int, Trend]]:
    """Papers by falling number, then rising key, with the terms of each."""
    trends = [(key, trend(pulse, now)) for key, pulse in pulses.items()]
    return sorted(trends, key=lambda one: (-one[1].score, one[0]))


def pulse_of(
    announced: datetime,
    signals: Sequence[DatedSignal],
    votes: Iterable[datetime] = (),
    comments: Iterable[datetime] = (),
    expected: float = 0.0,
) -> Pulse:
    """A paper's pulse: what sources reported, and when our readers voted and commented."""
    return Pulse(
        announced=announced,
        votes=tuple(Gain(at, at, 1) for at in sorted(votes)),
        imported=gains_of(signals, SignalKind.VOTES, announced),
        comments=(
            *gains_of(signals, SignalKind.COMMENTS, announced),
            *(Gain(at, at, 1) for at in sorted(comments)),
        ),
        stars=gains_of(signals, SignalKind.STARS, announced),
        citations=gains_of(signals, SignalKind.CITATIONS, announced),
        expected=expected,
    )


def gains_of(
    signals: Sequence[DatedSignal], kind: SignalKind, announced: datetime
) -> tuple[Gain, ...]:
    """The growth of a count between the moments at which it was seen, the first since announced.

    Sources that count the same are not added up: the one with the greatest count is believed. A
    count that falls gains nothing until it is above its greatest again.
    """
    seen: dict[str, list[tuple[datetime, int]]] = {}
    for source, signal in ((one.source, one.signal) for one in signals):
        if signal.kind is kind and signal.at is not None and signal.value is not None:
            seen.setdefault(source, []).append((signal.at, signal.value))
    if not seen:
        return ()
    believed = max(sorted(seen), key=lambda source: max(count for _, count in seen[source]))
    gains, since, greatest = list[Gain](), announced, 0
    for at, count in sorted(seen[believed]):
        if count > greatest:
            gains.append(Gain(min(since, at), at, count - greatest))
            greatest = count
        since = at
    return tuple(gains)
