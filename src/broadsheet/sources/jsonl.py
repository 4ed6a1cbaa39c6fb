"""JSON Lines: one object a line; an array of objects or objects over several lines will do too."""

import json
import re
from collections.abc import Iterator
from typing import Final

from broadsheet.errors import SourceError
from broadsheet.papers import Record
from broadsheet.sources.fields import Entry, named, record_of
from broadsheet.sources.opening import OpenFile

FORMAT: Final = "jsonl"
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[{}\[\]]')
# NaN and Infinity are not JSON, but exports of data frames write them for "not known".
_DECODER = json.JSONDecoder(parse_constant=lambda _: None)
_CLOSE = "close every bracket, or give each object a line of its own"
_KINDS: Final = {"[": "a list", '"': "text"}


def read(file: OpenFile, source: str) -> Iterator[Record | SourceError]:
    """Each object as a record; a broken one as an error value with its line and column."""
    entries = _objects if _spans_lines(file.head) else _lines
    for line, raw in entries(file):
        try:
            yield _record(Entry(file, line, raw, source, FORMAT))
        except SourceError as error:
            yield error


def _record(entry: Entry) -> Record:
    try:
        value = _DECODER.decode(entry.raw)
    except json.JSONDecodeError as error:
        line = entry.line + error.lineno - 1
        raise entry.file.fault(
            f"not valid JSON at column {error.colno}: {error.msg}",
            line,
            hint="a line holds one JSON object and nothing else",
            raw=entry.raw,
        ) from error
    except RecursionError as error:
        raise entry.fault("the JSON is nested too deeply", hint="give a flat object") from error
    except ValueError as error:
        raise entry.fault(f"not valid JSON: {error}", hint="shorten the number") from error
    if not isinstance(value, dict):
        kind = _KINDS.get(entry.raw.lstrip()[:1], "a bare value")
        raise entry.fault(f"the line is {kind}, not an object", hint='write {"title": …}')
    return record_of(named(value), entry)


def _lines(file: OpenFile) -> Iterator[tuple[int, str]]:
    for number, line in file.lines():
        if line and not line.isspace():
            yield number, line


def _spans_lines(head: str) -> bool:
    """Whether the text is an array, or its first object does not end on the line it begins on."""
    first, newline, rest = head.lstrip().partition("\n")
    if first.startswith("["):
        return True
    depth = 0
    for token in _TOKEN.findall(first):
        depth += (token in "{[") - (token in "}]")
    return bool(newline) and depth > 0 and not rest.lstrip().startswith("{")


def _objects(file: OpenFile) -> Iterator[tuple[int, str]]:
    """The text of each outermost object, with the line it begins on, whatever array it is in.

    What stands between objects and is no comma or bracket is given too, so that it is complained
    of. Strings hold no line ends in JSON, so that every line can be read by itself.
    """
    outer = depth = begun = held = 0
    parts: list[str] = []
    for number, line in file.lines():
        start = 0
        for found in _TOKEN.finditer(line):
            sign = found[0]
            if depth:
                depth += (sign in "{[") - (sign in "}]")
                if not depth:
                    parts.append(line[start : found.end()])
                    yield begun, "\n".join(parts)
                    parts, held, start = [], 0, found.end()
            elif sign == "{":
                yield from _between(number, line[start : found.start()])
                begun, start, depth = number, found.start(), 1
            else:
                outer += (sign == "[") - (sign == "]")
        if depth:
            parts.append(line[start:])
            held += len(line) + 1
            if held > file.limit:
                raise file.fault("the object does not end", begun, hint=_CLOSE)
        else:
            yield from _between(number, line[start:])
    if depth or outer > 0:
        what = "object" if depth else "array"
        raise file.fault(f"the file ends before its {what} does", begun, hint=_CLOSE)


def _between(number: int, text: str) -> Iterator[tuple[int, str]]:
    if rest := text.strip("[], \t\r"):
        yield number, rest
