"""What rose: what is trending, by the instance's one formula, each paper with what came to it."""

from datetime import datetime

from broadsheet.catalogue import Cadence, Catalogue
from broadsheet.digests.sections.section import Item, Matter, Part, Shared
from broadsheet.ranking import Order, Pulse, Window, gained, trending

_LOOKED_AT = 100
_ORDER = ("rising",)


def prepare(catalogue: Catalogue, now: datetime, shared: Shared) -> None:
    """Work out what is trending, once for all letters of a run."""
    shared.once(_ORDER, lambda: trending(catalogue, now))


def gather(matter: Matter) -> list[Part]:
    """What is trending in the whole instance; a section's letter has none."""
    if matter.subscription.section:
        return []
    is_monthly = matter.subscription.wishes.cadence is Cadence.MONTHLY
    window = Window.MONTH if is_monthly else Window.WEEK
    items = matter.shared.once((*_ORDER, window), lambda: _items(matter, window))
    if not items:
        return []
    reason = "By votes, comments, stars and citations; the newest count most."
    path = f"/papers/trending?window={window}"
    return [Part(f"What rose this {window}", reason, path, items)]


def _items(matter: Matter, window: Window) -> list[Item]:
    order = matter.shared.once(_ORDER, lambda: Order(matter.now, ()))
    since = order.at - window.length
    return [
        Item(one.key, f"Number {place} this {window}{_told(one.pulse, since, order.at)}")
        for place, one in enumerate(order.of(window)[:_LOOKED_AT], 1)
    ]


def _told(pulse: Pulse, since: datetime, until: datetime) -> str:
    """What came to a paper between two moments, in words."""
    came = {
        "vote": gained((*pulse.votes, *pulse.imported), since, until),
        "comment": gained(pulse.comments, since, until),
        "star": gained(pulse.stars, since, until),
        "citation": gained(pulse.citations, since, until),
    }
    counts = {name: round(count) for name, count in came.items()}
    told = [f"{n:,} {name}{'' if n == 1 else 's'}" for name, n in counts.items() if n]
    return f": {', '.join(told)}" if told else ""
