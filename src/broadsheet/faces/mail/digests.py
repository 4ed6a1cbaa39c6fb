"""Regular letters: what their templates are given, and the headers that let one leave at once."""

import json
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from urllib.parse import quote, urlencode

from broadsheet.catalogue import Cadence, Letter
from broadsheet.digests import PREFERENCES_PATH, UNSUBSCRIBE_PATH
from broadsheet.errors import InputError
from broadsheet.faces.answers import path_of
from broadsheet.faces.mail.headers import one_line
from broadsheet.faces.mail.letterhead import Letterhead
from broadsheet.text import shortened

_LONGEST = 1_000
"""Characters of any text in a letter: everything that is longer was cut before."""
_LONGEST_NAME = 39
_REMEMBERED = 4096
"""Texts that are kept, since many letters say the same of a paper."""
_NO_NAME = re.compile(r"[^a-z0-9-]")
_CHOICES = ("save", "more", "less")
_HEADLINE = 80
"""Characters of the first title in a subject: more of it no list of letters shows."""
_PREHEADER = 180
_WHEN: dict[str, str] = {
    Cadence.WEEKDAYS: "from Monday to Friday",
    Cadence.DAILY: "every day",
    Cadence.WEEKLY: "every Monday",
    Cadence.MONTHLY: "on the first of each month",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A paper in a letter; `save`, `more` and `less` lead to pages with a button, `say` to all."""

    title: str
    byline: str
    kicker: str
    standfirst: str
    warning: str
    reason: str
    link: str
    save: str
    more: str
    less: str
    say: str


@dataclass(frozen=True, slots=True)
class Passage:
    """What one section of a letter says."""

    title: str
    reason: str
    link: str
    entries: tuple[Entry, ...]


def spread(letter: Letter, head: Letterhead) -> dict[str, object]:
    """What the templates of a regular letter are given; InputError if its values are no such."""
    try:
        told = letter.values
        day, token = date.fromisoformat(told["day"]), told["token"]
        preferences = f"{head.base}{PREFERENCES_PATH}/{quote(token)}"
        passages = [
            Passage(
                title=_line(one["title"]),
                reason=_line(one["reason"]),
                link=f"{head.base}{one['path']}",
                entries=tuple(_entry(item, head.base, preferences) for item in one["items"]),
            )
            for one in json.loads(told["passages"])
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"The values of a regular letter are damaged: {error!r}.") from error
    titles = [entry.title for passage in passages for entry in passage.entries]
    return {
        "day": day,
        "section": _line(told.get("section", "")),
        "passages": passages,
        "titles": titles,
        "headline": shortened(titles[0], _HEADLINE) if titles else "",
        "preheader": shortened(" · ".join(titles[1:]) or _first_words(passages), _PREHEADER),
        "when": _WHEN.get(told.get("cadence", ""), ""),
        "recipient": letter.recipient,
        "preferences": preferences,
        "leave": way_out(token, head),
    }


def list_headers(letter: Letter, head: Letterhead) -> dict[str, str]:
    """The headers of a list's letter (RFC 2369, 2919 and 8058); values are safe as they are.

    One request to an address over HTTPS ends the letters; without HTTPS nobody is offered that.
    """
    leave = way_out(letter.values.get("token", ""), head)
    section = _NO_NAME.sub("", letter.values.get("section", ""))[:_LONGEST_NAME] or "all"
    headers = {
        "List-Id": f"<{section}.{head.sender.domain}>",
        "List-Unsubscribe": f"<{leave}>",
        "List-Help": f"<{head.base}/subscribe>",
    }
    if leave.startswith("https://"):
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def way_out(token: str, head: Letterhead) -> str:
    """The address that ends a subscription."""
    return f"{head.base}{UNSUBSCRIBE_PATH}/{quote(token)}"


def _first_words(passages: list[Passage]) -> str:
    """What a letter with a single paper begins with."""
    return next((entry.standfirst for one in passages for entry in one.entries), "")


def _entry(item: dict[str, str], base: str, preferences: str) -> Entry:
    path, about = _address(item["id"])
    say = f"{preferences}/say"
    links = {choice: f"{say}?choice={choice}&{about}" for choice in _CHOICES}
    kicker = " · ".join(filter(None, (item.get("categories", ""), item["date"])))
    return Entry(
        title=_line(item["title"]),
        byline=_line(item["byline"]),
        kicker=_line(kicker),
        standfirst=_line(item["standfirst"]),
        warning=_line(item["warning"]),
        reason=_line(item["reason"]),
        link=base + path,
        say=f"{say}?{about}",
        **links,
    )


@lru_cache(maxsize=_REMEMBERED)
def _address(id: str) -> tuple[str, str]:
    """Where a paper is, and how an address names it."""
    return path_of(id), urlencode({"paper": id})


@lru_cache(maxsize=_REMEMBERED)
def _line(text: str) -> str:
    """A text on one line."""
    return one_line(text)[:_LONGEST]
