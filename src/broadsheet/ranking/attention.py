"""What came to papers lately, from the catalogue, and the order of what is trending by it."""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

from broadsheet.catalogue import Catalogue, Desk
from broadsheet.catalogue.attention import Dated
from broadsheet.papers import PartialDate
from broadsheet.ranking.expected import expected_votes, open_predictor, typical_votes
from broadsheet.ranking.trending import Pulse, Trend, has_gains, pulse_of, trend, weighed

MOST_OF_KIND = 500
"""Papers that are looked at for the votes, comments or signals of one kind that came."""
EXPECTED_FOR = timedelta(days=30)
"""Nothing is expected of a paper announced longer ago: it would count a 30,000th part by now."""
SETTLED = timedelta(days=7)
"""Papers older than this have most of the votes they will get."""
TYPICAL_PAPERS = 200
"""Settled papers of the last month by which an instance knows its typical votes."""
_MOST_KNOWN = 20_000


class Window(StrEnum):
    """How far back something must have come to a paper for it to be listed."""

    TODAY = "today"
    WEEK = "week"
    MONTH = "month"

    @property
    def length(self) -> timedelta:
        """The time that is looked back."""
        return _LENGTHS[self]


_LENGTHS = {
    Window.TODAY: timedelta(days=1),
    Window.WEEK: timedelta(days=7),
    Window.MONTH: timedelta(days=30),
}


@dataclass(frozen=True, slots=True)
class Trending:
    """A paper that something came to: its number with its terms, what came, and when last."""

    key: int
    trend: Trend
    last: datetime
    pulse: Pulse


@dataclass(frozen=True, slots=True)
class Order:
    """What is trending at a moment (aware): the papers by falling number, equals by rising key."""

    at: datetime
    papers: tuple[Trending, ...]

    def of(self, window: Window) -> tuple[Trending, ...]:
        """The papers to which something came within a window, in order."""
        since = self.at - window.length
        return tuple(one for one in self.papers if one.last >= since)

    def place(self, paper_key: int, window: Window) -> int | None:
        """The number of a paper in the order of a window, from 1; None for one that is not in."""
        for place, one in enumerate(self.of(window), 1):
            if one.key == paper_key:
                return place
        return None


@dataclass(frozen=True, slots=True)
class Explained:
    """Everything that the number of one paper is made of.

    `multiplier` is how many times a typical paper's votes its text lets expect, None where nothing
    is expected any more; `typical` are those votes.
    """

    pulse: Pulse
    trend: Trend
    multiplier: float | None
    typical: float


def trending(catalogue: Catalogue, now: datetime) -> Order:
    """What is trending, of the papers to which something came in the last month."""
    with catalogue.reading() as desk:
        last = desk.attention.since(now - Window.MONTH.length, now, MOST_OF_KIND)
        found = desk.attention.dated(last)
        latest = desk.changes.latest()
        bare = _pulses(desk, found, now)
    pulses, _ = _expecting(catalogue, found, bare, latest, now)
    trends = [Trending(key, trend(one, now), last[key], one) for key, one in pulses.items()]
    return Order(now, tuple(sorted(trends, key=lambda one: (-one.trend.score, one.key))))


def explained(catalogue: Catalogue, paper_key: int, now: datetime) -> Explained:
    """The number of a paper, whether it is in a list or not, and what it is made of."""
    with catalogue.reading() as desk:
        found = desk.attention.dated([paper_key])
        latest = desk.changes.latest()
        bare = _pulses(desk, found, now, quiet=True) if found else {paper_key: Pulse(now)}
    pulses, multipliers = _expecting(catalogue, found, bare, latest, now)
    pulse = pulses[paper_key]
    typical = _typical(catalogue, _midnight(now), latest)
    return Explained(pulse, trend(pulse, now), multipliers.get(paper_key), typical)


def _pulses(
    desk: Desk, found: Mapping[int, Dated], now: datetime, *, quiet: bool = False
) -> dict[int, Pulse]:
    """What came to each paper; those to which nothing did are left out unless `quiet`."""
    signals = desk.signals.of_papers(found)
    votes, comments = desk.votes.of_papers(found), desk.attention.commented(found)
    pulses = {}
    for key, one in found.items():
        cast = [vote.at for vote in votes[key] if not vote.held]
        told = [each.signal.at for each in signals[key] if each.signal.at is not None]
        first = min((*cast, *told, *comments[key]), default=now)
        announced = _moment(one.announced) or first
        pulse = pulse_of(announced, signals[key], cast, comments[key])
        if quiet or has_gains(pulse):
            pulses[key] = pulse
    return pulses


def _expecting(
    catalogue: Catalogue,
    found: Mapping[int, Dated],
    pulses: Mapping[int, Pulse],
    latest: int,
    now: datetime,
) -> tuple[dict[int, Pulse], dict[int, float]]:
    """The pulses with what each paper may expect, and the multipliers of those that are young."""
    young = [
        key
        for key, pulse in pulses.items()
        if key in found and now - pulse.announced < EXPECTED_FOR
    ]
    multipliers = _multipliers.of(catalogue, {key: found[key].change for key in young})
    typical = _typical(catalogue, _midnight(now), latest) if young else 0.0
    full = dict(pulses)
    for key, multiplier in multipliers.items():
        full[key] = replace(pulses[key], expected=expected_votes(multiplier, typical))
    return full, multipliers


@lru_cache(8)
def _typical(catalogue: Catalogue, midnight: datetime, _latest: int) -> float:
    """What a typical paper gets here, by settled papers of the last month, as of a midnight.

    Of many papers some are taken, evenly by key: most have no vote at all, and that counts.
    """
    last = midnight - SETTLED
    first = last - Window.MONTH.length
    with catalogue.reading() as desk:
        keys = sorted(desk.candidates.announced(f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}"))
        found = desk.attention.dated(_evenly(keys, TYPICAL_PAPERS))
        pulses = _pulses(desk, found, midnight, quiet=True)
    known = _multipliers.of(catalogue, {key: one.change for key, one in found.items()})
    received = [weighed(pulses[key], midnight, None) for key in known]
    return typical_votes(received, list(known.values()))


def _evenly(keys: Sequence[int], most: int) -> list[int]:
    step = max(1, -(-len(keys) // most))
    return list(keys[::step])


def _midnight(now: datetime) -> datetime:
    return datetime.combine(now.astimezone(UTC).date(), time(), UTC)


def _moment(announced: PartialDate | None) -> datetime | None:
    """The first moment of a date, aware UTC."""
    if announced is None:
        return None
    return datetime(announced.year, announced.month or 1, announced.day or 1, tzinfo=UTC)


class _Multipliers:
    """What the texts of papers let expect, kept in memory by paper and the number of its change."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, int], tuple[int, float]] = OrderedDict()

    def of(self, catalogue: Catalogue, changes: Mapping[int, int]) -> dict[int, float]:
        """The multiplier of each paper, the keys of which lead to the numbers of their changes."""
        lineage = catalogue.lineage
        with self._lock:
            held = {key: self._known.get((lineage, key)) for key in changes}
        found = {key: one[1] for key, one in held.items() if one and one[0] == changes[key]}
        missing = [key for key in changes if key not in found]
        if missing:
            made = _predicted(catalogue, missing)
            found |= made
            with self._lock:
                for key, value in made.items():
                    self._known[lineage, key] = (changes[key], value)
                while len(self._known) > _MOST_KNOWN:
                    self._known.popitem(last=False)
        return {key: found[key] for key in changes if key in found}


_multipliers = _Multipliers()


def _predicted(catalogue: Catalogue, keys: Iterable[int]) -> dict[int, float]:
    with catalogue.reading() as desk:
        papers = desk.papers.by_keys(keys)
    values = open_predictor().multipliers(list(papers.values()))
    return dict(zip(papers, values.tolist(), strict=True))
