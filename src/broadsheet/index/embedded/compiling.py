"""A WordQuery as a query of tantivy: one for each wanted word, evidence, and constraints."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import tantivy
from tantivy import Occur, Query

from broadsheet.index.clauses import (
    Clause,
    Either,
    Later,
    Phrase,
    Tagged,
    TextField,
    WordQuery,
    Words,
    Years,
)
from broadsheet.index.embedded.fields import NAMES, PARSED, analyser, fold, stems
from broadsheet.index.embedded.stopwords import STOPWORDS
from broadsheet.index.embedded.variants import (
    NO_VARIANTS,
    Form,
    Variants,
    partings,
    spellings,
    variants,
)
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

_HIGHEST = (1 << 63) - 2
"""Above any key of a paper, and an integer that the engine takes."""
_NEARNAMES = 2
_REMEMBERED = 64

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
        # One search asks for those of its words half a dozen times, and once for each passage.
        self._variants = lru_cache(_REMEMBERED)(self._found_variants)
        self.forms = lru_cache(_REMEMBERED)(self._found_forms)

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

    def _found_forms(self, query: WordQuery) -> frozenset[Form]:
        """All that is looked for in titles and abstracts, with the variants of what is unquoted."""
        found: set[Form] = set()
        unquoted = [_text(query.wanted)]
        for clause in _single(query):
            if isinstance(clause, Words | Phrase) and clause.field in PARSED:
                found.update((stem,) for stem in self._stemmed.analyze(fold(clause.text)))
                unquoted += [clause.text] if isinstance(clause, Words) else []
        return frozenset(found.union(*(self._variants(text).forms() for text in unquoted)))

    def respelt(self, word: str) -> list[str]:
        """The other spellings of a word that documents hold, that of most documents first."""
        folded = self._folded.analyze(fold(word))
        if len(folded) != 1:
            return []
        held = {
            other: min(self._searcher.doc_freq("text", stem) for stem in stems(other))
            for other in spellings(folded[0])
            if stems(other) != stems(folded[0])
        }
        return sorted((other for other in held if held[other]), key=lambda one: (-held[one], one))

    def parted(self, word: str) -> dict[str, Query]:
        """The ways to write a word in two whose parts documents hold, with the query for each."""
        folded = self._folded.analyze(fold(word))
        if len(folded) != 1:
            return {}
        return {
            f"{first} {second}": self._phrase("text", form, 1.0)
            for first, second in partings(folded[0])
            if self._rarities("text", form := stems(first) + stems(second))
        }

    def _wanted(self, clauses: Sequence[Clause], counts: Counted) -> list[Query]:
        """One query for each different wanted word, weighted by how often it is asked for."""
        others = self._variants(_text(clauses))
        with_authors = len(counts) <= AUTHOR_WORDS
        queries = [self._word(word, times, others, with_authors) for word, times in counts.items()]
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
        counts, others = self._counted(query.wanted), self._variants(_text(query.wanted))
        return [
            Query.boost_query(self._form("text", word[0], others), float(counts[word]))
            for word in self._affordable(counts)[1][:MOST_LEFT]
        ]

    def _counted(self, clauses: Sequence[Clause]) -> Counted:
        """How often each (stem, folded word) is wanted: no stopwords, unless all are.

        Of more than MOST_WORDS the most telling ones are kept: by count times idf.
        """
        text = _text(clauses)
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

    def _word(
        self, word: tuple[str, str], times: int, others: Variants, with_author: bool
    ) -> Query:
        """One word in the text (or, in short queries, an author's name)."""
        stem, folded = word
        query = self._form("text", stem, others)
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
        return [self._phrase(*phrase) for phrase in dear[:MOST_DEAR]]

    def among(self, keys: Sequence[int]) -> Query:
        """Some documents, without a score; a set of terms would take three times as long."""
        terms = [(Occur.Should, Query.term_query(self._schema, "key", key)) for key in keys]
        return Query.const_score_query(Query.boolean_query(terms), 0.0)

    def _evidence(self, clauses: Sequence[Clause], counts: Counted) -> list[Weighted]:
        """What raises a document's score without being asked for: title words and phrases."""
        others = self._variants(_text(clauses))
        titled = [
            Query.boost_query(self._form("title", stem, others), TITLE_WEIGHT * times)
            for (stem, _), times in counts.items()
        ]
        phrases = [
            self._phrase(*phrase)
            for phrase in self._phrases(clauses)
            if self._rarest(phrase) <= DEAR
        ]
        return [(Occur.Should, one) for one in (*titled, *phrases)]

    def _phrases(self, clauses: Sequence[Clause]) -> list[_Weighed]:
        """Neighbouring words in the text, and the whole query there and in the title."""
        wanted = {stem for stem, _ in self._counted(clauses)}
        sequence = tuple(self._stemmed.analyze(fold(_text(clauses))))
        weights: defaultdict[tuple[TextField, tuple[str, ...]], float] = defaultdict(float)
        if len(wanted) <= MOST_WORDS // 2:
            for pair in dict.fromkeys(pairwise(sequence)):
                if wanted.issuperset(pair) and pair[0] != pair[1]:
                    weights["text", pair] += ADJACENT_WEIGHT
        if 2 <= len(sequence) <= LONGEST_PHRASE:
            weights["text", sequence] += WHOLE_WEIGHT
            weights["title", sequence] += WHOLE_WEIGHT
        return [_Weighed(field, phrase, weight) for (field, phrase), weight in weights.items()]

    def _rarest(self, phrase: _Weighed) -> int:
        """In how many documents the rarest word of a phrase is: what looking for it costs."""
        return min(self._searcher.doc_freq(phrase.field, stem) for stem in phrase.stems)

    def _phrase(self, field: str, sequence: Sequence[str], weight: float) -> Query:
        return Query.boost_query(Query.phrase_query(self._schema, field, list(sequence)), weight)

    def _found_variants(self, text: str) -> Variants:
        words = self._folded.analyze(fold(text))
        return variants(text, words, lambda stem: self._searcher.doc_freq("text", stem))

    def _form(self, field: str, stem: str, others: Variants) -> Query:
        """One word in a field, or the best of its forms, all as rare as the most frequent one.

        So a rare spelling counts no more than the usual one, and what was typed a little more.
        """
        weights = {(stem,): 1.0, **others.of(stem)}
        if len(weights) == 1:
            return Query.term_query(self._schema, field, stem)
        rarities = {form: self._rarities(field, form) for form in weights}
        held = {form: found for form, found in rarities.items() if found}
        if not held or list(held) == [(stem,)]:
            return Query.term_query(self._schema, field, stem)
        alone = [found[0] for found in held.values() if len(found) == 1]
        least = min(alone or [max(found) for found in held.values()])
        return Query.disjunction_max_query(
            [
                self._weighed(field, form, weights[form] * least / sum(found))
                for form, found in held.items()
            ]
        )

    def _weighed(self, field: str, form: Form, weight: float) -> Query:
        if len(form) > 1:
            return self._phrase(field, form, weight)
        return Query.boost_query(Query.term_query(self._schema, field, form[0]), weight)

    def _rarities(self, field: str, form: Form) -> list[float]:
        """The inverse document frequency of each stem, as BM25 has it; none unless all are held."""
        count = self._searcher.num_docs
        held = [self._searcher.doc_freq(field, stem) for stem in form]
        if not all(held):
            return []
        # Documents just deleted are still counted among those that hold a word.
        return [math.log1p(max(0.5, count - one + 0.5) / (one + 0.5)) for one in held]

    def _clause(self, clause: Clause) -> Query | None:
        """One clause as the engine's query; None if it holds no word."""
        match clause:
            case Words(text, field):
                others = self._variants(text) if field in PARSED else NO_VARIANTS
                return self._all_of(field, self._analysed(text, field), others)
            case Phrase(text, field):
                return self._side_by_side(field, self._analysed(text, field))
            case Years(first, last):
                years = Query.range_query(
                    self._schema, "year", tantivy.FieldType.Integer, first or 0, last or 9999
                )
                return Query.const_score_query(years, 0.0)
            case Later(key):
                later = Query.range_query(
                    self._schema, "key", tantivy.FieldType.Integer, key + 1, _HIGHEST
                )
                return Query.const_score_query(later, 0.0)
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

    def _all_of(self, field: str, words: list[str], others: Variants) -> Query | None:
        terms = [self._form(field, word, others) for word in dict.fromkeys(words)]
        if len(terms) < 2:
            return terms[0] if terms else None
        return Query.boolean_query([(Occur.Must, term) for term in terms])

    def _side_by_side(self, field: str, words: list[str]) -> Query | None:
        if len(words) < 2:
            return self._all_of(field, words, NO_VARIANTS)
        # A middle name may stand between the names of an author.
        slop = _NEARNAMES if field == "author" else 0
        return Query.phrase_query(self._schema, field, list(words), slop)


def _text(clauses: Sequence[Clause]) -> str:
    """All plain words of some clauses, in one text."""
    return " ".join(clause.text for clause in clauses if isinstance(clause, Words))


def _single(query: WordQuery) -> Iterator[Clause]:
    """What is wanted and required, alternatives one by one."""
    pending = [*query.wanted, *query.required]
    while pending:
        clause = pending.pop()
        if isinstance(clause, Either):
            pending += clause.clauses
        else:
            yield clause
