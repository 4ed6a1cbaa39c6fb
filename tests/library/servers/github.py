"""GitHub's repositories in the documented shape, invented ones."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from tests.library.servers.replying import Question, Replied, Reply, as_json, replying


def repository(name: str, stars: object, **changes: object) -> dict[str, object]:
    """What is said of one repository, `owner/name`."""
    return {
        "id": 1296269,
        "name": name.partition("/")[2],
        "full_name": name,
        "private": False,
        "html_url": f"https://github.com/{name}",
        "fork": False,
        "stargazers_count": stars,
        "watchers_count": stars,
        "archived": False,
    } | changes


@dataclass
class Repositories:
    """Repositories by the names they are asked by, in lower case; `left` questions are answered."""

    repositories: Mapping[str, object]
    left: int = 5000
    other: Callable[[Question], Reply | None] = field(default=lambda _: None)

    def serving(self) -> AbstractContextManager[Replied]:
        """The server."""
        return replying(lambda asked: self.other(asked) or self._repository(asked))

    def _repository(self, asked: Question) -> Reply:
        if self.left == 0:
            limits = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1739620000"}
            return as_json({"message": "API rate limit exceeded"}, 403, **limits)
        self.left -= 1
        found = self.repositories.get(asked.path.removeprefix("/repos/").lower())
        limits = {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": str(self.left)}
        if found is None:
            return as_json({"message": "Not Found", "status": "404"}, 404, **limits)
        return as_json(found, ETag='W/"5f00"', **limits)
