"""Search: the word list and the nearness list joined into one page of hits, each with its parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from broadsheet.catalogue import Catalogue
from broadsheet.errors import QueryError
from broadsheet.index import Facets, Index, Scored, WordQuery
from broadsheet.index.engine import Engine
from broadsheet.papers import Paper
from broadsheet.ranking.cursors import DEEPEST, read_cursor, write_cursor
from broadsheet.ranking.formulas import (
    NORMALISED_OVER,
    fused,
    joined,
    normalised,
    tiered,
    with_room,
)
from broadsheet.ranking.query import Filters, Query, read_query
from broadsheet.text import Snippet, plain, snippet

Mode = Literal["hybrid", "lexical", "semantic"]
MOST_HITS = 1000
FIRST_PAGE = 10
ROOM_FOR_NEAR = 2
"""Places of the first page that are kept for papers near in meaning."""
SNIPPET_WIDTH = 240
_SPARE = 20


@dataclass(frozen=True, slots=True)
class Parts:
    """Why a hit is where it is; ranks count from 1, None where a list does not hold the paper.

    `lexical_score` is BM25 with title and phrase evidence, `semantic_score` a cosine, `fused` the
    score of hybrid search (0 to 1); `all_words` says that the paper holds all the words.
    """

    lexical_rank: int | None
    lexical_score: float | None
    all_words: bool
    semantic_rank: int | None
    semantic_score: float | None
    fused: float | None


@dataclass(frozen=True, slots=True)
class Hit:
    """A paper that was found, its key, a passage of it and the parts of its score."""

    key: int
    paper: Paper
    snippet: Snippet
    score: float
    parts: Parts


@dataclass(frozen=True, slots=True)
class Page:
    """One page of hits; `holding_all` and `facets` count the papers that hold all the words."""

    query: Query
    mode: Mode
    hits: tuple[Hit, ...]
    holding_all: int
    notes: tuple[str, ...]
    next_cursor: str | None
    facets: Facets | None = None


@dataclass(frozen=True, slots=True)
class _Lists:
    """Both lists, best first; `first_tier` is how many of the lexical ones hold all the words."""

    lexical: Sequence[Scored]
    first_tier: int
    semantic: Sequence[Scored]
    weight: float

    def order(self, mode: Mode) -> list[int]:
        """The keys in the order of a mode."""
        lexical, semantic = [h.key for h in self.lexical], [h.key for h in self.semantic]
        if mode == "lexical" or not semantic:
            return lexical
        if mode == "semantic":
            return semantic
        words, nearness = self.normalised()
        order = joined(words, nearness, self.weight)
        order += [key for key in lexical if key not in words and key not in nearness]
        return with_room(order, semantic, FIRST_PAGE, ROOM_FOR_NEAR) if lexical else order

    def normalised(self) -> tuple[Mapping[int, float], Mapping[int, float]]:
        """The best of both lists with scores from 0 to 1."""
        scores = [hit.score for hit in self.lexical]
        lifted = tiered(scores[: self.first_tier], scores[self.first_tier :])
        words = _first(self.lexical, normalised(lifted))
        return words, _first(self.semantic, normalised([hit.score for hit in self.semantic]))

    def parts(self) -> "_PartsOf":
        """What the parts of each hit are looked up in."""
        words, nearness = self.normalised()
        return _PartsOf(
            {hit.key: (rank, hit.score) for rank, hit in enumerate(self.lexical, 1)},
            {hit.key: (rank, hit.score) for rank, hit in enumerate(self.semantic, 1)},
            {hit.key for hit in self.lexical[: self.first_tier]},
            {
                key: fused(words.get(key, 0.0), nearness.get(key, 0.0), self.weight)
                for key in {**words, **nearness}
            },
        )


@dataclass(frozen=True, slots=True)
class _PartsOf:
    lexical: Mapping[int, tuple[int, float]]
    semantic: Mapping[int, tuple[int, float]]
    holding_all: set[int]
    fused: Mapping[int, float]

    def of(self, key: int, mode: Mode) -> Parts:
        """The parts of one hit."""
        word_rank, word_score = self.lexical.get(key, (None, None))
        near_rank, near_score = self.semantic.get(key, (None, None))
        return Parts(
            lexical_rank=word_rank,
            lexical_score=word_score,
            all_words=key in self.holding_all,
            semantic_rank=near_rank,
            semantic_score=near_score,
            fused=self.fused.get(key, 0.0) if mode == "hybrid" else None,
        )


def search(
    catalogue: Catalogue,
    index: Index,
    text: str,
    *,
    mode: Mode = "hybrid",
    filters: Filters | None = None,
    limit: int = 10,
    cursor: str | None = None,
    weight: float,
    facets: int = 0,
) -> Page:
    """Search the catalogue; `weight` (0..1) is the share of nearness in hybrid scores.

    `facets` is how many values of each facet to count, 0 for none.

    In lexical mode the papers that hold all the words come before those that hold some. In hybrid
    mode that holds for the word list alone, and the first page keeps room for papers near in
    meaning. An id, DOI or arXiv address leads straight to its paper. Raises QueryError for a query
    over 4,096 characters, a `limit` outside 1..1000, a mode that is none or a cursor of another
    search; SearchIndexError if there is no index.
    """
    if mode not in get_args(Mode):
        raise QueryError(
            f"There is no search mode {mode!r}.", hint=f"It is one of {', '.join(get_args(Mode))}."
        )
    if not 1 <= limit <= MOST_HITS:
        raise QueryError(f"The limit must be from 1 to {MOST_HITS:,}, not {limit:,}.")
    query = read_query(text, filters)
    asked = repr((query.text, mode, filters or Filters()))
    shown = read_cursor(cursor, asked) if cursor else []
    if query.reference and not shown and (page := _named(catalogue, query, mode)):
        return page
    engine = index.reader()
    lists = _found(engine, index, query, mode, len(shown) + limit + _SPARE, weight)
    left = [key for key in lists.order(mode) if key not in set(shown)]
    hits, used = _hits(catalogue, engine, query, left, limit, lists.parts(), mode)
    more = len(left) > used
    notes = list(query.notes)
    if not query.words.wanted and not query.words.required:
        notes.append("there is no word to look for")
    if more and len(shown) + used >= DEEPEST:
        more = False
        notes.append(f"only the best {DEEPEST:,} hits are listed: narrow the search")
    return Page(
        query=query,
        mode=mode,
        hits=tuple(hits),
        holding_all=engine.count_words(query.words),
        notes=tuple(notes),
        next_cursor=write_cursor(asked, [*shown, *left[:used]]) if more else None,
        facets=engine.facets(query.words, facets) if facets else None,
    )


def _named(catalogue: Catalogue, query: Query, mode: Mode) -> Page | None:
    """The page of the one paper that the whole query names, if the catalogue has it."""
    with catalogue.reading() as desk:
        found = desk.papers.get(str(query.reference))
    if found is None:
        return None
    parts = Parts(None, None, False, None, None, None)
    passage = snippet(plain(found[1].abstract), [], SNIPPET_WIDTH)
    hit = Hit(found[0], found[1], passage, 1.0, parts)
    return Page(query, mode, (hit,), 0, (*query.notes, "found by its id"), None)


def _found(
    engine: Engine, index: Index, query: Query, mode: Mode, depth: int, weight: float
) -> _Lists:
    """Both lists as deep as a page needs them; an unused one stays empty."""
    depth = max(depth, NORMALISED_OVER)
    first: list[Scored] = []
    second: list[Scored] = []
    if mode != "semantic" or not query.meaning:
        first = engine.words(query.words, "all", depth)
        if len(first) < depth and query.words.wanted:
            held = {hit.key for hit in first}
            some = engine.words(query.words, "some", depth + len(first))
            second = [hit for hit in some if hit.key not in held][: depth - len(first)]
    near: list[Scored] = []
    if mode != "lexical" and query.meaning:
        encoder = index.encoders[0]
        wide = depth if mode == "semantic" else NORMALISED_OVER
        among = WordQuery(required=query.words.required, excluded=query.words.excluded)
        vector = encoder.encode_query(plain(query.meaning))
        near = engine.nearest(encoder.identity, vector, wide, among)
    return _Lists([*first, *second], len(first), near, weight)


def _hits(
    catalogue: Catalogue,
    engine: Engine,
    query: Query,
    keys: Sequence[int],
    limit: int,
    parts: _PartsOf,
    mode: Mode,
) -> tuple[list[Hit], int]:
    """At most `limit` hits, and how many of the keys they took: papers may be gone by now."""
    hits: list[Hit] = []
    used = 0
    while len(hits) < limit and used < len(keys):
        chunk = keys[used : used + limit - len(hits)]
        used += len(chunk)
        with catalogue.reading() as desk:
            papers = desk.papers.by_keys(chunk)
        for key in chunk:
            if key in papers:
                hits.append(_hit(engine, query, key, papers[key], parts.of(key, mode), mode))
    return hits, used


def _hit(engine: Engine, query: Query, key: int, paper: Paper, parts: Parts, mode: Mode) -> Hit:
    text = plain(paper.abstract)
    passage = snippet(text, engine.spans(query.words, text), SNIPPET_WIDTH)
    by_mode = {
        "hybrid": parts.fused,
        "lexical": parts.lexical_score,
        "semantic": parts.semantic_score,
    }
    return Hit(key, paper, passage, by_mode[mode] or 0.0, parts)


def _first(hits: Sequence[Scored], scores: Sequence[float]) -> dict[int, float]:
    """The normalised scores of the hits that normalisation is over."""
    best = zip(hits[:NORMALISED_OVER], scores, strict=False)
    return {hit.key: score for hit, score in best}
