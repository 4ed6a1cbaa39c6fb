"""What a subscriber chooses, as forms have it: read, checked, and shown again."""

from datetime import date
from typing import Any

from broadsheet.catalogue import Cadence, OnEmpty, Wishes
from broadsheet.digests import MOST_PAPERS, MOST_SECTIONS, ZONES, checked
from broadsheet.errors import InputError
from broadsheet.faces.web.forms import Form, first

_CADENCES = {
    Cadence.WEEKDAYS: "Monday to Friday",
    Cadence.DAILY: "every day",
    Cadence.WEEKLY: "every Monday",
    Cadence.MONTHLY: "on the first of each month",
}
_ON_EMPTY = {
    OnEmpty.SKIP: "send nothing",
    OnEmpty.SEND: "say so in a letter",
}
_DIGITS = 2


def wishes_in(form: Form, before: Wishes | None = None) -> Wishes:
    """The wishes that a form holds, what it lacks as it was; InputError for what cannot be."""
    held = before or Wishes()
    return checked(
        Wishes(
            cadence=_one_of(Cadence, first(form, "cadence") or held.cadence),
            hour=_number(first(form, "hour"), held.hour),
            zone=first(form, "zone") or held.zone,
            topics=_lines(form, "topics", held.topics),
            categories=_lines(form, "categories", held.categories),
            sections=_several(form, "sections", held.sections),
            size=_number(first(form, "size"), held.size),
            on_empty=_one_of(OnEmpty, first(form, "on_empty") or held.on_empty),
            paused_until=_day(form, held.paused_until),
        )
    )


def choices(wishes: Wishes) -> dict[str, Any]:
    """What the part of a form with wishes needs."""
    return {
        "wishes": wishes,
        "cadences": _CADENCES,
        "on_empties": _ON_EMPTY,
        "zones": ZONES,
        "most_papers": MOST_PAPERS,
        "most_sections": MOST_SECTIONS,
    }


def told(wishes: Wishes) -> str:
    """When letters come, in words."""
    return f"{_CADENCES[wishes.cadence]} at {wishes.hour:02}:00 ({wishes.zone})"


def _one_of(kind: Any, text: str) -> Any:
    try:
        return kind(text)
    except ValueError:
        known = ", ".join(kind)
        raise InputError(f"{text!r} is none of {known}.") from None


def _number(text: str, before: int) -> int:
    if not text:
        return before
    if not text.isascii() or not text.isdecimal() or len(text) > _DIGITS:
        raise InputError(f"{text!r} is no whole number of at most {_DIGITS} digits.")
    return int(text)


def _lines(form: Form, name: str, before: tuple[str, ...]) -> tuple[str, ...]:
    """The lines of a text, or what is between its commas."""
    if name not in form:
        return before
    words = first(form, name).replace(",", "\n").splitlines()
    return tuple(dict.fromkeys(" ".join(word.split()) for word in words if word.strip()))


def _several(form: Form, name: str, before: tuple[str, ...]) -> tuple[str, ...]:
    """The boxes that are ticked; a form that has them has an empty value too."""
    return tuple(dict.fromkeys(filter(None, form[name]))) if name in form else before


def _day(form: Form, before: date | None) -> date | None:
    if "paused_until" not in form:
        return before
    text = first(form, "paused_until")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError(f"{text!r} is no day.", hint="Write it as 2026-12-24.") from None
