"""Semantic Scholar's batches in the documented shape, of invented papers."""

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from tests.library.servers.replying import Question, Replied, Reply, as_json, replying

Json = dict[str, object]


def answer(number: int, **changes: object) -> Json:
    """What is said of one paper."""
    return {
        "paperId": f"{number:040x}",
        "corpusId": 260_000 + number,
        "externalIds": {"ArXiv": f"2502.{number:05}", "CorpusId": 260_000 + number},
        "title": f"Kettle Number {number} Boils",
        "citationCount": 10 * number,
        "tldr": {"model": "tldr@v2.0.0", "text": f"Kettle {number} boils in a minute."},
    } | changes


@dataclass
class Batches:
    """Answers by the ids that they are asked by; what is not there is unknown."""

    answers: Mapping[str, object]
    other: Callable[[Question], Reply | None] = field(default=lambda _: None)

    def serving(self) -> AbstractContextManager[Replied]:
        """The server."""
        return replying(lambda asked: self.other(asked) or self._batch(asked))

    def _batch(self, asked: Question) -> Reply:
        if asked.path != "/graph/v1/paper/batch":
            return as_json({"error": "Not found"}, 404)
        ids = json.loads(asked.body)["ids"]
        if len(ids) > 500:
            return as_json({"error": "No more than 500 paper ids are allowed"}, 400)
        if not any(one in self.answers for one in ids):
            return as_json({"error": "No valid paper ids given"}, 400)
        return as_json([self.answers.get(one) for one in ids])
