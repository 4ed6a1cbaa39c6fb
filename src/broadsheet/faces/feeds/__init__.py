"""Lists and editions as feeds in three formats, over one value; and a list of feeds (OPML)."""

from collections.abc import Callable, Mapping

from broadsheet.faces.feeds.atom import ATOM, atom
from broadsheet.faces.feeds.jsonfeed import JSON_FEED, json_feed
from broadsheet.faces.feeds.opml import OPML, Outline, opml
from broadsheet.faces.feeds.rss import RSS, rss
from broadsheet.faces.feeds.values import Entry, Feed, clean, entry_of, issue_entry

FORMATS: Mapping[str, tuple[str, Callable[[Feed], bytes]]] = {
    "atom": (ATOM, atom),
    "rss": (RSS, rss),
    "json": (JSON_FEED, json_feed),
}
"""Each format by the ending of its addresses: its media type, and what writes it."""

__all__ = [
    "ATOM",
    "FORMATS",
    "JSON_FEED",
    "OPML",
    "RSS",
    "Entry",
    "Feed",
    "Outline",
    "atom",
    "clean",
    "entry_of",
    "issue_entry",
    "opml",
]
