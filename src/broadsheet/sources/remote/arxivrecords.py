"""arXiv's own way with words: author lists, comments, categories, and the hours it announces at."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from broadsheet.papers import Author, Link, LinkKind, PartialDate, Record
from broadsheet.sources.dates import read_date
from broadsheet.sources.remote.oairecords import Item
from broadsheet.sources.remote.xmlpages import Values

ZONE: Final = ZoneInfo("America/New_York")
ANNOUNCED_AT: Final = time(20)
"""New papers are announced at this hour, Sunday to Thursday; holidays are not told anywhere."""

_CUT_OFF = time(14)
_QUIET_DAYS = (4, 5)
_FRIDAY, _SATURDAY, _SUNDAY = 4, 5, 6
_REAL_NEWS = timedelta(days=10)
_AND = re.compile(r",?\s+and\s+|\s*&\s+|\s*;\s*")
_ET_AL = re.compile(r",?\s*\bet\.? al\b\.?", re.IGNORECASE)
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv|2nd|3rd|ph\.?d|m\.?d)\.?", re.IGNORECASE)
_MAIL_DAY = re.compile(r"\s*(?:[A-Za-z]{3},\s*)?(\d{1,2} [A-Za-z]{3,9} \d{4})\b")
_NOT_NAMED = re.compile(r"(?:on behalf of|for|and)\s+(?:the\s+)?(?=\S)", re.IGNORECASE)
_WITHDRAWN = re.compile(
    r"\W{0,3}(?:admin note:? )?(?:(?:this|the|our) )?"
    r"(?:(?:\w+ )?(?:paper|article|submission|manuscript|preprint|pre-print|work|note|version|draft"
    r"|e-?print|thesis|letter|report|document|contribution)s? )?"
    r"(?:(?:has|have|had) (?:now )?been |is |was |are |being )?(?:temporarily |now )?"
    r"withdrawn\b(?! from (?!(?:the )?arxiv\b))",
    re.IGNORECASE,
)
_WORDS_LOOKED_AT = 300
_ADDRESS = re.compile(
    r"(?<![\w./@])(?:https?://|(?:www\.)?(?:github|gitlab)\.com/)[^\s<>\"{}|\\^`]{3,300}"
)
_CODE_HOSTS = ("github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "sourceforge.net")
_PROJECT_HOSTS = ("github.io", "gitlab.io", "sites.google.com", "netlify.app")
_CODE_WORDS = re.compile(r"\b(?:code|software|implementation|repository|package)s?\b", re.I)
_PROJECT_WORDS = re.compile(r"\b(?:project|home|web)[ -]?(?:page|site)|\b(?:website|demo)\b", re.I)
_LOOKED_BACK = 60


def read_arxiv_raw(item: Item, source: str) -> Record:
    """The record that `arXivRaw` says; ValueError if it has no title."""
    said: dict[str, str] = {}
    versions: list[tuple[int, str, str, str]] = []
    for name, text in item.values:
        if name == "version":
            number, moment = _number(said.pop("@version", "")), said.pop("date", "")
            size, kind = said.pop("size", "").strip(), said.pop("source_type", "").strip()
            versions.append((number, moment, size, kind))
        else:
            said.setdefault(name, text)
    versions.sort(key=lambda version: version[0])
    days = [day for _, moment, _, _ in versions if (day := _mail_day(moment))]
    _, _, size, kind = versions[-1] if versions else (0, "", "", "")
    return _record(
        item,
        source,
        said,
        authors=authors_of(said.get("authors", "")),
        announced=days[0] if days else None,
        revised=days[-1] if len(versions) > 1 and days else None,
        # arXiv keeps a withdrawal as a version without a source, which is to be ignored.
        emptied=len(versions) > 1 and "I" in kind and size in ("", "0kb"),
        format="arXivRaw",
    )


def read_arxiv(item: Item, source: str) -> Record:
    """The record that `arXiv` says, in which names are in parts; ValueError if it has no title."""
    said = _said(item.values)
    created, updated = _day(said.get("created", "")), _day(said.get("updated", ""))
    return _record(
        item,
        source,
        said,
        authors=_parted_authors(item.values),
        announced=created,
        revised=updated,
        emptied=False,
        format="arXiv",
    )


def _record(
    item: Item,
    source: str,
    said: dict[str, str],
    *,
    authors: tuple[Author, ...],
    announced: PartialDate | None,
    revised: PartialDate | None,
    emptied: bool,
    format: str,
) -> Record:
    """What both formats have in common."""
    if not said.get("title", "").strip():
        raise ValueError("the record has no title")
    comments, abstract = said.get("comments", ""), said.get("abstract", "")
    return Record(
        title=said["title"],
        abstract=abstract,
        authors=authors,
        announced=announced,
        revised=revised,
        venue=said.get("journal-ref", ""),
        categories=tuple(said.get("categories", "").split()),
        links=links_of(comments),
        licence=said.get("license", "").strip(),
        withdrawn=emptied or is_withdrawn(comments) or is_withdrawn(abstract),
        arxiv_id=item.native_id,
        doi=next(iter(said.get("doi", "").split()), None),
        source=source,
        format=format,
        raw=item.raw,
        native_id=item.native_id,
    )


def authors_of(text: str) -> tuple[Author, ...]:
    """The names of arXiv's author line: `A, B and C (Place)`, `The X Collaboration: A, B`.

    What stands in parentheses, as affiliations do, is left out; `Jr.` belongs to the name before
    it; commas within braces part nothing.
    """
    plain = " ".join(_without_parentheses(text).split())
    if " al" in plain:
        plain = _ET_AL.sub("", plain)
    names: list[str] = []
    for part in _split(_AND.sub(", ", plain)):
        head, colon, tail = part.partition(": ")
        for name in (head, tail) if colon else (part,):
            name = name.strip(" ,:")
            if led := _NOT_NAMED.match(name):
                name = name[led.end() :]
            if names and _SUFFIX.fullmatch(name):
                names[-1] += f" {name}"
            elif name:
                names.append(name)
    return tuple(Author(name) for name in names)


def is_withdrawn(text: str) -> bool:
    """Whether a comment or abstract begins by saying that the paper is withdrawn from arXiv."""
    if "ithdrawn" not in text and "ITHDRAWN" not in text:
        return False
    return bool(_WITHDRAWN.match(" ".join(text[:_WORDS_LOOKED_AT].split())))


def links_of(comments: str) -> tuple[Link, ...]:
    """The addresses of code and of project pages in a comment; others say nothing sure."""
    if "/" not in comments:
        return ()
    links = []
    for found in _ADDRESS.finditer(comments):
        url = found[0].rstrip(".,;:!?'*)]")
        url = url if "://" in url else f"https://{url}"
        before = comments[max(0, found.start() - _LOOKED_BACK) : found.start()]
        if kind := _kind(url, before):
            links.append(Link(kind, url))
    return tuple(dict.fromkeys(links))


def announcement_of(stamp: str) -> datetime | None:
    """The moment at which what has this datestamp was announced (aware UTC); None if it is none.

    Eight in the evening in New York is the next day in UTC, which is what the datestamp tells.
    """
    try:
        return _evening(date.fromisoformat(stamp[:10]) - timedelta(days=1))
    except (ValueError, OverflowError):
        return None


def announcement_after(submitted: datetime) -> datetime:
    """When what was submitted at a moment is announced, if nobody holds it back (aware UTC).

    Until 14:00 in New York on the same evening, from then on the next one; what comes on Friday
    before that hour waits for Sunday, what comes until Monday for Monday.
    """
    moment = submitted.astimezone(ZONE)
    day = moment.date() + timedelta(days=moment.time() >= _CUT_OFF)
    wait = {_FRIDAY: 2, _SATURDAY: 2, _SUNDAY: 1}.get(day.weekday(), 0)
    return _evening(day + timedelta(days=wait))


def last_announcement(now: datetime, grace: timedelta) -> datetime:
    """The latest announcement that lies at least `grace` back (aware UTC)."""
    day = now.astimezone(ZONE).date()
    while day.weekday() in _QUIET_DAYS or _evening(day) + grace > now:
        day -= timedelta(days=1)
    return _evening(day)


def is_news(stamp: str, record: Record) -> bool:
    """Whether a paper was new or revised when it got its datestamp, and not only touched.

    arXiv changes old records in bulk now and then; that is no announcement.
    """
    said = record.revised or record.announced
    if not said or not said.day:
        return False
    try:
        changed = date(said.year, said.month, said.day)
        return date.fromisoformat(stamp[:10]) - changed <= _REAL_NEWS
    except ValueError:
        return False


def _evening(day: date) -> datetime:
    return datetime.combine(day, ANNOUNCED_AT, ZONE).astimezone(UTC)


def _said(values: Values) -> dict[str, str]:
    """The first text of each name."""
    said: dict[str, str] = {}
    for name, text in values:
        said.setdefault(name, text)
    return said


def _number(version: str) -> int:
    digits = version.strip().lstrip("v")
    return int(digits) if digits.isdecimal() and len(digits) < 5 else 0


def _mail_day(text: str) -> PartialDate | None:
    """The day of `Tue, 11 Feb 2025 23:50:31 GMT`."""
    found = _MAIL_DAY.match(text)
    return _calendar_day(found[1]) if found else _day(text)


@lru_cache(maxsize=4096)
def _calendar_day(text: str) -> PartialDate | None:
    """The day of `11 Feb 2025`, which thousands of records share."""
    return read_date(text)


def _day(text: str) -> PartialDate | None:
    try:
        return PartialDate.parse(text)
    except ValueError:
        return None


def _parted_authors(values: Iterable[tuple[str, str]]) -> tuple[Author, ...]:
    authors, said = [], dict[str, str]()
    for name, text in values:
        if name == "author":
            parts = (said.get(part, "").strip() for part in ("forenames", "keyname", "suffix"))
            if full := " ".join(part for part in parts if part):
                authors.append(Author(full))
            said = {}
        else:
            said.setdefault(name, text)
            if name not in ("forenames", "keyname", "suffix", "affiliation"):
                said = {}
    return tuple(authors)


def _without_parentheses(text: str) -> str:
    if "(" not in text:
        return text
    depth, kept = 0, []
    for sign in text:
        depth += sign == "("
        if not depth:
            kept.append(sign)
        depth = max(0, depth - (sign == ")"))
    return "".join(kept)


def _split(text: str) -> list[str]:
    """Apart by commas that stand in no braces."""
    if "{" not in text:
        return text.split(",")
    depth, parts = 0, [""]
    for sign in text:
        depth = max(0, depth + (sign == "{") - (sign == "}"))
        if sign == "," and not depth:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def _kind(url: str, before: str) -> LinkKind | None:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return None
    if any(host == known or host.endswith(f".{known}") for known in _CODE_HOSTS):
        return LinkKind.CODE
    if any(host == known or host.endswith(f".{known}") for known in _PROJECT_HOSTS):
        return LinkKind.PROJECT
    code = max((found.end() for found in _CODE_WORDS.finditer(before)), default=0)
    project = max((found.end() for found in _PROJECT_WORDS.finditer(before)), default=0)
    if not code and not project:
        return None
    return LinkKind.CODE if code > project else LinkKind.PROJECT
