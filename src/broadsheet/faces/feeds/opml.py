"""A list of feeds as OPML 2.0, for readers to take them all at once."""

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass

from broadsheet.faces.feeds.values import clean

OPML = "text/x-opml"


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed in the list: its title, its address, and the page it is of."""

    title: str
    address: str
    page: str


def opml(title: str, outlines: Sequence[Outline]) -> bytes:
    """The list as an XML document."""
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = clean(title)
    body = ET.SubElement(root, "body")
    for one in outlines:
        told = {"text": one.title, "title": one.title, "xmlUrl": one.address, "htmlUrl": one.page}
        cleaned = {name: clean(value) for name, value in told.items()}
        ET.SubElement(body, "outline", {"type": "rss", **cleaned})
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written
