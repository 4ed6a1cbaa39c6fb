"""Papers like several given ones: near to them in meaning, and alike in their telling words."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from broadsheet.catalogue import Catalogue, Desk
from broadsheet.errors import QueryError
from broadsheet.index import Index, WordQuery, Words
from broadsheet.index.documents import encoder_text
from broadsheet.index.encoders import Encoder
from broadsheet.index.engine import Engine, Vector, Vectors
from broadsheet.ingest.examples import MOST_EXAMPLES, Example
from broadsheet.ingest.fingerprints import resemblance, shingles
from broadsheet.ingest.matching import SAME_ABSTRACT, Verdict, compare
from broadsheet.papers import Facts, Paper, PaperId
from broadsheet.ranking.formulas import Weights, fused, joined, shares_of_best
from broadsheet.ranking.nearness import read_share
from broadsheet.ranking.related import READ_BY_MOST
from broadsheet.text import plain, title_key

MOST_ALIKE = 1000
WEIGHTS = Weights(0.45, 0.65)
"""The shares of nearness in the joined score (docs/decisions.md)."""
NEAREST_SHARE = 0.5
"""What the nearest of the given papers counts in nearness; the mean over all is the rest."""
HANDS = 16
"""The given papers are dealt into so many hands, each of which asks for its words at once."""
LISTED = 500
"""How many papers of each list are looked at."""
_NAMESAKES = 20
_READ_AT_ONCE = 50
"""Texts that the contextual encoder reads while somebody waits: about a second's work."""


@dataclass(frozen=True, slots=True)
class AlikeHit:
    """A paper that was found, the parts of its score, and which given paper it is nearest to.

    `score`, `words` and `nearness` are shares of the best, 0 to 1; `cosine` is that to the nearest
    given paper, None where there is no vector. `like` says what that one is called; `like_id` is
    its id if the catalogue has it.
    """

    key: int
    paper: Paper
    score: float
    words: float
    nearness: float
    cosine: float | None
    like: str
    like_id: PaperId | None


@dataclass(frozen=True, slots=True)
class Alike:
    """The papers found, best first.

    `known` counts the given papers that the catalogue has; `unknown` are those that were named by
    ids alone, which lead to none.
    """

    hits: tuple[AlikeHit, ...]
    known: int
    unknown: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class _Seed:
    """A given paper with what is known of it: `keys` are those that the catalogue has it under."""

    given: Example
    facts: Facts
    keys: tuple[int, ...]
    id: PaperId | None

    @property
    def label(self) -> str:
        return plain(self.facts.title) if self.id else self.given.label

    @property
    def is_told(self) -> bool:
        """Whether there is anything to compare with."""
        return bool(self.facts.title or self.facts.abstract)


@dataclass(frozen=True, slots=True)
class _Scores:
    """What the joined score is made of; `cosines` are those with each seed, by paper."""

    words: Mapping[int, float]
    nearness: Mapping[int, float]
    cosines: Mapping[int, Vector]
    weight: float

    def order(self) -> list[int]:
        return joined(self.words, self.nearness, self.weight)


def alike(catalogue: Catalogue, index: Index, given: Sequence[Example], limit: int) -> Alike:
    """The `limit` (1 to 1000) papers most like all of the given ones (1 to 200), without these.

    A paper's nearness is half its greatest cosine with a given paper and half the mean over all:
    the mean alone (the centre that Rocchio's feedback moves to, 1971) lies between the topics of a
    mixed list, the greatest alone follows each stray. Its words are BM25 with the words of each
    given paper, as shares of the best, averaged. Shares of the best of both are joined as in
    hybrid search.

    Raises QueryError for too many given papers, for none that can be compared with, or a `limit`
    outside its range; SearchIndexError if there is no index.
    """
    _check(given, limit)
    engine = index.reader()
    with catalogue.reading() as desk:
        seeds = _seeds(desk, given)
    told = _distinct([seed for seed in seeds if seed.is_told])
    if not told:
        raise QueryError(
            "None of the ids that were given leads to a paper of the catalogue.",
            hint="Give titles or abstracts instead, or import the papers first.",
        )
    scores = _scores(engine, index, told)
    hits: list[AlikeHit] = []
    for hit in _hits(catalogue, scores, told, limit):
        hits.append(hit)
        if len(hits) == limit:
            break
    return Alike(
        hits=tuple(hits),
        known=sum(bool(seed.keys) for seed in seeds),
        unknown=tuple(seed.given for seed in seeds if not seed.is_told),
    )


def _check(given: Sequence[Example], limit: int) -> None:
    if not 1 <= limit <= MOST_ALIKE:
        raise QueryError(f"The limit must be from 1 to {MOST_ALIKE:,}, not {limit:,}.")
    if not given:
        raise QueryError(
            "No paper was given that can be compared with.",
            hint="Give an abstract, titles one a line, ids, or a bibliography such as BibTeX.",
        )
    if len(given) > MOST_EXAMPLES:
        raise QueryError(f"At most {MOST_EXAMPLES} papers can be given, not {len(given):,}.")


def _seeds(desk: Desk, given: Sequence[Example]) -> list[_Seed]:
    """The given papers, each with its paper of the catalogue by id, or else by its title."""
    by_id = desk.papers.resolve({id for one in given for id in one.ids})
    titles = {title_key(one.facts.title) for one in given} - {""}
    titled = {key: found[:_NAMESAKES] for key, found in desk.matches.titled(titles).items()}
    papers = desk.papers.by_keys(
        {*by_id.values(), *(key for keys in titled.values() for key in keys)}
    )
    seeds = []
    for one in given:
        keys = [by_id[id] for id in one.ids if id in by_id]
        keys += [
            key
            for key in titled.get(title_key(one.facts.title), ())
            if compare(one.facts, papers[key]).verdict is Verdict.SAME
        ]
        held = papers.get(keys[0]) if keys else None
        facts = held or one.facts
        seeds.append(_Seed(one, facts, tuple(dict.fromkeys(keys)), held.id if held else None))
    return seeds


def _distinct(seeds: Sequence[_Seed]) -> list[_Seed]:
    """The seeds without those whose paper another one has named."""
    first = {seed.keys[0] if seed.keys else -place: seed for place, seed in enumerate(seeds, 1)}
    return list(first.values())


def _scores(engine: Engine, index: Index, seeds: Sequence[_Seed]) -> _Scores:
    own = {key for seed in seeds for key in seed.keys}
    words = _by_words(engine, seeds, own)
    encoder = _encoder(engine, index, seeds)
    vectors = _vectors(engine, encoder, seeds)
    found = _near(engine, encoder, vectors, len(own)) | words.keys()
    theirs = engine.rows(encoder.identity, sorted(found - own))
    cosines: dict[int, Vector] = {}
    if theirs.keys and vectors.any():
        # Not by BLAS, whose threads would be in the way of the next reader's query.
        each = np.einsum("md,nd->mn", theirs.vectors, vectors)
        cosines = dict(zip(theirs.keys, each, strict=True))
    near = {
        key: NEAREST_SHARE * float(row.max()) + (1 - NEAREST_SHARE) * float(row.mean())
        for key, row in cosines.items()
    }
    shares = shares_of_best(near, max(near.values(), default=0.0))
    return _Scores(words, shares, cosines, WEIGHTS.at(float(encoder is index.contextual)))


def _by_words(engine: Engine, seeds: Sequence[_Seed], own: set[int]) -> dict[int, float]:
    """Papers by the words of the seeds: the mean over all hands, as shares of the best."""
    total: defaultdict[int, float] = defaultdict(float)
    for hand in (seeds[start::HANDS] for start in range(min(HANDS, len(seeds)))):
        text = " ".join(f"{plain(one.facts.title)} {plain(one.facts.abstract)}" for one in hand)
        listed = engine.words(WordQuery(wanted=(Words(text),)), "some", LISTED + len(own))
        found = {hit.key: hit.score for hit in listed if hit.key not in own}
        for key, share in shares_of_best(found, max(found.values(), default=0.0)).items():
            total[key] += share
    return shares_of_best(total, max(total.values(), default=0.0))


def _encoder(engine: Engine, index: Index, seeds: Sequence[_Seed]) -> Encoder:
    """The contextual encoder, if it has read most papers and has little to read now."""
    deep = index.contextual
    if deep is None or read_share(engine, index) < READ_BY_MOST:
        return index.encoders[0]
    held = engine.holding(deep.identity, [seed.keys[0] for seed in seeds if seed.keys])
    return deep if len(seeds) - len(held) <= _READ_AT_ONCE else index.encoders[0]


def _vectors(engine: Engine, encoder: Encoder, seeds: Sequence[_Seed]) -> Vectors:
    """The unit vector of each seed: that of its paper, else of its text."""
    rows = engine.rows(encoder.identity, [seed.keys[0] for seed in seeds if seed.keys])
    held = dict(zip(rows.keys, rows.vectors, strict=True))
    unread = [seed for seed in seeds if not seed.keys or seed.keys[0] not in held]
    texts = [encoder_text(plain(one.facts.title), plain(one.facts.abstract)) for one in unread]
    read = iter(encoder.encode_papers(texts))
    return np.stack(
        [held[seed.keys[0]] if seed.keys and seed.keys[0] in held else next(read) for seed in seeds]
    )


def _near(engine: Engine, encoder: Encoder, vectors: Vectors, spare: int) -> set[int]:
    """The papers that are near to the centre of the seeds or to the first of a hand."""
    centre = vectors.mean(axis=0)
    length = float(np.linalg.norm(centre))
    sought = [*vectors[:HANDS], *([centre / length] if length > 0 else [])]
    found: set[int] = set()
    for vector in sought:
        near = engine.nearest(encoder.identity, vector, LISTED + spare, WordQuery())
        found.update(hit.key for hit in near)
    return found


def _hits(
    catalogue: Catalogue, scores: _Scores, seeds: Sequence[_Seed], chunk: int
) -> Iterator[AlikeHit]:
    """The hits in order, without papers that are a given one under another title."""
    order = scores.order()
    texts = [frozenset() if seed.keys else shingles(seed.facts.abstract) for seed in seeds]
    for start in range(0, len(order), chunk):
        keys = order[start : start + chunk]
        with catalogue.reading() as desk:
            papers = desk.papers.by_keys(keys)
        for key in keys:
            if key not in papers:
                continue
            cosines = scores.cosines.get(key)
            nearest = 0 if cosines is None else int(cosines.argmax())
            if not _is_same(texts[nearest], papers[key]):
                cosine = None if cosines is None else float(cosines[nearest])
                yield _hit(key, papers[key], scores, cosine, seeds[nearest])


def _is_same(text: frozenset[bytes], paper: Paper) -> bool:
    """Whether a paper's abstract is a given text."""
    return bool(text) and resemblance(text, shingles(paper.abstract)) >= SAME_ABSTRACT


def _hit(key: int, paper: Paper, scores: _Scores, cosine: float | None, seed: _Seed) -> AlikeHit:
    words, near = scores.words.get(key, 0.0), scores.nearness.get(key, 0.0)
    return AlikeHit(
        key=key,
        paper=paper,
        score=fused(words, near, scores.weight),
        words=words,
        nearness=near,
        cosine=cosine,
        like=seed.label,
        like_id=seed.id,
    )
