"""A WordQuery as a query of tantivy: one for each wanted word, evidence, and constraints."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import tantivy
from tantivy import Occur, Query

from broadsheet.index.clauses import (
    Clause,
    Either,
    Phrase,
    Tagged,
    TextField,
    WordQuery,
    Words,
    Years,
)
from broadsheet.index.embedded.fields import NAMES, PARSED, analyser, fold
from broadsheet.index.embedded.stopwords import STOPWORDS
from broadsheet.index.engine import Tier

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
DEAR = 10_000
"""A phrase whose every word is in more documents is looked for among the best papers only, and
not at all in longer queries unless it is the whole of one."""
MOST_POSTINGS = 400_000
"""Among papers with some of the words, the rarest words are looked up until so many entries are
read; the words that are left count for the best papers only."""
LEAST_POSTINGS = 2_000
"""Rarer words alone would find too few papers."""
MOST_LEFT = 3
"""So many of the words that are left count, the rarest of them."""
MOST_DEAR = 3
"""So many of them, the whole query first."""

_NEARNAMES = 2

Weighted = tuple[Occur, Query]
Counted = Counter[tuple[str, str]]
"""How often each wanted word is asked for, by its stem and as it is written."""


class _Weighed(NamedTuple):
    """Words side by side in a field, and what that adds, as a share of their phrase's BM25."""

    field: TextField
    stems: tuple[str, ...]
    weight: float


class Compiler:
    """Compiles queries for the documents that one searcher sees."""

    def __init__(self, schema: tantivy.Schema, searcher: tantivy.Searcher) -> None:
        """Take the searcher's counts, by which the most telling words are chosen."""
        self._schema, self._searcher = schema, searcher
        self._stemmed, self._folded = analyser(stem=True), analyser(stem=False)

    def compiled(self, query: WordQuery, tier: Tier, *, scored: bool = True) -> Query | None:
        """The engine's query; None if it asks for nothing, or for nothing that can be found.

        Evidence costs more than all the rest, so it is left out where nothing is `scored`; what
        `dear` gives is left out anyway.
        """
        constraints = self.constraints(query)
        counts = self._counted(query.wanted)
        if tier == "some":
            counts = self._affordable(counts)[0]
        wanted = self._wanted(query.wanted, counts)
        if not wanted:
            if not query.required:
                return None
            return Query.boolean_query(constraints)
        occur = Occur.Must if tier == "all" else Occur.Should
        words = Query.boolean_query([(occur, one) for one in wanted])
        evidence = self._evidence(query.wanted, counts) if scored else []
        parts = [(Occur.Must, words), *evidence, *constraints]
        return Query.boolean_query(parts)

    def constraints(self, query: WordQuery) -> list[Weighted]:
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

    def stems(self, clause: Clause) -> set[str]:
        """The stems a clause looks for in titles and abstracts."""
        if isinstance(clause, Either):
            return set().union(*(self.stems(one) for one in clause.clauses))
        if isinstance(clause, Words | Phrase) and clause.field in PARSED:
            return set(self._stemmed.analyze(fold(clause.text)))
        return set()

    def _wanted(self, clauses: Sequence[Clause], counts: Counted) -> list[Query]:
        """One query for each different wanted word, weighted by how often it is asked for."""
        with_authors = len(counts) <= AUTHOR_WORDS
        queries = [self._word(stem, times, with_authors) for stem, times in counts.items()]
        for clause in clauses:
            if not isinstance(clause, Words) and (compiled := self._clause(clause)) is not None:
                queries.append(compiled)
        return queries

    def _affordable(self, counts: Counted) -> tuple[Counted, list[tuple[str, str]]]:
        """The rarest words, as many as may be looked up, and those that are left, rarest first.

        Long lists of frequent words are most of what a long query costs, and change little of
        which papers are the best (docs/benchmarks.md).
        """
        held = {word: self._searcher.doc_freq("text", word[0]) for word in counts}
        rising = sorted(counts, key=lambda word: held[word])
        read = kept = 0
        for word in rising:
            if read >= LEAST_POSTINGS and read + held[word] > MOST_POSTINGS:
                break
            read += held[word]
            kept += 1
        if kept == len(rising):
            return counts, []
        return Counter({word: counts[word] for word in rising[:kept]}), rising[kept:]

    def left(self, query: WordQuery) -> list[Query]:
        """The words that are not looked up among papers with some of the words."""
        counts = self._counted(query.wanted)
        return [
            self._boosted("text", (word[0],), counts[word])
            for word in self._affordable(counts)[1][:MOST_LEFT]
        ]

    def _counted(self, clauses: Sequence[Clause]) -> Counted:
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
        return -times * math.log((self._searcher.num_docs + 1) / (held + 0.5)) if held else 0.0

    def _word(self, word: tuple[str, str], times: int, with_author: bool) -> Query:
        """One word in the text (or, in short queries, an author's name)."""
        stem, folded = word
        query = Query.term_query(self._schema, "text", stem)
        if with_author:
            name = Query.term_query(self._schema, "author", folded)
            weak = Query.boost_query(name, AUTHOR_WEIGHT)
            query = Query.boolean_query([(Occur.Should, query), (Occur.Should, weak)])
        return Query.boost_query(query, float(times)) if times > 1 else query

    def dear(self, query: WordQuery) -> list[Query]:
        """Evidence that costs too much to be weighed for all papers, the weightiest first."""
        is_short = len(self._counted(query.wanted)) <= AUTHOR_WORDS
        dear = [
            phrase
            for phrase in self._phrases(query.wanted)
            if (is_short or phrase.weight >= WHOLE_WEIGHT) and self._rarest(phrase) > DEAR
        ]
        dear.sort(key=lambda phrase: -phrase.weight)
        return [self._boosted(*phrase) for phrase in dear[:MOST_DEAR]]

    def among(self, keys: Sequence[int]) -> Query:
        """Some documents, without a score; a set of terms would take three times as long."""
        terms = [(Occur.Should, Query.term_query(self._schema, "key", key)) for key in keys]
        return Query.const_score_query(Query.boolean_query(terms), 0.0)

    def _evidence(self, clauses: Sequence[Clause], counts: Counted) -> list[Weighted]:
        """What raises a document's score without being asked for: title words and phrases."""
        titled = [
            self._boosted("title", (stem,), TITLE_WEIGHT * times)
            for (stem, _), times in counts.items()
        ]
        phrases = [
            self._boosted(*phrase)
            for phrase in self._phrases(clauses)
            if self._rarest(phrase) <= DEAR
        ]
        return [(Occur.Should, one) for one in (*titled, *phrases)]

    def _phrases(self, clauses: Sequence[Clause]) -> list[_Weighed]:
        """Neighbouring words in the text, and the whole query there and in the title."""
        stems = {stem for stem, _ in self._counted(clauses)}
        text = " ".join(clause.text for clause in clauses if isinstance(clause, Words))
        sequence = tuple(self._stemmed.analyze(fold(text)))
        weights: defaultdict[tuple[TextField, tuple[str, ...]], float] = defaultdict(float)
        if len(stems) <= MOST_WORDS // 2:
            for pair in dict.fromkeys(pairwise(sequence)):
                if stems.issuperset(pair) and pair[0] != pair[1]:
                    weights["text", pair] += ADJACENT_WEIGHT
        if 2 <= len(sequence) <= LONGEST_PHRASE:
            weights["text", sequence] += WHOLE_WEIGHT
            weights["title", sequence] += WHOLE_WEIGHT
        return [_Weighed(field, phrase, weight) for (field, phrase), weight in weights.items()]

    def _rarest(self, phrase: _Weighed) -> int:
        """In how many documents the rarest word of a phrase is: what looking for it costs."""
        return min(self._searcher.doc_freq(phrase.field, stem) for stem in phrase.stems)

    def _boosted(self, field: str, stems: Sequence[str], weight: float) -> Query:
        """A word or a phrase with a weight."""
        if len(stems) == 1:
            return Query.boost_query(Query.term_query(self._schema, field, stems[0]), weight)
        return Query.boost_query(Query.phrase_query(self._schema, field, list(stems)), weight)

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
