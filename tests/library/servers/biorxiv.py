"""bioRxiv's and medRxiv's details of the preprints of an interval, a hundred a page."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.library.servers.listening import Asked, Reply, as_json, listening


def preprint(number: int, **more: object) -> dict[str, object]:
    """An invented preprint, posted on a day of November that its number says."""
    return {
        "title": f"Kettle proteins, part {number}",
        "authors": "Holm, A.; Wei, L.",
        "author_corresponding": "Ana Holm",
        "author_corresponding_institution": "Steam Institute",
        "doi": f"10.1101/2026.11.{1 + number // 20:02}.{600_000 + number}",
        "date": f"2026-11-{1 + number // 20:02}",
        "version": "1",
        "type": "new results",
        "license": "cc_by",
        "category": "cell biology",
        "jatsxml": f"https://www.biorxiv.org/content/{number}.source.xml",
        "abstract": f"We boil kettle {number}.",
        "published": "NA",
        "server": "bioRxiv",
        **more,
    }


@dataclass
class Server:
    """The preprints there are, in order; it may claim more of them than it gives."""

    preprints: Sequence[object]
    claimed: int = 0
    rows: int = 100
    asked: list[Asked] = field(default_factory=list)

    def answer(self, asked: Asked) -> Reply:
        """One page of an interval."""
        self.asked.append(asked)
        details, _, since, until, cursor, form = asked.path.strip("/").split("/")
        assert (details, form) == ("details", "json")
        found = [one for one in self.preprints if _is_within(one, since, until)]
        start = int(cursor)
        page = found[start : start + self.rows]
        if not page:
            return as_json({"messages": [{"status": "no posts found"}], "collection": []})
        message = {
            "status": "ok",
            "interval": f"{since}:{until}",
            "cursor": cursor,
            "count": len(page),
            "total": str(len(found) + self.claimed),
        }
        return as_json({"messages": [message], "collection": page})


def _is_within(one: object, since: str, until: str) -> bool:
    return not isinstance(one, dict) or since <= str(one.get("date")) <= until


@contextmanager
def biorxiv(served: Server) -> Iterator[str]:
    """The address of the API."""
    with listening(served.answer) as base:
        yield base
