"""Dates and months as sources write them, read as far as they are sure."""

import re
from typing import Final

from broadsheet.papers import PartialDate

_MONTHS: Final = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_SLASHED = re.compile(r"(\d{4})[-/.](\d{1,2})?(?:[-/.](\d{1,2}))?(?:/.*)?")
_NUMBER_MONTH = re.compile(r"\s*(\d{1,2})\s*")
_WORD = re.compile(r"[A-Za-z]{3,}")
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|2[01]\d\d)(?!\d)")
_DAY = re.compile(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)?(?!\d)")


def read_date(text: str) -> PartialDate | None:
    """Read `2024-05-27`, an ISO timestamp, `2024/05/27`, `27 May 2024`, `May 2024`, `2024`.

    An ambiguous or partly unreadable date gives the part that is sure; None if there is no year.
    """
    try:
        return PartialDate.parse(text)
    except ValueError:
        pass
    if slashed := _SLASHED.fullmatch(text.strip()):
        return partial(*(int(part or 0) for part in slashed.groups()))
    year = _YEAR.search(text)
    if not year:
        return None
    month = named_month(text)
    rest = text[: year.start()] + " " + text[year.end() :]
    days = _DAY.findall(rest) if month else []
    return partial(int(year[1]), month, int(days[0]) if len(days) == 1 else 0)


def read_month(text: str) -> int:
    """The month, 1 to 12, that `August`, `25-26 August`, `sept.` or `8` names first; else 0."""
    if number := _NUMBER_MONTH.fullmatch(text):
        return int(number[1]) if 1 <= int(number[1]) <= len(_MONTHS) else 0
    return named_month(text)


def named_month(text: str) -> int:
    """The month, 1 to 12, whose English name or its first letters `text` holds first; else 0."""
    for word in _WORD.findall(text):
        for number, name in enumerate(_MONTHS, start=1):
            if name.startswith(word.lower()):
                return number
    return 0


def partial(year: int, month: int = 0, day: int = 0) -> PartialDate | None:
    """The date as far as a calendar has it: a wrong day or month is left out, a wrong year None."""
    for parts in ((year, month, day), (year, month), (year,)):
        try:
            return PartialDate(*parts)
        except ValueError:
            continue
    return None
