"""OpenAlex's works in the documented shape, of invented papers."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from tests.library.servers.replying import Question, Replied, Reply, as_json, replying

Json = dict[str, object]


def work(number: int, **changes: object) -> Json:
    """One work."""
    return {
        "id": f"https://openalex.org/W{number}",
        "doi": f"https://doi.org/10.5555/Kettle.{number}",
        "title": f"Kettle Number {number} Boils",
        "publication_date": "2025-02-11",
        "authorships": [
            {
                "author_position": "first",
                "author": {
                    "id": "https://openalex.org/A1",
                    "display_name": "Ada Kettle",
                    "orcid": "https://orcid.org/0000-0002-1825-0097",
                },
                "institutions": [],
                "raw_author_name": "A. Kettle",
            },
            {"author": {"id": None, "display_name": None}, "raw_author_name": "Bo Spout"},
        ],
        "primary_location": {
            "is_oa": True,
            "landing_page_url": f"https://doi.org/10.5555/kettle.{number}",
            "pdf_url": None,
            "source": {"display_name": "Journal of Kettles", "type": "journal"},
        },
        "best_oa_location": {
            "landing_page_url": f"https://kettles.example/{number}",
            "pdf_url": f"https://kettles.example/{number}.pdf",
            "license": "cc-by",
            "version": "publishedVersion",
        },
        "locations": [
            {"landing_page_url": f"https://doi.org/10.5555/kettle.{number}"},
            {"landing_page_url": f"http://arxiv.org/abs/2502.{number:05}"},
        ],
        "abstract_inverted_index": {"We": [0], "boil": [1, 4], "kettles": [2], "and": [3]},
        "cited_by_count": number,
        "is_retracted": False,
        "is_paratext": False,
        "referenced_works": ["https://openalex.org/W9"],
        "updated_date": "2025-02-14T07:11:53.123456",
    } | changes


@dataclass
class Works:
    """The works that any filter names, `most` a page; cursors say where they go on."""

    works: Sequence[object]
    most: int = 100
    other: Callable[[Question], Reply | None] = field(default=lambda _: None)

    def serving(self) -> AbstractContextManager[Replied]:
        """The server."""
        return replying(lambda asked: self.other(asked) or self._listing(asked))

    def _listing(self, asked: Question) -> Reply:
        if asked.path != "/works":
            return as_json({"error": "Not found", "message": asked.path}, 404)
        cursor, size = asked.query["cursor"], min(int(asked.query["per_page"]), self.most)
        start = 0 if cursor == "*" else int(cursor.removeprefix("Ils=").removesuffix("="))
        part = self.works[start : start + size]
        # As there, a full last page is followed by an empty one.
        following = f"Ils={start + size}=" if part else None
        meta = {"count": len(self.works), "per_page": size, "next_cursor": following}
        return as_json({"meta": meta, "results": part, "group_by": []})
