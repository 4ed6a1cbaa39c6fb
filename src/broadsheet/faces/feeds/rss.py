"""Feeds as RSS 2.0 (the RSS Advisory Board's specification), with Dublin Core for people."""

import xml.etree.ElementTree as ET
from datetime import datetime
from email.utils import format_datetime

from broadsheet.faces.feeds.values import Entry, Feed, clean

RSS = "application/rss+xml"
_NAMESPACES = {
    "xmlns:atom": "http://www.w3.org/2005/Atom",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
}


def rss(feed: Feed) -> bytes:
    """The feed as an XML document."""
    root = ET.Element("rss", {"version": "2.0", **_NAMESPACES})
    channel = ET.SubElement(root, "channel")
    _add(channel, "title", feed.title)
    _add(channel, "link", feed.page)
    _add(channel, "description", feed.title)
    own = {"href": clean(feed.address), "rel": "self", "type": RSS}
    ET.SubElement(channel, "atom:link", own)
    if feed.updated:
        _add(channel, "lastBuildDate", _told(feed.updated))
    _add(channel, "generator", "Broadsheet")
    for entry in feed.entries:
        _item(channel, entry)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _item(channel: ET.Element, entry: Entry) -> None:
    item = ET.SubElement(channel, "item")
    _add(item, "title", entry.title)
    _add(item, "link", entry.address)
    _add(item, "guid", entry.id, isPermaLink="false")
    if moment := entry.published or entry.updated:
        _add(item, "pubDate", _told(moment))
    for author in entry.authors:
        _add(item, "dc:creator", author)
    for category in entry.categories:
        _add(item, "category", category)
    if entry.rights:
        _add(item, "dc:rights", entry.rights)
    if entry.html:
        _add(item, "description", entry.html)


def _add(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = clean(text)


def _told(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)
