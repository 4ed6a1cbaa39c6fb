"""A Zotero library in the documented shape, of invented papers."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from tests.library.servers.replying import Question, Replied, Reply, as_json, replying

Json = dict[str, object]


def item(number: int, modified: str = "2025-02-11T10:00:00Z", /, **changes: object) -> Json:
    """One item; `changes` go into its `data`."""
    key = f"KETTL{number:03}"
    data: Json = {
        "key": key,
        "version": number,
        "itemType": "preprint",
        "title": f"Kettle Number {number} Boils",
        "creators": [
            {"creatorType": "author", "firstName": "Ada", "lastName": "Kettle"},
            {"creatorType": "author", "name": "Bo Spout"},
            {"creatorType": "editor", "firstName": "Ed", "lastName": "Pan"},
        ],
        "abstractNote": f"We boil kettle {number}.",
        "repository": "arXiv",
        "archiveID": f"arXiv:2502.{number:05}",
        "date": "February 11, 2025",
        "DOI": f"10.48550/arXiv.2502.{number:05}",
        "url": f"http://arxiv.org/abs/2502.{number:05}",
        "extra": f"arXiv:2502.{number:05} [cs.CL]\nRead this before Monday!",
        "tags": [{"tag": "boss likes this"}],
        "collections": ["SECRETS1"],
        "dateAdded": "2025-02-11T09:00:00Z",
        "dateModified": modified,
    }
    return {
        "key": key,
        "version": number,
        "library": {"type": "user", "id": 1, "name": "ada"},
        "meta": {"creatorSummary": "Kettle and Spout", "parsedDate": "2025-02-11"},
        "data": data | changes,
    }


@dataclass
class Library:
    """Items in any order, given by their time of change, the latest first, `most` at once."""

    items: list[object]
    version: int = 100
    most: int = 100
    total: bool = True
    other: Callable[[Question], Reply | None] = field(default=lambda _: None)

    def serving(self) -> AbstractContextManager[Replied]:
        """The server."""
        return replying(lambda asked: self.other(asked) or self._listing(asked))

    def _listing(self, asked: Question) -> Reply:
        if asked.headers.get("zotero-api-version") != "3":
            return as_json("API version not supported", 400)
        if not asked.path.endswith("/items/top"):
            return Reply(b"Not found", 404)
        assert (asked.query["sort"], asked.query["direction"]) == ("dateModified", "desc")
        start, size = int(asked.query["start"]), min(int(asked.query["limit"]), self.most)
        listed = sorted(self.items, key=_modified, reverse=True)
        headers = {"Last-Modified-Version": str(self.version)}
        if self.total:
            headers["Total-Results"] = str(len(listed))
        return as_json(listed[start : start + size], **headers)


def _modified(item: object) -> str:
    data = item.get("data") if isinstance(item, dict) else None
    changed = data.get("dateModified") if isinstance(data, dict) else None
    return changed if isinstance(changed, str) else "9"
