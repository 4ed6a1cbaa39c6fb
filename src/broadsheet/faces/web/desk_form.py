"""What a curator wrote on the desk: read from its form, beside what others wrote meanwhile."""

from dataclasses import replace
from datetime import UTC, datetime

from broadsheet.catalogue import Pick, Section
from broadsheet.editions import placed
from broadsheet.errors import ConflictError, InputError
from broadsheet.faces.bodies import key_in
from broadsheet.faces.web.forms import Form, first

MINUTES = "%Y-%m-%dT%H:%M"
_QUOTED = 200
"""So much of two texts is shown where they are in each other's way."""
_MOVES = {"up": -1, "down": 1}


def written(form: Form, picks: list[Pick]) -> list[Pick]:
    """The picks in the order of their number fields and with the lines that were written.

    What somebody else picked meanwhile is not in the form, and stays at the end; what somebody
    else wrote or moved stays where this form left it alone.
    """
    numbers, found = {}, []
    for pick in picks:
        name = str(pick.paper_key)
        place = first(form, f"place-{name}")
        is_left = place == first(form, f"was-place-{name}")
        numbers[pick.paper_key] = pick.place if is_left else _number(place, pick.place)
        line = merged(form, f"line-{name}", pick.line)
        found.append(replace(pick, line=" ".join(line.split())))
    return sorted(found, key=lambda pick: numbers[pick.paper_key])


def merged(form: Form, name: str, now: str) -> str:
    """What a text is to be: as it is `now` if the form left it as it was shown, else as written.

    ConflictError where somebody else wrote another one meanwhile: neither is lost without a word.
    """
    if name not in form:
        return now
    text, shown = (" ".join(first(form, one).split()) for one in (name, f"was-{name}"))
    there = " ".join(now.split())
    if f"was-{name}" in form and text == shown:
        return now
    if f"was-{name}" in form and there not in (shown, text):
        raise ConflictError(
            f"Somebody else wrote “{there[:_QUOTED]}” there while you wrote “{text[:_QUOTED]}”.",
            hint="Open the desk again, and write what it is to be.",
        )
    return first(form, name)


def rearranged(picks: list[Pick], action: str, what: str, added: Pick | None) -> list[Pick]:
    """The picks after a button was pressed that adds, drops or moves one."""
    if added is not None:
        return placed([*picks, added])
    key = key_in(what)
    at = next((at for at, pick in enumerate(picks) if pick.paper_key == key), None)
    if at is None:
        return placed(picks)
    if action == "drop":
        del picks[at]
    elif action in _MOVES and 0 <= at + _MOVES[action] < len(picks):
        picks.insert(at + _MOVES[action], picks.pop(at))
    return placed(picks)


def moment_in(text: str, section: Section) -> datetime:
    """A moment as a form has it, meant in the section's zone."""
    try:
        local = datetime.strptime(text[: len("2026-11-21T07:00")], MINUTES)
    except ValueError:
        raise InputError(f"{text!r} is no moment.", hint="Write it as 2026-11-21T07:00.") from None
    return local.replace(tzinfo=section.cutoff_in_zone[1]).astimezone(UTC)


def _number(text: str, place: int) -> float:
    """Where a paper is to stand: one that is given another's place pushes that one on."""
    if not text.isascii() or not text.isdecimal() or len(text) > 8 or int(text) == place:
        return place
    return int(text) + (0.5 if int(text) > place else -0.5)
