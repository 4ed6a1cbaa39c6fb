"""Lists of papers as Atom feeds (RFC 4287), for readers that come by themselves."""

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import UTC, datetime

from broadsheet.cards import marked_title
from broadsheet.faces.answers import path_of
from broadsheet.faces.discussion import Said
from broadsheet.papers import Paper, PartialDate
from broadsheet.text import plain

ATOM = "application/atom+xml"
_NAMESPACE = "http://www.w3.org/2005/Atom"
_UNKNOWN = "1970-01-01T00:00:00Z"
_CONTROLS = [*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)]
_FORBIDDEN = dict.fromkeys(_CONTROLS)


def atom(papers: Sequence[Paper], *, title: str, base: str, path: str, feed_path: str) -> bytes:
    """The papers as a feed; `path` is the page of the same list, `feed_path` the feed's own.

    An entry keeps its id (a tag URI without a version, RFC 4151) when its paper is revised.
    """
    ET.register_namespace("", _NAMESPACE)
    feed = ET.Element(f"{{{_NAMESPACE}}}feed")
    _add(feed, "id", base + path)
    _add(feed, "title", title)
    _add(feed, "updated", max((_updated(paper) for paper in papers), default=_UNKNOWN))
    _add(feed, "link", rel="self", type=ATOM, href=base + feed_path)
    _add(feed, "link", rel="alternate", type="text/html", href=base + path)
    _add(feed, "generator", "Broadsheet")
    for paper in papers:
        _entry(feed, paper, base)
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def comments_atom(said: Sequence[Said], paper: Paper, base: str) -> bytes:
    """The comments on a paper as a feed, in the order given; each entry's text is HTML."""
    ET.register_namespace("", _NAMESPACE)
    feed = ET.Element(f"{{{_NAMESPACE}}}feed")
    path = path_of(paper.id)
    _add(feed, "id", f"{base}{path}#comments")
    _add(feed, "title", f"Comments on {plain(paper.title)}")
    latest = max((one.comment.updated for one in said), default=None)
    _add(feed, "updated", _moment(latest) if latest else _UNKNOWN)
    _add(feed, "link", rel="self", type=ATOM, href=f"{base}{path}/comments.atom")
    _add(feed, "link", rel="alternate", type="text/html", href=f"{base}{path}#comments")
    for one in said:
        entry = _add(feed, "entry")
        _add(entry, "id", f"tag:broadsheet,2026:comment:{one.comment.key}")
        _add(entry, "title", f"{one.shown_name} on {plain(paper.title)}")
        address = f"{base}{path}#comment-{one.comment.key}"
        _add(entry, "link", rel="alternate", type="text/html", href=address)
        _add(entry, "published", _moment(one.comment.at))
        _add(entry, "updated", _moment(one.comment.updated))
        _add(_add(entry, "author"), "name", one.shown_name)
        _add(entry, "content", str(one.html), type="html")
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _entry(feed: ET.Element, paper: Paper, base: str) -> None:
    entry = ET.SubElement(feed, f"{{{_NAMESPACE}}}entry")
    address = base + path_of(paper.id)
    _add(entry, "id", f"tag:broadsheet,2026:{path_of(paper.id).removeprefix('/papers/')}")
    _add(entry, "title", marked_title(paper, plain(paper.title)))
    _add(entry, "link", rel="alternate", type="text/html", href=address)
    if paper.announced:
        _add(entry, "published", _instant(paper.announced))
    _add(entry, "updated", _updated(paper))
    for author in paper.authors:
        _add(_add(entry, "author"), "name", plain(author.name))
    if not paper.authors:
        _add(_add(entry, "author"), "name", "not known")
    for category in paper.categories:
        _add(entry, "category", term=category)
    if paper.licence:
        _add(entry, "rights", paper.licence)
    if paper.abstract:
        _add(entry, "summary", plain(paper.abstract), type="text")


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    cleaned = {key: value.translate(_FORBIDDEN) for key, value in attributes.items()}
    element = ET.SubElement(parent, f"{{{_NAMESPACE}}}{name}", cleaned)
    element.text = text.translate(_FORBIDDEN) or None
    return element


def _updated(paper: Paper) -> str:
    date = paper.revised or paper.announced
    return _instant(date) if date else _UNKNOWN


def _instant(date: PartialDate) -> str:
    moment = datetime(date.year, date.month or 1, date.day or 1, tzinfo=UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
