"""Words, by tantivy: one inverted index of title, abstract, authors, venue, year and tags."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import tantivy
from tantivy import Occur, Query

from broadsheet.errors import SearchIndexError
from broadsheet.index.clauses import Clause, Either, Phrase, Tagged, WordQuery, Words, Years
from broadsheet.index.embedded.fields import (
    FOLDED,
    NAMES,
    PARSED,
    STEMMED,
    analyser,
    fold,
    schema,
    stems,
    stored,
)
from broadsheet.index.embedded.stopwords import STOPWORDS
from broadsheet.index.engine import Document, Facets, Keys, Scored, Spans, Tier

TITLE_WEIGHT = 0.2
"""What a word in the title adds, as a share of its BM25 there (see docs/benchmarks.md)."""
ADJACENT_WEIGHT = 0.2
"""What two query words side by side add, as a share of their phrase's BM25."""
WHOLE_WEIGHT = 0.5
"""What the whole query as a phrase adds, in the text and again in the title."""
AUTHOR_WEIGHT = 0.3
"""What a word adds as an author's name, in queries of at most AUTHOR_WORDS words."""
AUTHOR_WORDS = 4
MOST_WORDS = 64
"""Longer queries are searched for by this many of their most telling words."""
LONGEST_PHRASE = 40

_WRITER_THREADS = 1
_NEARNAMES = 2

_STOPPED = frozenset(stem for word in STOPWORDS for stem in stems(word))
_WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")

Weighted = tuple[Occur, Query]


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
        self._searcher = self._index.searcher()

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
        """The best `limit` documents, by falling score, then rising key."""
        compiled = self._compiled(query, tier)
        if compiled is None or limit < 1:
            return []
        # Without a word there is nothing to be better at: the newest come first.
        order = None if query.wanted else "day"
        hits = self._searcher.search(compiled, limit, count=False, order_by_field=order).hits
        keys: list[Any] = []
        if hits:
            keys = self._searcher.fast_field_values("key", [place for _, place in hits])
        if order:
            return [Scored(key, 0.0) for key in keys]
        scored = [Scored(key, float(hit[0])) for key, hit in zip(keys, hits, strict=True)]
        return sorted(scored, key=lambda hit: (-hit.score, hit.key))

    def scores(self, query: WordQuery, keys: Sequence[int]) -> dict[int, float]:
        """BM25 of those of some documents that hold any of what is wanted, without evidence.

        Evidence would double the time, and what is asked for here came by nearness.
        """
        compiled = self._compiled(query, "some", scored=False)
        if compiled is None or not query.wanted or not keys:
            return {}
        among = Query.const_score_query(Query.term_set_query(self._schema, "key", list(keys)), 0.0)
        both = Query.boolean_query([(Occur.Must, compiled), (Occur.Must, among)])
        hits = self._searcher.search(both, len(keys), count=False).hits
        if not hits:
            return {}
        found: list[Any] = self._searcher.fast_field_values("key", [place for _, place in hits])
        return {key: float(hit[0]) for key, hit in zip(found, hits, strict=True)}

    def matching(self, query: WordQuery) -> int:
        """How many documents hold all that is wanted."""
        compiled = self._compiled(query, "all", scored=False)
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
        if not found.hits:
            return []
        keys: list[Any] = self._searcher.fast_field_values("key", [at for _, at in found.hits])
        return [int(key) for key in keys]

    def frequency(self, word: str) -> int:
        """How many documents hold a word, in any inflection; those just deleted may count too."""
        cut = self._stemmed.analyze(fold(word))
        return min((self._searcher.doc_freq("text", stem) for stem in cut), default=0)

    def facets(self, query: WordQuery, most: int) -> Facets:
        """What the documents that hold all that is wanted fall under, `most` values of each."""
        compiled = self._compiled(query, "all", scored=False) or Query.all_query()
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
        among = Query.term_set_query(self._schema, "key", list(keys))
        parts = [(Occur.Must, among), *self._constraints(query)]
        found = self._searcher.search(
            Query.boolean_query(parts), len(keys), count=False, order_by_field="key"
        )
        return {int(key) for key, _ in found.hits}

    def spans(self, query: WordQuery, text: str) -> Spans:
        """Where in `text` the words of the query stand, in characters."""
        sought: set[str] = set()
        for clause in (*query.wanted, *query.required):
            sought.update(self._stems(clause))
        if len(sought) > 1:
            sought -= _STOPPED
        return [
            found.span() for found in _WORD.finditer(text) if not sought.isdisjoint(stems(found[0]))
        ]

    def _writing(self) -> tantivy.IndexWriter:
        if self._writer is None:
            raise SearchIndexError("The word index is not open for writing.")
        return self._writer

    def _stems(self, clause: Clause) -> set[str]:
        """The stems a clause looks for in titles and abstracts."""
        if isinstance(clause, Either):
            return set().union(*(self._stems(one) for one in clause.clauses))
        if isinstance(clause, Words | Phrase) and clause.field in PARSED:
            return set(self._stemmed.analyze(fold(clause.text)))
        return set()

    def _compiled(self, query: WordQuery, tier: Tier, *, scored: bool = True) -> Query | None:
        """The engine's query; None if it asks for nothing, or for nothing that can be found.

        Evidence costs more than all the rest, so it is left out where nothing is `scored`.
        """
        constraints = self._constraints(query)
        wanted = self._wanted(query.wanted)
        if not wanted:
            if not query.required:
                return None
            return Query.boolean_query(constraints)
        occur = Occur.Must if tier == "all" else Occur.Should
        words = Query.boolean_query([(occur, one) for one in wanted])
        evidence = self._evidence(query.wanted) if scored else []
        parts = [(Occur.Must, words), *evidence, *constraints]
        return Query.boolean_query(parts)

    def _wanted(self, clauses: Sequence[Clause]) -> list[Query]:
        """One query for each different wanted word, weighted by how often it is asked for."""
        counts = self._counted(clauses)
        with_authors = len(counts) <= AUTHOR_WORDS
        queries = [self._word(stem, times, with_authors) for stem, times in counts.items()]
        for clause in clauses:
            if not isinstance(clause, Words) and (compiled := self._clause(clause)) is not None:
                queries.append(compiled)
        return queries

    def _counted(self, clauses: Sequence[Clause]) -> Counter[tuple[str, str]]:
        """How often each (stem, folded word) is wanted: no stopwords, unless all are.

        Of more than MOST_WORDS the most telling ones are kept: by count times idf.
        """
        text = " ".join(clause.text for clause in clauses if isinstance(clause, Words))
        folded = self._folded.analyze(fold(text))
        telling = [word for word in folded if word not in STOPWORDS] or folded
        counts = Counter((self._stemmed.analyze(word)[0], word) for word in telling)
        merged: Counter[tuple[str, str]] = Counter()
        first: dict[str, tuple[str, str]] = {}
        for (stem, word), times in counts.items():
            merged[first.setdefault(stem, (stem, word))] += times
        if len(merged) <= MOST_WORDS:
            return merged
        return Counter(dict(sorted(merged.items(), key=self._telling)[:MOST_WORDS]))

    def _telling(self, counted: tuple[tuple[str, str], int]) -> float:
        """Minus count times inverse document frequency, so that the most telling come first."""
        (stem, _), times = counted
        held = self._searcher.doc_freq("text", stem)
        return -times * math.log((self.count() + 1) / (held + 0.5)) if held else 0.0

    def _word(self, word: tuple[str, str], times: int, with_author: bool) -> Query:
        """One word in the text (or, in short queries, an author's name)."""
        stem, folded = word
        query = Query.term_query(self._schema, "text", stem)
        if with_author:
            name = Query.term_query(self._schema, "author", folded)
            weak = Query.boost_query(name, AUTHOR_WEIGHT)
            query = Query.boolean_query([(Occur.Should, query), (Occur.Should, weak)])
        return Query.boost_query(query, float(times)) if times > 1 else query

    def _evidence(self, clauses: Sequence[Clause]) -> list[Weighted]:
        """What raises a document's score without being asked for: title words and phrases."""
        counts = self._counted(clauses)
        queries: list[Weighted] = [
            (Occur.Should, self._boosted("title", [stem], TITLE_WEIGHT * times))
            for (stem, _), times in counts.items()
        ]
        text = " ".join(clause.text for clause in clauses if isinstance(clause, Words))
        sequence = self._stemmed.analyze(fold(text))
        stems = {stem for stem, _ in counts}
        pairs = dict.fromkeys(pairwise(sequence))
        if len(stems) <= MOST_WORDS // 2:
            queries += [
                (Occur.Should, self._boosted("text", list(pair), ADJACENT_WEIGHT))
                for pair in pairs
                if stems.issuperset(pair) and pair[0] != pair[1]
            ]
        if 2 <= len(sequence) <= LONGEST_PHRASE:
            for field in ("text", "title"):
                queries.append((Occur.Should, self._boosted(field, sequence, WHOLE_WEIGHT)))
        return queries

    def _boosted(self, field: str, stems: list[str], weight: float) -> Query:
        """A word or a phrase with a weight."""
        if len(stems) == 1:
            return Query.boost_query(Query.term_query(self._schema, field, stems[0]), weight)
        return Query.boost_query(Query.phrase_query(self._schema, field, list(stems)), weight)

    def _constraints(self, query: WordQuery) -> list[Weighted]:
        """What must and must not be; a clause without any word constrains nothing."""
        parts: list[Weighted] = []
        for clause in query.required:
            if (compiled := self._clause(clause)) is not None:
                parts.append((Occur.Must, compiled))
        for clause in query.excluded:
            if (compiled := self._clause(clause)) is not None:
                parts.append((Occur.MustNot, compiled))
        if parts and all(occur == Occur.MustNot for occur, _ in parts):
            parts.append((Occur.Must, Query.const_score_query(Query.all_query(), 0.0)))
        return parts

    def _clause(self, clause: Clause) -> Query | None:
        """One clause as the engine's query; None if it holds no word."""
        match clause:
            case Words(text, field):
                return self._all_of(field, self._analysed(text, field))
            case Phrase(text, field):
                return self._side_by_side(field, self._analysed(text, field))
            case Years(first, last):
                years = Query.range_query(
                    self._schema, "year", tantivy.FieldType.Integer, first or 0, last or 9999
                )
                return Query.const_score_query(years, 0.0)
            case Tagged(field, value):
                tag = Query.term_query(self._schema, field, value.casefold())
                return Query.const_score_query(tag, 0.0)
            case Either(clauses):
                options = [one for one in map(self._clause, clauses) if one is not None]
                if not options:
                    return None
                return Query.boolean_query([(Occur.Should, one) for one in options])

    def _analysed(self, text: str, field: str) -> list[str]:
        cutter = self._folded if field in NAMES else self._stemmed
        return cutter.analyze(fold(text))

    def _all_of(self, field: str, words: list[str]) -> Query | None:
        terms = [Query.term_query(self._schema, field, word) for word in dict.fromkeys(words)]
        if len(terms) < 2:
            return terms[0] if terms else None
        return Query.boolean_query([(Occur.Must, term) for term in terms])

    def _side_by_side(self, field: str, words: list[str]) -> Query | None:
        if len(words) < 2:
            return self._all_of(field, words)
        # A middle name may stand between the names of an author.
        slop = _NEARNAMES if field == "author" else 0
        return Query.phrase_query(self._schema, field, list(words), slop)
