"""Feeds as JSON Feed 1.1 (jsonfeed.org)."""

import json
from datetime import datetime
from typing import Any

from broadsheet.faces.feeds.values import Entry, Feed

JSON_FEED = "application/feed+json"
_VERSION = "https://jsonfeed.org/version/1.1"


def json_feed(feed: Feed) -> bytes:
    """The feed as a JSON document."""
    shown = {
        "version": _VERSION,
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.address,
        "items": [_item(entry) for entry in feed.entries],
    }
    return json.dumps(shown, ensure_ascii=False).encode("utf-8", "replace")


def _item(entry: Entry) -> dict[str, Any]:
    item: dict[str, Any] = {"id": entry.id, "url": entry.address, "title": entry.title}
    # One of the two has to be there.
    item["content_text"] = entry.text
    if entry.html:
        item["content_html"] = entry.html
    if entry.published:
        item["date_published"] = _told(entry.published)
    if entry.updated:
        item["date_modified"] = _told(entry.updated)
    if entry.authors:
        item["authors"] = [{"name": name} for name in entry.authors]
    if entry.categories:
        item["tags"] = list(entry.categories)
    return item


def _told(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
