"""Daily papers in the documented shape, of invented papers."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from tests.library.servers.replying import Question, Replied, Reply, as_json, replying

Json = dict[str, object]


def item(number: int, submitted: str, **changes: object) -> Json:
    """One item of a listing; `changes` go into its `paper`."""
    native_id = f"2502.{number:05}"
    lab = {"_id": "5f00", "name": "kettles", "fullname": "The Kettle Lab", "avatar": "https://a/b"}
    paper: Json = {
        "id": native_id,
        "authors": [
            {"_id": "67ab", "name": "Ada Kettle", "hidden": False},
            {"_id": "67ac", "name": "Not An Author", "hidden": True},
            {"_id": "67ad", "name": "Bo Spout", "hidden": False},
        ],
        "publishedAt": "2025-02-11T23:50:31.000Z",
        "submittedOnDailyAt": submitted,
        "title": f"Kettle Number {number} Boils",
        "summary": f"We boil kettle {number} and report how long it took.",
        "upvotes": number,
        "discussionId": "67ad00",
        "projectPage": "https://kettles.example/p",
        "githubRepo": "https://github.com/kettles/boil",
        "githubStars": 12,
        "ai_summary": "A kettle is boiled.",
        "ai_keywords": ["kettle", "steam"],
        "withdrawnAt": None,
    }
    paper |= changes
    return {
        "paper": paper,
        "publishedAt": "2025-02-11T18:50:31.000Z",
        "title": paper["title"],
        "summary": paper["summary"],
        "numComments": 2,
        "submittedBy": {"_id": "66a1", "fullname": "A K", "name": "ak", "type": "user"},
        "organization": lab,
    }


@dataclass
class DailyPapers:
    """Editions by their day; a day that is not there has none.

    `fallback` gives the edition before it instead; `links` says with a header whether a page
    follows; `most` items are given at once; `newest` is the last day that may be asked for.
    """

    editions: Mapping[str, list[object]]
    links: bool = True
    most: int = 100
    pages: bool = True
    fallback: bool = False
    newest: str = "2999-12-31"
    other: Callable[[Question], Reply | None] = field(default=lambda _: None)

    def serving(self) -> AbstractContextManager[Replied]:
        """The server."""
        return replying(lambda asked: self.other(asked) or self._listing(asked))

    def _listing(self, asked: Question) -> Reply:
        if asked.path != "/api/daily_papers":
            return as_json({"error": "Not found"}, 404)
        day = asked.query["date"]
        if day > self.newest:
            return as_json({"error": "date must not lie ahead"}, 400)
        if self.fallback and day not in self.editions:
            day = max((known for known in self.editions if known < day), default="")
        found = self.editions.get(day, [])
        size = min(int(asked.query["limit"]), self.most)
        start = int(asked.query["p"]) * size if self.pages else 0
        part = found[start : start + size]
        if self.links and start + size < len(found):
            return as_json(part, Link=f'<{asked.path}?p={start // size + 1}>; rel="next"')
        return as_json(part)
