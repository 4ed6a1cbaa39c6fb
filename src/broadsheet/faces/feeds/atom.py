"""Feeds as Atom (RFC 4287)."""

import xml.etree.ElementTree as ET
from datetime import datetime

from broadsheet.faces.feeds.values import Entry, Feed, clean

ATOM = "application/atom+xml"
_NAMESPACE = "http://www.w3.org/2005/Atom"
_UNKNOWN = "1970-01-01T00:00:00Z"


def atom(feed: Feed) -> bytes:
    """The feed as an XML document."""
    root = ET.Element("feed", xmlns=_NAMESPACE)
    _add(root, "id", feed.id or feed.page)
    _add(root, "title", feed.title)
    _add(root, "updated", _told(feed.updated))
    _add(root, "link", rel="self", type=ATOM, href=feed.address)
    _add(root, "link", rel="alternate", type="text/html", href=feed.page)
    _add(root, "generator", "Broadsheet")
    for entry in feed.entries:
        _entry(root, entry)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _entry(root: ET.Element, entry: Entry) -> None:
    element = ET.SubElement(root, "entry")
    _add(element, "id", entry.id)
    _add(element, "title", entry.title)
    _add(element, "link", rel="alternate", type="text/html", href=entry.address)
    if entry.published:
        _add(element, "published", _told(entry.published))
    _add(element, "updated", _told(entry.updated or entry.published))
    for author in entry.authors or ("not known",):
        _add(_add(element, "author"), "name", author)
    for category in entry.categories:
        _add(element, "category", term=category)
    if entry.rights:
        _add(element, "rights", entry.rights)
    if entry.text:
        _add(element, "summary", entry.text, type="text")
    if entry.html:
        _add(element, "content", entry.html, type="html")


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    cleaned = {key: clean(value) for key, value in attributes.items()}
    element = ET.SubElement(parent, name, cleaned)
    element.text = clean(text) or None
    return element


def _told(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else _UNKNOWN
