"""What a section is, and what it may look at when it says what belongs into a letter."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from broadsheet.catalogue import Catalogue, Desk, Subscription
from broadsheet.papers import Paper

_T = TypeVar("_T")
_REMEMBERED = 6_000
"""Facts of papers: more than the letters of a few hundred subscribers name."""


@dataclass(frozen=True, slots=True)
class Item:
    """A paper that a section names, and why it does; `reason` is a short sentence or empty."""

    paper_key: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What one section says: a heading, why it is there, where there is more, papers by worth.

    `chosen` is set where the subscriber asked for these papers by name: topics and categories are
    then not asked for again.
    """

    title: str
    reason: str
    path: str
    items: Sequence[Item]
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Shared:
    """What was read for one letter of a run and holds for others of the same run.

    What is known of single papers is forgotten again, the longest unused first, so that a run of
    any length takes the same memory.
    """

    _kept: dict[tuple[object, ...], Any] = field(default_factory=dict)
    _papers: OrderedDict[tuple[str, int], Any] = field(default_factory=OrderedDict)

    def once(self, key: tuple[object, ...], read: Callable[[], _T]) -> _T:
        """What `read` gave when something with this key was first asked for."""
        if key not in self._kept:
            self._kept[key] = read()
        found: _T = self._kept[key]
        return found

    def of_paper(self, what: str, key: int, read: Callable[[], _T]) -> _T:
        """What `read` gave when this was last asked for of the paper with a key."""
        held = self._papers.get((what, key))
        found: _T = read() if held is None else held
        self._keep(what, key, found)
        return found

    def papers(self, keys: Iterable[int], desk: Desk) -> dict[int, Paper]:
        """The papers with these keys, of those that are there."""
        found: dict[int, Paper] = {}
        missing = []
        for key in keys:
            held = self._papers.get(("paper", key))
            if held is None:
                missing.append(key)
            else:
                found[key] = held
        if missing:
            found |= desk.papers.by_keys(missing)
        for key, paper in found.items():
            self._keep("paper", key, paper)
        return found

    def _keep(self, what: str, key: int, found: object) -> None:
        self._papers[what, key] = found
        self._papers.move_to_end((what, key))
        if len(self._papers) > _REMEMBERED:
            self._papers.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Matter:
    """One letter that is to be: for whom, of which local day, when, and all shelves."""

    desk: Desk
    subscription: Subscription
    day: date
    now: datetime
    shared: Shared


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of content: its name, and what says what it has for a letter, perhaps nothing.

    Of a full letter, one paper in `one_in` is kept for it, however much the sections before it
    have. `prepare` reads what holds for all letters of a run, before any transaction begins.
    """

    name: str
    gather: Callable[[Matter], Sequence[Part]]
    one_in: int
    prepare: Callable[[Catalogue, datetime, Shared], None] | None = None
