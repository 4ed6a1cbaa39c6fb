"""Search: the word list and the nearness list joined into one page of hits, each with its parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import get_args

from broadsheet.catalogue import Catalogue
from broadsheet.errors import QueryError
from broadsheet.index import Facets, Index, Scored, WordQuery
from broadsheet.index.engine import Engine
from broadsheet.papers import Paper
from broadsheet.ranking.acronyms import stand_for
from broadsheet.ranking.budget import Budget
from broadsheet.ranking.cursors import DEEPEST, read_cursor, write_cursor
from broadsheet.ranking.flagged import lowered
from broadsheet.ranking.formulas import Weights
from broadsheet.ranking.fusion import (
    FUSED_OVER,
    Fusion,
    Mode,
    Parts,
    PartsOf,
    WordList,
    join,
    one_list,
)
from broadsheet.ranking.nearness import nearest, read_share, sights_of
from broadsheet.ranking.query import Filters, Query, read_query
from broadsheet.ranking.sorting import SORTED_OVER, Sort, resorted
from broadsheet.ranking.spelling import mended, suggestion
from broadsheet.ranking.understanding import Understood, understand
from broadsheet.text import Snippet, plain, snippet

MOST_HITS = 1000
SNIPPET_WIDTH = 240
_SPARE = 20


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
    """One page of hits; `holding_all` and `facets` count the papers that hold all the words.

    `suggestion` is the query as it was perhaps meant, `acronyms` what those in it stand for,
    `understood` the parts of it that were read otherwise than to the letter; `partial` says that
    the search ran out of time.
    """

    query: Query
    mode: Mode
    hits: tuple[Hit, ...]
    holding_all: int
    notes: tuple[str, ...]
    next_cursor: str | None
    facets: Facets | None = None
    suggestion: str | None = None
    acronyms: Mapping[str, str] = field(default_factory=dict)
    understood: tuple[Understood, ...] = ()
    partial: bool = False


def search(
    catalogue: Catalogue,
    index: Index,
    text: str,
    *,
    mode: Mode = "hybrid",
    filters: Filters | None = None,
    limit: int = 10,
    cursor: str | None = None,
    sort: Sort = "relevance",
    weights: Weights,
    facets: int = 0,
    literal: bool = False,
    today: date | None = None,
    budget: float | None = None,
) -> Page:
    """Search the catalogue; `weights` are the shares of nearness in hybrid scores.

    `facets` is how many values of each facet to count, 0 for none. `sort` brings the most relevant
    papers, those that hold all the words if there are any, into another order. `literal` reads
    plain words as words alone; otherwise `today`, by default the day it is (UTC), is what "this
    year" means. After `budget` seconds no further step is taken: the page is then `partial`.

    In lexical mode the papers that hold all the words come before those that hold some. In hybrid
    mode that holds for the word list alone, and the first page keeps room for papers near in
    meaning. An id, DOI or arXiv address leads straight to its paper. Raises QueryError for a query
    over 4,096 characters, a `limit` outside 1..1000, a mode or sort that is none or a cursor of
    another search; SearchIndexError if there is no index.
    """
    check(mode, sort, limit)
    query = read_query(text, filters)
    asked = repr((query.text, mode, filters or Filters(), sort, literal))
    shown = read_cursor(cursor, asked) if cursor else []
    if query.reference and not shown and (page := _named(catalogue, query, mode)):
        return page
    engine, left_over = index.reader(), Budget(budget)
    day = None if literal else today or today_utc()
    query, understood = meant(catalogue, engine, query, filters, day)
    deep = len(shown) + limit + _SPARE if sort == "relevance" else SORTED_OVER
    lists = _found(engine, index, query, mode, deep, weights, left_over)
    order = _ordered(catalogue, engine, lists, mode, sort)
    left = _without(order, shown)
    hits, used = _hits(catalogue, engine, query, left, limit, lists.parts(), mode)
    more = len(left) > used
    is_deepest = more and len(shown) + used >= DEEPEST
    return Page(
        query=query,
        mode=mode,
        hits=tuple(hits),
        holding_all=_holding_all(engine, query, lists, max(deep, FUSED_OVER)),
        notes=_notes(query, is_deepest, left_over),
        next_cursor=(
            write_cursor(asked, [*shown, *left[:used]]) if more and not is_deepest else None
        ),
        facets=engine.facets(query.words, facets) if facets else None,
        suggestion=suggestion(engine, query),
        acronyms={} if shown else stand_for(catalogue, engine, query),
        understood=understood,
        partial=left_over.was_cut,
    )


def check(mode: str, sort: str, limit: int) -> None:
    """Raise QueryError for what cannot be asked for."""
    for what, value, known in (("mode", mode, get_args(Mode)), ("order", sort, get_args(Sort))):
        if value not in known:
            raise QueryError(
                f"There is no search {what} {value!r}.", hint=f"It is one of {', '.join(known)}."
            )
    if not 1 <= limit <= MOST_HITS:
        raise QueryError(f"The limit must be from 1 to {MOST_HITS:,}, not {limit:,}.")


def meant(
    catalogue: Catalogue, engine: Engine, query: Query, filters: Filters | None, day: date | None
) -> tuple[Query, tuple[Understood, ...]]:
    """The query as it was probably meant on a day, to the letter without one; words mended."""
    understood: tuple[Understood, ...] = ()
    if day is not None:
        query, understood = understand(catalogue, engine, query, filters, day)
    return mended(engine, query), understood


def today_utc() -> date:
    return datetime.now(UTC).date()


def _holding_all(engine: Engine, query: Query, lists: Fusion, depth: int) -> int:
    """How many papers hold all the words: asked for only if the list by words is cut off."""
    held = lists.by_words.first_tier
    return held if 0 < held < depth else engine.count_words(query.words)


def _notes(query: Query, is_deepest: bool, budget: Budget) -> tuple[str, ...]:
    """What is to be said of a query and its hits."""
    notes = list(query.notes)
    if not query.words.wanted and not query.words.required:
        notes.append("there is no word to look for")
    if budget.was_cut:
        notes.append(
            f"the search was stopped after {budget.seconds:g} s: these are the best papers by then"
        )
    if is_deepest:
        notes.append(f"only the best {DEEPEST:,} hits are listed: narrow the search")
    return tuple(notes)


def _ordered(
    catalogue: Catalogue, engine: Engine, lists: Fusion, mode: Mode, sort: Sort
) -> list[int]:
    """The keys in the order that was asked for."""
    if sort == "relevance":
        return lowered(catalogue, engine.watermark, lists.order(mode))
    return resorted(catalogue, lists.holding_all() or lists.order(mode), sort)


def _without(order: Sequence[int], shown: Sequence[int]) -> list[int]:
    before = set(shown)
    return [key for key in order if key not in before]


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
    engine: Engine,
    index: Index,
    query: Query,
    mode: Mode,
    depth: int,
    weights: Weights,
    budget: Budget,
) -> Fusion:
    """Both lists as deep as a page needs them; an unused one stays empty."""
    depth = max(depth, FUSED_OVER)
    sights = []
    if mode != "lexical" and query.meaning:
        sights = sights_of(engine, index, plain(query.meaning))
    if mode == "semantic" and sights:
        among = WordQuery(required=query.words.required, excluded=query.words.excluded)
        return one_list(WordList(), nearest(engine, sights, depth, among))
    by_words = _by_words(engine, query.words, depth, budget)
    if not sights or budget.is_spent():
        return one_list(by_words)
    weight = weights.at(read_share(engine, index))
    return join(engine, query.words, by_words, sights, weight, budget)


def _by_words(engine: Engine, words: WordQuery, depth: int, budget: Budget) -> WordList:
    """The papers that hold all the words, and then those that hold some."""
    first = engine.words(words, "all", depth)
    second: list[Scored] = []
    if len(first) < depth and words.wanted and not budget.is_spent():
        held = {hit.key for hit in first}
        some = engine.words(words, "some", depth + len(first))
        second = [hit for hit in some if hit.key not in held][: depth - len(first)]
    return WordList([*first, *second], len(first))


def _hits(
    catalogue: Catalogue,
    engine: Engine,
    query: Query,
    keys: Sequence[int],
    limit: int,
    parts: PartsOf,
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
            for key, found in desk.findings.of(papers).items():
                papers[key] = replace(papers[key], findings=found)
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
