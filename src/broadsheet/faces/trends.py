"""What is trending at present, known once for each state of the catalogue, a minute at most."""

import threading
from dataclasses import dataclass, field
from datetime import timedelta

from broadsheet.errors import InputError
from broadsheet.faces.guard import present
from broadsheet.ranking import Order, Window, trending
from broadsheet.service import Service

KEPT = timedelta(minutes=1)
State = tuple[str, int, int]


@dataclass(slots=True)
class _Known:
    """The last order that was worked out; one thread works at a time."""

    state: State | None = None
    order: Order | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


_known = _Known()


def current(service: Service) -> Order:
    """What is trending now, or was less than a minute ago in the same catalogue."""
    with service.catalogue.reading() as desk:
        state = (desk.changes.lineage(), desk.changes.latest(), desk.changes.stirs())
    with _known.lock:
        now = present()
        held = _known.order
        if held is None or _known.state != state or not timedelta() <= now - held.at < KEPT:
            held = trending(service.catalogue, now)
            _known.state, _known.order = state, held
        return held


def recent(service: Service) -> Order:
    """What was trending less than a minute ago, whatever was filed since.

    For pages that name a number in passing, and are not to wait for it at every vote.
    """
    held, state = _known.order, _known.state
    if held is not None and state is not None and timedelta() <= present() - held.at < KEPT:
        with service.catalogue.reading() as desk:
            if desk.changes.lineage() == state[0]:
                return held
    return current(service)


def ranking_now(service: Service) -> list[int]:
    """The keys of the papers that are trending this month, in order."""
    return [one.key for one in current(service).of(Window.MONTH)]


def read_window(text: str | None) -> Window:
    """The window that is asked for, the week if none is; InputError for another word."""
    try:
        return Window(text or Window.WEEK)
    except ValueError:
        raise InputError(
            f"There is no window {text!r}.", hint=f"There are {', '.join(Window)}."
        ) from None
