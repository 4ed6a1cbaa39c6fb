"""Digests: who wants letters, when each is due, what goes into it, and that it goes out once."""

from broadsheet.digests.composing import Digest, Passage, compose, fingerprint
from broadsheet.digests.due import LOOK_BACK, comes_on, due_day, last_hour
from broadsheet.digests.matching import match_searches
from broadsheet.digests.sections import SECTIONS, Item, Matter, Part, Section, Shared
from broadsheet.digests.sending import Made, preview, previews, send_due
from broadsheet.digests.subscribing import (
    ASK_WINDOW,
    CONFIRM_WITHIN,
    CONFIRMATION,
    MOST_PAPERS,
    SOFT_LIMIT,
    add,
    address_in,
    ask,
    checked,
    confirm,
    existing,
    stop,
    stop_address,
    take_back,
)

__all__ = [
    "ASK_WINDOW",
    "CONFIRMATION",
    "CONFIRM_WITHIN",
    "LOOK_BACK",
    "MOST_PAPERS",
    "SECTIONS",
    "SOFT_LIMIT",
    "Digest",
    "Item",
    "Made",
    "Matter",
    "Part",
    "Passage",
    "Section",
    "Shared",
    "add",
    "address_in",
    "ask",
    "checked",
    "comes_on",
    "compose",
    "confirm",
    "due_day",
    "existing",
    "fingerprint",
    "last_hour",
    "match_searches",
    "preview",
    "previews",
    "send_due",
    "stop",
    "stop_address",
    "take_back",
]
