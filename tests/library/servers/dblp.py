"""DBLP's search for publications, in JSON."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.library.servers.listening import Asked, Reply, as_json, listening


def hit(number: int, **more: object) -> dict[str, object]:
    """An invented publication."""
    info = {
        "authors": {
            "author": [
                {"@pid": "01/1", "text": "Ana Holm 0001"},
                {"@pid": "02/2", "text": "Li Wei"},
            ]
        },
        "title": f"Kettles and their steam {number}.",
        "venue": "KETTLE",
        "pages": "1-9",
        "year": "2026",
        "type": "Conference and Workshop Papers",
        "access": "open",
        "key": f"conf/kettle/Holm{number}",
        "doi": f"10.1234/KETTLE.{number}",
        "ee": f"https://doi.org/10.1234/KETTLE.{number}",
        "url": f"https://dblp.org/rec/conf/kettle/Holm{number}",
        **more,
    }
    return {"@score": "3", "@id": str(number), "info": info, "url": f"URL#{number}"}


@dataclass
class Dblp:
    """The hits there are."""

    hits: Sequence[object]
    asked: list[Asked] = field(default_factory=list)

    def answer(self, asked: Asked) -> Reply:
        """One page of hits; `hit` is missing where there are none."""
        self.asked.append(asked)
        start = int(asked.query["f"])
        page = self.hits[start : start + int(asked.query["h"])]
        hits: dict[str, object] = {
            "@total": str(len(self.hits)),
            "@computed": str(len(page)),
            "@sent": str(len(page)),
            "@first": str(start),
        }
        if page:
            hits["hit"] = page
        result = {"query": "kettle*", "status": {"@code": "200", "text": "OK"}, "hits": hits}
        return as_json({"result": result})


@contextmanager
def dblp(served: Dblp) -> Iterator[str]:
    """The address of the site."""
    with listening(served.answer) as base:
        yield base
