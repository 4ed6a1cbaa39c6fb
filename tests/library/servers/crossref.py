"""Crossref's works, as its API gives them: cursors, filters by date, and cursors that expire."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.library.servers.listening import Asked, Reply, as_json, listening

Work = dict[str, object]


def work(number: int, **more: object) -> Work:
    """An invented work, indexed on a day of November that its number says."""
    day = 1 + number % 20
    return {
        "DOI": f"10.1234/Kettle.{number}",
        "type": "journal-article",
        "title": [f"On the singing of kettle number {number}"],
        "subtitle": [],
        "author": [
            {
                "given": "Ana",
                "family": "Holm",
                "ORCID": "http://orcid.org/0000-0001-2345-6789",
                "sequence": "first",
                "affiliation": [],
            },
            {"name": "The Kettle Collaboration", "sequence": "additional"},
        ],
        "abstract": f"<jats:title>Abstract</jats:title><jats:p>Kettle {number} sings.</jats:p>",
        "container-title": ["Kettles Quarterly"],
        "published": {"date-parts": [[2026, 3, day]]},
        "issued": {"date-parts": [[2026]]},
        "license": [
            {"URL": "https://kettles.example/tdm", "content-version": "tdm", "delay-in-days": 0},
            {
                "URL": "https://creativecommons.org/licenses/by/4.0/",
                "content-version": "vor",
                "delay-in-days": 0,
            },
        ],
        "link": [
            {
                "URL": f"https://kettles.example/{number}.pdf",
                "content-type": "application/pdf",
                "content-version": "vor",
            }
        ],
        "is-referenced-by-count": number,
        "indexed": {
            "date-parts": [[2026, 11, day]],
            "date-time": f"2026-11-{day:02}T04:05:06Z",
            "timestamp": 1,
        },
        "reference": [
            {"key": "1", "DOI": "10.1234/SPOUT"},
            {"key": "2", "unstructured": "A. Holm, On Kettles, 1931."},
            {"key": "3", "DOI": "10.1234/steam", "doi-asserted-by": "crossref"},
        ],
        "relation": {},
        **more,
    }


@dataclass
class Crossref:
    """The works there are; `expired` cursors are refused as forgotten."""

    works: Sequence[object]
    expired: set[str] = field(default_factory=set)
    asked: list[Asked] = field(default_factory=list)
    total: object = None

    def answer(self, asked: Asked) -> Reply:
        """One page of works."""
        self.asked.append(asked)
        query = asked.query
        if query["cursor"] in self.expired:
            return as_json({"status": "failed", "message": [{"type": "cursor-not-found"}]}, 404)
        said = dict(part.split(":", 1) for part in query.get("filter", "").split(",") if part)
        found = [one for one in self.works if _is_wanted(one, said)]
        start = 0 if query["cursor"] == "*" else int(query["cursor"].rpartition("-")[2])
        rows = int(query["rows"])
        message = {
            "total-results": len(found) if self.total is None else self.total,
            "items-per-page": rows,
            "query": {"start-index": 0, "search-terms": query.get("query")},
            "items": found[start : start + rows],
            "next-cursor": f"AoJ+/{said.get('from-index-date', '')}-{start + rows}",
        }
        return as_json(
            {
                "status": "ok",
                "message-type": "work-list",
                "message-version": "1.0.0",
                "message": message,
            }
        )


def _is_wanted(one: object, said: Mapping[str, str]) -> bool:
    if not isinstance(one, dict) or not isinstance(one.get("indexed"), dict):
        return True
    day = str(one["indexed"].get("date-time"))[:10]
    first, last = said.get("from-index-date", ""), said.get("until-index-date", "9999")
    return first <= day <= last


@contextmanager
def crossref(served: Crossref) -> Iterator[str]:
    """The address of the API."""
    with listening(served.answer) as base:
        yield base
