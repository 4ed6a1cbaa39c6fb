"""What a section is, and what it may look at when it says what belongs into a letter."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from broadsheet.catalogue import Catalogue, Desk, Subscription

_T = TypeVar("_T")


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
    """What was read for one letter of a run and holds for others of the same run."""

    _kept: dict[tuple[object, ...], Any] = field(default_factory=dict)

    def once(self, key: tuple[object, ...], read: Callable[[], _T]) -> _T:
        """What `read` gave when something with this key was first asked for."""
        if key not in self._kept:
            self._kept[key] = read()
        found: _T = self._kept[key]
        return found


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
