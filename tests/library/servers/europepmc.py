"""Europe PMC's search, in its core form, with cursor marks."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.library.servers.listening import Asked, Reply, as_json, listening


def result(number: int, **more: object) -> dict[str, object]:
    """An invented article."""
    return {
        "id": str(40_000_000 + number),
        "source": "MED",
        "pmid": str(40_000_000 + number),
        "doi": f"10.1234/Steam.{number}",
        "title": f"Steam in kettle {number}.",
        "authorString": "Holm A, Kettle Group.",
        "authorList": {
            "author": [
                {
                    "fullName": "Holm A",
                    "firstName": "Ana",
                    "lastName": "Holm",
                    "initials": "A",
                    "authorId": {"type": "ORCID", "value": "0000-0001-2345-6789"},
                },
                {"collectiveName": "Kettle Group"},
            ]
        },
        "journalInfo": {"journal": {"title": "Kettles Quarterly"}, "yearOfPublication": 2026},
        "pubYear": "2026",
        "abstractText": f"<h4>Background</h4>Kettle {number} boils.",
        "pubTypeList": {"pubType": ["Journal Article"]},
        "keywordList": {"keyword": ["Steam"]},
        "fullTextUrlList": {
            "fullTextUrl": [
                {"availabilityCode": "S", "documentStyle": "doi", "url": "https://doi.org/x"},
                {
                    "availabilityCode": "OA",
                    "documentStyle": "pdf",
                    "url": f"https://europepmc.org/articles/PMC{number}?pdf=render",
                },
            ]
        },
        "isOpenAccess": "Y",
        "license": "cc by",
        "citedByCount": number,
        "firstPublicationDate": "2026-11-03",
        **more,
    }


@dataclass
class EuropePmc:
    """The results there are; `expired` marks are refused; at the end a mark may repeat itself."""

    results: Sequence[object]
    expired: set[str] = field(default_factory=set)
    repeats: bool = True
    asked: list[Asked] = field(default_factory=list)

    def answer(self, asked: Asked) -> Reply:
        """One page of results."""
        self.asked.append(asked)
        mark = asked.query["cursorMark"]
        if mark in self.expired:
            return as_json({"errCode": 400, "errMsg": "Invalid cursorMark"}, 400)
        start = 0 if mark == "*" else int(mark.removeprefix("AoI="))
        page = self.results[start : start + int(asked.query["pageSize"])]
        value: dict[str, object] = {
            "version": "6.9",
            "hitCount": len(self.results),
            "request": {"queryString": asked.query["query"]},
            "resultList": {"result": page},
        }
        end = start + len(page)
        if end < len(self.results) or self.repeats:
            value["nextCursorMark"] = f"AoI={end}" if page else mark
        return as_json(value)


@contextmanager
def europepmc(served: EuropePmc) -> Iterator[str]:
    """The address of the service."""
    with listening(served.answer) as base:
        yield base
