"""Runs: what each way of searching finds for every query of a judged set, best first."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from broadsheet.catalogue import Catalogue, FiledPaper
from broadsheet.curation import flags
from broadsheet.errors import SettingError
from broadsheet.evaluation.sets import JudgedSet, Text
from broadsheet.index import Index
from broadsheet.index.encoders import Encoder
from broadsheet.papers import Facts, Paper, PaperId
from broadsheet.ranking import Mode, Weights, search
from broadsheet.ranking.query import LONGEST_QUERY
from broadsheet.text import clean, title_key

Run = Mapping[str, Sequence[str]]
"""For each query, the ids of the documents found, best first."""
DEPTH = 100
REFERENCE = "bm25s"
"""The run that all others are held against."""
EARLY = "hybrid, first encoder"
"""The run of hybrid search as it is until the contextual encoder has read the papers."""
_PREFIX = "set:"
_MEMORY_MB = 64
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Shelved:
    """A judged set in a catalogue and index of its own, to be asked."""

    catalogue: Catalogue
    index: Index
    early: Index
    weights: Weights

    def add(self, documents: Sequence[Text], tell: Tell) -> None:
        """File further documents one by one, index them, and let the contextual encoder read them.

        They are not matched, since some sets hold repeats.
        """
        with self.catalogue.writing() as desk:
            first = desk.papers.allocate(len(documents))
            desk.papers.add([_filed(first + at, one) for at, one in enumerate(documents)])
        self.index.catch_up(lambda at: tell("indexing", at.done, at.total))
        self.index.deepen(lambda at: tell("reading", at.done, at.total))

    def runs(
        self, queries: Mapping[str, str], tell: Tell, modes: Sequence[Mode] = get_args(Mode)
    ) -> dict[str, Run]:
        """What some modes of our search find, and hybrid search before the contextual encoder."""
        runs: dict[str, Run] = {}
        for mode in modes:
            runs[mode] = self._run(self.index, queries, mode, tell)
        if self.index.contextual and "hybrid" in modes:
            runs[EARLY] = self._run(self.early, queries, "hybrid", tell)
        return runs

    def _run(self, index: Index, queries: Mapping[str, str], mode: Mode, tell: Tell) -> Run:
        found: dict[str, list[str]] = {}
        for done, (name, text) in enumerate(queries.items(), 1):
            page = search(
                self.catalogue,
                index,
                text[:LONGEST_QUERY],
                mode=mode,
                limit=DEPTH,
                weights=self.weights,
            )
            found[name] = [hit.paper.id.removeprefix(_PREFIX) for hit in page.hits]
            tell(f"asking ({mode})", done, len(queries))
        return found


@contextmanager
def shelved(
    judged: JudgedSet,
    home: Path,
    encoders: Sequence[Encoder],
    *,
    contextual: Encoder | None = None,
    weights: Weights,
    tell: Tell,
) -> Iterator[Shelved]:
    """The set's documents through a real catalogue and index in an empty `home`.

    The contextual encoder has read them all.
    """
    catalogue = Catalogue.open(f"sqlite:///{home / 'set.db'}", locks=home, create=True)
    early, index = (
        Index(
            home / "index",
            catalogue,
            encoders,
            locks=home,
            memory_mb=_MEMORY_MB,
            contextual=further,
        )
        for further in (None, contextual)
    )
    try:
        shelf = Shelved(catalogue, index, early, weights)
        shelf.add(judged.documents, tell)
        yield shelf
    finally:
        index.close()
        early.close()
        catalogue.close()


def reference_runs(judged: JudgedSet, seed: int) -> dict[str, Run]:
    """BM25 by bm25s (Lucene's variant, English stems) and orders that know nothing of the query.

    Those are by chance (seeded), the newest first and the most voted first, the last two where
    documents have dates and votes. Raises SettingError where bm25s is not installed.
    """
    draw = random.Random(seed)
    names = [document.id for document in judged.documents]
    by_chance = {
        query: draw.sample(names, min(DEPTH, len(names))) for query in sorted(judged.queries)
    }
    runs: dict[str, Run] = {REFERENCE: bm25s_run(judged), "random": by_chance}
    dated = sorted(((one.date, one.id) for one in judged.documents if one.date), reverse=True)
    voted = sorted((-one.votes, one.id) for one in judged.documents if one.votes is not None)
    for name, ordered in (("newest", dated), ("most voted", voted)):
        if ordered:
            first = [id for _, id in ordered[:DEPTH]]
            runs[name] = dict.fromkeys(judged.queries, first)
    return runs


def _filed(key: int, document: Text) -> FiledPaper:
    facts = Facts(title=clean(document.title), abstract=clean(document.text))
    paper = Paper(
        id=PaperId(_PREFIX + document.id),
        title=facts.title,
        abstract=facts.abstract,
        findings=flags(facts),
    )
    return FiledPaper(key, paper, title_key(document.title))


def bm25s_run(judged: JudgedSet) -> Run:
    """What BM25 by bm25s finds; SettingError where that is not installed."""
    try:
        import bm25s
        import Stemmer
    except ImportError as error:
        raise SettingError(
            "The reference runs need bm25s and PyStemmer.",
            hint="Install broadsheet[evaluate].",
        ) from error
    stemmer = Stemmer.Stemmer("english")

    def tokens(texts: list[str]) -> Any:
        return bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False)

    index = bm25s.BM25(k1=1.2, b=0.75, method="lucene")
    texts = [f"{document.title} {document.text}" for document in judged.documents]
    index.index(tokens(texts), show_progress=False)
    found: dict[str, list[str]] = {}
    for name, text in judged.queries.items():
        deep = min(DEPTH, len(texts))
        places, scores = index.retrieve(tokens([text]), k=deep, show_progress=False)
        pairs = zip(places[0], scores[0], strict=True)
        found[name] = [judged.documents[place].id for place, score in pairs if score > 0]
    return found
