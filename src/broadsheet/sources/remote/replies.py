"""Other people's JSON, read without trust: values of the kind that is wanted, or a SourceError."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from broadsheet.errors import SourceError
from broadsheet.fetch import Answer
from broadsheet.papers import PaperId, Record
from broadsheet.sources.detection import is_html
from broadsheet.sources.fields import Entry, sound
from broadsheet.sources.opening import open_held
from broadsheet.sources.remote import Cursor, Tally

_AGAIN: Final = "try again later; if it stays so, the source has changed its answers"
_LONGEST_QUOTE = 200
# NaN and Infinity are not JSON, but some services write them for "not known".
_DECODER = json.JSONDecoder(parse_constant=lambda _: None)


def parsed(answer: Answer, where: str) -> object:
    """The JSON of an answer; SourceError, with `where` as its place, for anything else."""
    try:
        text = answer.content.decode("utf-8-sig")
        value: object = _DECODER.decode(text)
    except RecursionError as error:
        raise SourceError("the JSON is nested too deeply", place=where, hint=_AGAIN) from error
    except ValueError as error:
        head = answer.content[:_LONGEST_QUOTE].decode("utf-8", "replace")
        what = "a web page" if is_html(head) else "cut off, or not JSON"
        raise SourceError(f"the answer is {what}", place=where, hint=_AGAIN) from error
    return value


def listed(value: object, where: str) -> list[object]:
    """The value as a list; SourceError, with what the source says of itself, if it is none."""
    if isinstance(value, list):
        return value
    said = value.get("error") or value.get("message") if isinstance(value, Mapping) else None
    quoted = f": {sound(said)[:_LONGEST_QUOTE]!r}" if isinstance(said, str) else ""
    raise SourceError(f"the answer is not a list{quoted}", place=where, hint=_AGAIN)


def entry_of(value: object, *, source: str, format: str, where: str, position: int) -> Entry:
    """What stands at `position` (from 1) of the list that `where` answered, as JSON again.

    Raises SourceError for what is nested too deeply to be written.
    """
    try:
        raw = sound(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    except RecursionError as error:
        place = f"{where}:{position}"
        raise SourceError("the record is nested too deeply", place=place, hint=_AGAIN) from error
    # The held file only lends its name to places and errors.
    return Entry(open_held(b"{}", where), position, raw, source, format)


def at(value: object, path: str, entry: Entry) -> object:
    """What stands at a dotted path; None where a step is missing, SourceError where it is none."""
    names = path.split(".")
    for depth, name in enumerate(names):
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise entry.wrong(".".join(names[:depth]) or "the record", value, "an object")
        value = value.get(name)
    return value


def text_at(value: object, path: str, entry: Entry) -> str:
    """The text at a dotted path, "" where there is none."""
    found = at(value, path, entry)
    if found is None or isinstance(found, str):
        return sound(found or "").strip()
    raise entry.wrong(path, found, "text")


def list_at(value: object, path: str, entry: Entry) -> list[object]:
    """The list at a dotted path, empty where there is none."""
    found = at(value, path, entry)
    if found is None or isinstance(found, list):
        return found or []
    raise entry.wrong(path, found, "a list")


def moment_at(value: object, path: str, entry: Entry) -> datetime | None:
    """The ISO 8601 time at a dotted path, aware UTC; None where there is none that can be read."""
    return moment(at(value, path, entry))


def moment(value: object) -> datetime | None:
    """The ISO 8601 time (UTC if it does not say) that a value is, aware UTC; None if it is none."""
    try:
        read = datetime.fromisoformat(value if isinstance(value, str) else "")
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def filled(row: Mapping[str, object]) -> dict[str, object]:
    """The row without what is not said."""
    return {name: value for name, value in row.items() if value is not None and value != ""}


def counted(record: Record, now: datetime) -> Iterator[Record | Tally]:
    """The record without its counts, and a tally of them by its own id, dated `now`.

    So a record changes only with what it says of the paper, while counts are kept each time.
    """
    counts = (replace(signal, at=now) for signal in record.signals if signal.value is not None)
    yield replace(record, signals=tuple(s for s in record.signals if s.value is None))
    if signals := tuple(counts):
        yield Tally(PaperId(f"{record.source}:{record.native_id}"), signals)


def kept(cursor: Cursor, name: str, where: str) -> str:
    """What a cursor holds under a name; SourceError if it is not one that this source gave."""
    value = cursor.get(name)
    if isinstance(value, str):
        return value
    raise SourceError(
        f"the place to go on from has no `{name}`", place=where, hint="begin the harvest anew"
    )
