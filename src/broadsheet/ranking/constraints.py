"""Constraints in plain words ("since 2020", "with code", "at EMNLP"), read as the query language.

A word that may be the topic stays a word: a year counts where nothing follows it that could be
counted ("after 2000 iterations"), a venue and an author only where the catalogue has them.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from broadsheet.ranking.names import Names, venue_at

EARLIEST = 1900
"""The first year that a number is taken for; the last is the one after the present one."""
MOST_PLACES = 4
"""How often "at", "in" and "from" are looked behind for a venue."""
_KEPT, _TAKEN = "\x01", "\x02"
_COUNTS = "one two three four five six seven eight nine ten".split()
_NOUN = r"(?:papers?|articles?|publications?|works?|studies|research|preprints?)"
_CUE = (
    r"(?:(?:(?:that|which)\s+(?:was|were|are|have\s+been)\s+)?(?P<cue>published|presented|"
    r"appear(?:ed|ing)|accepted|released|announced|written|dated)\s+)?"
)
_NEXT = (
    r"(?=\s*(?:$|[,;?!)\x02]|\.(?!\d))|\s+(?:on|about|with|by|at|in|from|and|that|which|using|for|"
    r"published|since|after|before|until|between|concerning|regarding|please|thanks|thank)\b)"
)
_NUMBER = r"(?:19|20)\d\d"
_YEAR = rf"(?:the\s+year\s+)?(?<![\d.,-])(?P<year>{_NUMBER})(?![\w-]|[.,]\d)"
_TO = r"(?:\s+(?:to|and|until|till|through)\s+|\s*[-\u2013\u2014]\s*)"
_RANGE = (
    rf"\b{_CUE}(?:from|between|in|during|of)\s+(?P<first>{_NUMBER}){_TO}"
    rf"(?P<year>{_NUMBER})(?![\w-]|[.,]\d){_NEXT}"
)
_OPEN = {
    "since|starting\\s+(?:in|from)": (0, None),
    "after|later\\s+than|newer\\s+than": (1, None),
    "before|prior\\s+to|earlier\\s+than|older\\s+than": (None, -1),
    "until|till|no\\s+later\\s+than": (None, 0),
}
_ONWARDS = rf"\b{_CUE}from\s+{_YEAR}\s+on(?:wards?)?{_NEXT}"
_IN_YEAR = rf"\b{_CUE}(?P<at>in|during|from|of)\s+{_YEAR}{_NEXT}"
_YEAR_FIRST = rf"\b{_YEAR}(?=\s+(?:papers|articles|publications)\b)"
_SPAN = (
    rf"\b{_CUE}(?:(?:in|over|during|from|within|of)\s+)?(?:(?P<this>this\s+year)|"
    rf"(?P<last>(?<!the\s)last\s+year)|(?:the\s+)?(?:past|last|previous)\s+"
    rf"(?:(?P<count>\d{{1,2}}|{'|'.join(_COUNTS)})\s+years|(?P<one>year)|decade)){_NEXT}"
)
_WITH = r"(?:\b(?:with|having|(?:that|which)\s+(?:have|has|come\s+with))|(?<=\x02)\s+and)\s+"
_OFFERED = "available|publicly\\s+available|public|released|official|open|open-source"
_THINGS = {
    "code": rf"(?:(?:a|the|their)\s+)?(?P<sure>(?:{_OFFERED})\s+)?(?:source\s+)?code"
    r"(?:\s+(?P<offered>available|released|repositor(?:y|ies)|repo))?",
    "project": r"(?:(?:a|the|their)\s+)?project\s+(?:web\s*)?(?:pages?|sites?)",
    "pdf": r"(?:(?:a|the)\s+)?(?:full\s+)?pdfs?",
}
_CODE_AVAILABLE = rf"(?:\band\s+)?\bcode\s+(?:is\s+)?(?:available|released){_NEXT}"
_ACTING = re.compile(r"(?:ing|ed)\s+$", re.IGNORECASE)
_END = re.compile(r"(?:[^\w\x01]|\b(?:please|thanks|thank\s+you)\b)*$", re.IGNORECASE)
_PLACE = rf"\b{_CUE}(?:at|in|from)\s+(?=[^\W_])"
_PARTICLES = "van von de der den du da di dos la le el al bin ibn ter ten".split()
_PERSON = rf"(?:[^\W\d_a-z](?>[\w'\u2019-]*\.?)|(?:{'|'.join(_PARTICLES)})\b)"
_AUTHOR = re.compile(
    rf"(?i:\b(?P<noun>{_NOUN}\s+)?(?P<said>(?:written|authored)\s+)?\bby\s+)"
    rf"(?P<name>{_PERSON}(?:\s+{_PERSON}){{0,3}}){_NEXT}"
)
_TITLED = re.compile(
    rf"^(?:(?:the|a)\s+)?{_NOUN}\s+(?P<all>(?:titled|entitled)\s+(?P<title>\x01+|[^\x01\x02]+$))",
    re.IGNORECASE,
)
_IN_TITLE = re.compile(
    r"\b(?P<all>with\s+(?P<title>\x01+|[^\s\x01\x02]+)\s+in\s+(?:the|its|their)\s+titles?)\b",
    re.IGNORECASE,
)
# What the query language says by itself: phrases, fields, words to leave out, alternatives.
_SPOKEN = re.compile(r'-?(?:[A-Za-z]+:)?"[^"]*(?:"|$)|\b[A-Za-z]+:\S+|(?<!\S)-\w\S*|\bOR\b')
_JOINTS = (
    r"(?<=\x02)\s*[,;]?\s*(?:\b(?:and|but)\b)?\s*(?=\x02|$)",
    r"^\s*(?:and\b|[,;])?\s*(?=\x02)",
    r"(?<=\x02)\s*(?:[,;]|[.?!]+\s*$)",
    r"(?:\s*[,;]|\s+(?:and|but))\s+(?=\x02+\W*$)",
)


@dataclass(frozen=True, slots=True)
class Constraint:
    """A part of a text, in characters from `start` to `end`, and the query language for it."""

    start: int
    end: int
    read_as: str


_Finder = Callable[[str], Iterator[Constraint]]


def constraints(text: str, names: Names, today: date) -> list[Constraint]:
    """The constraints that a text states in plain words, from left to right, none over another.

    `today` is what "this year" and "the last three years" count from: those are the fewest whole
    years that hold the time meant.
    """
    left = text.replace(_TAKEN, _KEPT)
    left = _SPOKEN.sub(lambda found: _KEPT * len(found[0]), left)
    found: list[Constraint] = []
    finders: tuple[_Finder, ...] = (
        lambda left: _titles(left, text),
        lambda left: _venues(left, names),
        lambda left: _ranges(left, today),
        lambda left: _open_years(left, today),
        lambda left: _recent_years(left, today),
        lambda left: _single_years(left, today),
        # Again, for what is joined by "and" to what was found the first time.
        _things,
        _things,
        lambda left: _authors(left, names),
    )
    for finder in finders:
        for one in list(finder(left)):
            if _TAKEN not in left[one.start : one.end]:
                found.append(one)
                left = _blank(left, one)
    return sorted(found, key=lambda one: one.start)


def without(text: str, taken: Iterable[Constraint]) -> str:
    """A text without some of its constraints, nor the "and" or comma that joined them."""
    left = text.replace(_TAKEN, _KEPT)
    for one in taken:
        left = _blank(left, one)
    if _TAKEN not in left:
        return text
    for joint in _JOINTS:
        left = re.sub(joint, lambda found: _TAKEN * len(found[0]), left, flags=re.IGNORECASE)
    kept = (" " if mark == _TAKEN else own for own, mark in zip(text, left, strict=True))
    return " ".join("".join(kept).split())


def _blank(text: str, one: Constraint) -> str:
    return text[: one.start] + _TAKEN * (one.end - one.start) + text[one.end :]


def _find(pattern: str, left: str) -> Iterator[re.Match[str]]:
    return re.finditer(pattern, left, re.IGNORECASE)


def _follows_papers(left: str, at: int) -> bool:
    """Whether the word before a place is one for papers."""
    return re.search(rf"\b{_NOUN}\s+$", left[:at], re.IGNORECASE) is not None


def _titles(left: str, text: str) -> Iterator[Constraint]:
    """Titles that are called so: "papers titled X", "with X in the title"."""
    for found in (_TITLED.search(left), _IN_TITLE.search(left)):
        if found:
            title = text[slice(*found.span("title"))].strip(" \"'?.,")
            if title and '"' not in title:
                yield Constraint(*found.span("all"), f'title:"{title}"')


def _venues(left: str, names: Names) -> Iterator[Constraint]:
    """Venues that the catalogue has, behind "at", "in" and "from"."""
    for found in list(_find(_PLACE, left))[:MOST_PLACES]:
        is_told = bool(found["cue"]) or _follows_papers(left, found.start())
        if venue := venue_at(left, found.end(), _NEXT, is_told, names):
            yield Constraint(found.start(), *venue)


def _ranges(left: str, today: date) -> Iterator[Constraint]:
    """From one year to another, both included."""
    for found in _find(_RANGE, left):
        first, last = sorted((int(found["first"]), int(found["year"])))
        if _is_year(first, today) and _is_year(last, today):
            yield Constraint(*found.span(), f"year:{first}..{last}")


def _open_years(left: str, today: date) -> Iterator[Constraint]:
    """Since, after, before or until a year; only the first and the last of them include it."""
    for words, (first, last) in _OPEN.items():
        for found in _find(rf"\b{_CUE}(?:{words})\s+{_YEAR}{_NEXT}", left):
            year = int(found["year"])
            begin = "" if first is None else str(year + first)
            end = "" if last is None else str(year + last)
            if _is_year(year, today):
                yield Constraint(*found.span(), f"year:{begin}..{end}")
    for found in _find(_ONWARDS, left):
        if _is_year(int(found["year"]), today):
            yield Constraint(*found.span(), f"year:{found['year']}..")


def _recent_years(left: str, today: date) -> Iterator[Constraint]:
    """This year, last year, the last years."""
    for found in _find(_SPAN, left):
        if found["this"]:
            years = str(today.year)
        elif found["last"]:
            years = str(today.year - 1)
        else:
            years = f"{today.year - _counted(found)}.."
        yield Constraint(*found.span(), f"year:{years}")


def _counted(found: re.Match[str]) -> int:
    """How many years are named."""
    if found["one"]:
        return 1
    count = (found["count"] or "ten").lower()
    return _COUNTS.index(count) + 1 if count in _COUNTS else int(count)


def _single_years(left: str, today: date) -> Iterator[Constraint]:
    """One year: after a word for papers, or at the end of the text."""
    for found in _find(_IN_YEAR, left):
        is_last = bool(_END.match(left, found.end()))
        is_told = bool(found["cue"]) or _follows_papers(left, found.start())
        is_when = found["at"].lower() in ("in", "during")
        if _is_year(int(found["year"]), today) and (is_told or (is_last and is_when)):
            yield Constraint(*found.span(), f"year:{found['year']}")
    for found in _find(_YEAR_FIRST, left):
        if _is_year(int(found["year"]), today):
            yield Constraint(*found.span(), f"year:{found['year']}")


def _is_year(number: int, today: date) -> bool:
    return EARLIEST <= number <= today.year + 1


def _things(left: str) -> Iterator[Constraint]:
    """What papers come with; "reasoning with code" and "trained with code" are topics."""
    for name, pattern in _THINGS.items():
        for found in _find(rf"{_WITH}{pattern}{_NEXT}", left):
            told = found.groupdict()
            is_topic = name == "code" and _ACTING.search(left[: found.start()])
            if not is_topic or told["sure"] or told["offered"]:
                yield Constraint(*found.span(), f"has:{name}")
    for found in _find(_CODE_AVAILABLE, left):
        yield Constraint(*found.span(), "has:code")


def _authors(left: str, names: Names) -> Iterator[Constraint]:
    """An author of the catalogue: at the end of the text, or of "papers by"; one name only so."""
    for found in _AUTHOR.finditer(left):
        words = found["name"].split()
        is_told = bool(found["noun"] or found["said"])
        is_last = bool(_END.match(left, found.end()))
        is_name = all(word[:1].isupper() or word in _PARTICLES for word in words)
        is_name = is_name and words[-1] not in _PARTICLES and (len(words) > 1 or is_told)
        if is_name and (is_told or is_last) and names.has_author(found["name"]):
            start = found.start("said") if found["said"] else found.start()
            start = found.end("noun") if found["noun"] else start
            name = found["name"]
            quoted = f'author:"{name}"' if len(words) > 1 else f"author:{name}"
            yield Constraint(start, found.end(), quoted)
