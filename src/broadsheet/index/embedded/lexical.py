"""Words, by tantivy: one inverted index of title, abstract, authors, venue, year and tags."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import tantivy
from tantivy import Occur, Query

from broadsheet.errors import SearchIndexError
from broadsheet.index.clauses import WordQuery
from broadsheet.index.embedded.compiling import Compiler
from broadsheet.index.embedded.fields import (
    FOLDED,
    STEMMED,
    analyser,
    fold,
    schema,
    stems,
    stored,
)
from broadsheet.index.embedded.stopwords import STOPWORDS
from broadsheet.index.engine import Document, Facets, Keys, Scored, Spans, Tier

WEIGHED_MORE = 200
"""Phrases of frequent words are weighed for so many papers more than are asked for."""
_WRITER_THREADS = 1
_STOPPED = frozenset((stem,) for word in STOPWORDS for stem in stems(word))
_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")


class WordIndex:
    """The inverted index in one folder; one process at a time may write, any number may read."""

    def __init__(self, folder: Path) -> None:
        """Open the index in `folder`, made if it is not there; SearchIndexError if it cannot be."""
        folder.mkdir(parents=True, exist_ok=True)
        self._schema = schema()
        try:
            self._index = tantivy.Index(self._schema, path=str(folder), reuse=True)
        except (ValueError, OSError) as error:
            raise SearchIndexError(
                f"The word index in {folder} cannot be opened: {error}.",
                hint="Run `broadsheet index rebuild`.",
            ) from error
        self._stemmed, self._folded = analyser(stem=True), analyser(stem=False)
        self._index.register_tokenizer(STEMMED, self._stemmed)
        self._index.register_tokenizer(FOLDED, self._folded)
        self._writer: tantivy.IndexWriter | None = None
        self._matched: tuple[WordQuery | None, int] = (None, 0)
        self._searcher = self._index.searcher()
        self._compiler = Compiler(self._schema, self._searcher)

    def write(self, memory_mb: int) -> None:
        """Begin to write with about this much memory (MiB, at least 16)."""
        try:
            self._writer = self._index.writer(memory_mb << 20, _WRITER_THREADS)
        except ValueError as error:
            raise SearchIndexError(f"The word index cannot be written: {error}.") from error

    def add(self, documents: Iterable[Document]) -> None:
        """Put documents in, in place of those with the same keys."""
        writer = self._writing()
        for document in documents:
            writer.delete_documents_by_term("key", document.key)
            writer.add_document(stored(document))

    def delete(self, keys: Iterable[int]) -> None:
        """Take documents out."""
        writer = self._writing()
        for key in keys:
            writer.delete_documents_by_term("key", key)

    def commit(self) -> None:
        """Make durable what was written."""
        try:
            self._writing().commit()
        except (ValueError, OSError) as error:
            raise SearchIndexError(
                f"The word index cannot be written: {error}.",
                hint="Make room or mend the disk; nothing of the catalogue is lost.",
            ) from error

    def finish(self) -> None:
        """Stop writing, once segments that are being merged are merged."""
        if self._writer is not None:
            self._writer.wait_merging_threads()
            self._writer = None

    def refresh(self) -> None:
        """See what was committed since."""
        self._index.reload()
        self._searcher = self._index.searcher()
        self._matched = (None, 0)
        self._compiler = Compiler(self._schema, self._searcher)

    def count(self) -> int:
        """How many documents there are."""
        return self._searcher.num_docs

    def keys(self) -> Keys:
        """All keys, ascending."""
        if not self.count():
            return np.empty(0, np.int64)
        found = self._searcher.search(
            Query.all_query(), self.count(), count=False, order_by_field="key"
        )
        return np.sort(np.array([key for key, _ in found.hits], np.int64))

    def search(self, query: WordQuery, tier: Tier, limit: int) -> list[Scored]:
        """The best `limit` documents, by falling score, then rising key.

        Phrases of frequent words, and frequent words of long queries, are weighed for the best by
        all else only.
        """
        compiled = self._compiler.compiled(query, tier)
        if compiled is None or limit < 1:
            return []
        if not query.wanted:
            # Without a word there is nothing to be better at: the newest come first.
            found = self._searcher.search(compiled, limit, count=False, order_by_field="day").hits
            return [Scored(key, 0.0) for key in self._keys_of(found)]
        further = self._compiler.dear(query)
        if tier == "some":
            further += self._compiler.left(query)
        wide = limit + WEIGHED_MORE if further else limit
        scores = self._scored(compiled, wide, query if tier == "all" else None)
        self._add(scores, further, list(scores))
        order = sorted(scores, key=lambda key: (-scores[key], key))
        return [Scored(key, scores[key]) for key in order[:limit]]

    def scores(self, query: WordQuery, keys: Sequence[int]) -> dict[int, float]:
        """BM25 of those of some documents that hold any of what is wanted, without evidence.

        Evidence would double the time, and what is asked for here came by nearness.
        """
        compiled = self._compiler.compiled(query, "some", scored=False)
        if compiled is None or not query.wanted:
            return {}
        scores = self._among(compiled, keys)
        self._add(scores, self._compiler.left(query), keys)
        return scores

    def _add(self, scores: dict[int, float], further: Sequence[Query], keys: Sequence[int]) -> None:
        """Add what further queries give some documents."""
        if not further:
            return
        either = Query.boolean_query([(Occur.Should, one) for one in further])
        for key, score in self._among(either, keys).items():
            scores[key] = scores.get(key, 0.0) + score

    def _among(self, compiled: Query, keys: Sequence[int]) -> dict[int, float]:
        """Those of some documents that a query finds, with their scores."""
        if not keys:
            return {}
        parts = [(Occur.Must, compiled), (Occur.Must, self._compiler.among(keys))]
        return self._scored(Query.boolean_query(parts), len(keys))

    def _scored(
        self, compiled: Query, limit: int, counted: WordQuery | None = None
    ) -> dict[int, float]:
        """The best `limit` documents of a query with their scores, best first.

        How many there are in all is remembered for the query that is `counted`.
        """
        # The stubs lack `count`, which a search that counts has.
        found: Any = self._searcher.search(compiled, limit, count=counted is not None)
        if counted is not None:
            self._matched = counted, int(found.count)
        hits = found.hits
        return {key: float(hit[0]) for key, hit in zip(self._keys_of(hits), hits, strict=True)}

    def _keys_of(self, hits: Sequence[Any]) -> list[int]:
        """The keys of hits, in their order."""
        keys: list[Any] = []
        if hits:
            keys = self._searcher.fast_field_values("key", [place for _, place in hits])
        return [int(key) for key in keys]

    def matching(self, query: WordQuery) -> int:
        """How many documents hold all that is wanted; known if that was just searched for."""
        searched, count = self._matched
        if searched == query:
            return count
        compiled = self._compiler.compiled(query, "all", scored=False)
        if compiled is None:
            return 0
        # The stubs lack `count`, which a search that counts has.
        found: Any = self._searcher.search(compiled, 1)
        return int(found.count)

    def begun(self, text: str, limit: int) -> list[int]:
        """The newest documents whose titles hold all the words of a text, the last one begun.

        The last word counts as a beginning unless a space follows it.
        """
        words = self._folded.analyze(fold(text))
        if not words:
            return []
        whole = words if text[-1].isspace() else words[:-1]
        cut = [self._stemmed.analyze(word)[0] for word in whole]
        parts = [(Occur.Must, Query.term_query(self._schema, "title", stem)) for stem in cut]
        if len(whole) < len(words):
            # What is typed may be longer than its stem ("studie", "studi").
            begun = Query.regex_query(self._schema, "title", f"{words[-1]}.*")
            full = Query.term_query(self._schema, "title", self._stemmed.analyze(words[-1])[0])
            either = Query.boolean_query([(Occur.Should, begun), (Occur.Should, full)])
            parts.append((Occur.Must, either))
        found = self._searcher.search(
            Query.boolean_query(parts), limit, count=False, order_by_field="day"
        )
        return self._keys_of(found.hits)

    def frequency(self, word: str) -> int:
        """How many documents hold a word, in any inflection; those just deleted may count too."""
        cut = self._stemmed.analyze(fold(word))
        return min((self._searcher.doc_freq("text", stem) for stem in cut), default=0)

    def respelt(self, word: str) -> list[str]:
        """The other spellings of a word that documents hold, that of most documents first."""
        return self._compiler.respelt(word)

    def parted(self, word: str) -> list[str]:
        """A word in two, as documents hold it side by side, the way of most documents first."""
        found: dict[str, int] = {}
        for way, phrase in self._compiler.parted(word).items():
            # The stubs lack `count`, which a search that counts has.
            hits: Any = self._searcher.search(phrase, 1)
            found[way] = int(hits.count)
        return sorted((way for way in found if found[way]), key=lambda way: (-found[way], way))

    def facets(self, query: WordQuery, most: int) -> Facets:
        """What the documents that hold all that is wanted fall under, `most` values of each."""
        compiled = self._compiler.compiled(query, "all", scored=False) or Query.all_query()
        asked = {
            name: {"terms": {"field": name, "size": most}} for name in ("year", "shelf", "has")
        }
        if not self.count():
            return Facets()
        # The stubs say no more than that it is a mapping.
        found: Any = self._searcher.aggregate(compiled, asked)
        counted = {
            name: [(bucket["key"], int(bucket["doc_count"])) for bucket in found[name]["buckets"]]
            for name in asked
        }
        return Facets(
            years=tuple(sorted(((int(y), n) for y, n in counted["year"]), reverse=True)),
            categories=tuple((str(name), count) for name, count in counted["shelf"]),
            has=tuple((str(name), count) for name, count in counted["has"]),
        )

    def fulfilling(self, query: WordQuery, keys: Sequence[int]) -> set[int]:
        """Those of the keys whose documents fulfil what the query requires and excludes."""
        if not keys:
            return set()
        parts = [(Occur.Must, self._compiler.among(keys)), *self._compiler.constraints(query)]
        found = self._searcher.search(
            Query.boolean_query(parts), len(keys), count=False, order_by_field="key"
        )
        return {int(key) for key, _ in found.hits}

    def spans(self, query: WordQuery, text: str) -> Spans:
        """Where in `text` the words of the query stand, in characters."""
        sought = self._compiler.forms(query)
        if len(sought) > 1:
            sought = sought - _STOPPED
        alone = {form[0] for form in sought if len(form) == 1}
        words = [(found.span(), stems(found[0])) for found in _WORD.finditer(text)]
        marked = {at for at, (_, word) in enumerate(words) if not alone.isdisjoint(word)}
        if len(alone) < len(sought):
            for at, ((_, first), (_, second)) in enumerate(pairwise(words)):
                if first + second in sought:
                    marked |= {at, at + 1}
        return [words[at][0] for at in sorted(marked)]

    def _writing(self) -> tantivy.IndexWriter:
        if self._writer is None:
            raise SearchIndexError("The word index is not open for writing.")
        return self._writer
