"""Saved result pages of a daily-papers service: title, abstract, title, abstract, in two layouts.

One layout has a header of single lines and a blank line after every line; the other glues its
header's last word to the first title and has no blank lines at all.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Final

from broadsheet.errors import SourceError
from broadsheet.papers import Record
from broadsheet.sources.opening import OpenFile

FORMAT: Final = "pages"
BANNER: Final = "Get trending papers in your email inbox"
"""What every such page says before its first paper."""

_HEADER_LINES = 12
_BUTTON = "Subscribe"
_BY_LINE = re.compile(r"by ?AK and the research community")
_DAY = re.compile(r"[A-Z][a-z]{2} \d{1,2}")
_LONG_TITLE = 300

Numbered = tuple[int, str]


def is_page(head: str) -> bool:
    """Whether a text begins with such a page's header: the banner, then the button."""
    lines = [line.strip() for line in head[:4000].split("\n") if line.strip()][:_HEADER_LINES]
    banners = [at for at, line in enumerate(lines) if line.startswith(BANNER)]
    return bool(banners) and any(line.startswith(_BUTTON) for line in lines[banners[0] :])


def read(file: OpenFile, source: str) -> Iterator[Record | SourceError]:
    """Each title and its abstract as a record; SourceError if one is without the other."""
    body = _without_header(file.lines())
    blocks = _blocks(body) if _has_blank_lines(file.head) else _filled(body)
    papers = suspect = 0
    for line, title in blocks:
        if not suspect and len(title) > _LONG_TITLE:
            suspect = line
        _, abstract = next(blocks, (0, None))
        if abstract is None:
            raise _odd(file, line, suspect)
        papers += 1
        yield Record(
            title=title,
            abstract=abstract,
            source=source,
            format=FORMAT,
            raw=f"{title}\n\n{abstract}",
            place=file.place(line),
        )
    if not papers:
        raise file.fault("the page holds no papers", hint="was it saved in full?")


def _odd(file: OpenFile, line: int, suspect: int) -> SourceError:
    """The error for a title left over; the first title as long as an abstract is likely why."""
    if suspect:
        return file.fault(
            "the page has an odd number of titles and abstracts, and this line, where a title "
            "should be, is as long as an abstract",
            suspect,
            hint="put back the title or abstract that is missing at or before this line",
        )
    return file.fault(
        "the page has an odd number of titles and abstracts: this last one is alone",
        line,
        hint="put back the title or abstract that is missing at or before this line",
    )


def _without_header(lines: Iterable[Numbered]) -> Iterator[Numbered]:
    """The lines after the banner, the button, the by-line and the day, none of which is a paper."""
    rest = iter(lines)
    begun = list(islice(rest, 2 * _HEADER_LINES))
    button = _button_at(begun)
    if button is None:
        return chain(begun, rest)
    number, line = begun[button]
    glued = line.strip().removeprefix(_BUTTON).strip()
    after = begun[button + 1 :]
    if glued:
        return chain([(number, glued)], after, rest)
    while after and (not after[0][1].strip() or _is_furniture(after[0][1].strip())):
        after.pop(0)
    return chain(after, rest)


def _button_at(lines: list[Numbered]) -> int | None:
    bannered = False
    for at, (_, line) in enumerate(lines):
        bannered = bannered or line.strip().startswith(BANNER)
        if bannered and line.strip().startswith(_BUTTON):
            return at
    return None


def _is_furniture(line: str) -> bool:
    return bool(_BY_LINE.fullmatch(line) or _DAY.fullmatch(line))


def _has_blank_lines(head: str) -> bool:
    """Whether titles and abstracts are kept apart by blank lines: about every other line is one."""
    lines = head.strip().split("\n")
    return 3 * sum(not line.strip() for line in lines) > len(lines)


def _filled(lines: Iterable[Numbered]) -> Iterator[Numbered]:
    """Every line that is not blank."""
    return ((number, line.strip()) for number, line in lines if line.strip())


def _blocks(lines: Iterable[Numbered]) -> Iterator[Numbered]:
    """Every run of lines that are not blank, joined, with the line it begins on."""
    block: list[str] = []
    begun = 0
    for number, line in lines:
        if line.strip():
            begun = begun if block else number
            block.append(line.strip())
        elif block:
            yield begun, " ".join(block)
            block = []
    if block:
        yield begun, " ".join(block)
