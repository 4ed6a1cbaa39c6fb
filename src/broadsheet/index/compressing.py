"""Which way to write vectors down: measured on queries drawn from the catalogue, and chosen."""

import random
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from broadsheet.catalogue import Catalogue
from broadsheet.errors import SearchIndexError
from broadsheet.index.embedded.stopwords import STOPWORDS
from broadsheet.index.embedded.writing import SMALLEST_LISTED
from broadsheet.index.encoders import Encoder
from broadsheet.index.engine import Engine, Keys, Trial
from broadsheet.index.progress import Progress, Stop
from broadsheet.papers import Paper
from broadsheet.text import plain, sentences

KINDS = ("title", "words", "sentence")
"""Queries are whole titles, two or three words of one without stopwords, and a sentence of an
abstract."""
ASKED = 300
"""Queries of each kind; fewer if the catalogue gives fewer."""
LEAST_ASKED = 20
"""Fewer queries than these are no group of their own."""
LEAST_PAPERS = 10_000
"""From fewer papers not all ways could learn, and none is needed."""
BUDGET = 100.0
"""Bytes a paper that vectors may take in memory, unless another budget is given."""
TIE = 0.002
"""Recalls that differ by no more count as equal."""
SEED = 20261121
_SAMPLED_TIMES = 5
_LEAST_WORDS = 8
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Question:
    """A query drawn from a paper, of one of the KINDS; the paper's first category, or ""."""

    text: str
    kind: str
    category: str


@dataclass(frozen=True, slots=True)
class Way:
    """What one way of writing vectors down gives: recall@10 (0..1) of exact search, and its cost.

    `worst_group` names the kind of query, or the kind and the category of the papers that it was
    drawn from, with the least recall, among those with at least LEAST_ASKED queries.
    """

    codes: str
    offered: bool
    bytes_a_paper: float
    recall: Mapping[str, float]
    worst_group: str
    worst_recall: float
    cpu_milliseconds: float

    @property
    def worst_kind(self) -> float:
        """The recall of the kind of query that is served worst."""
        return min(self.recall.values())


def unneeded(engine: Engine, encoder: Encoder) -> str:
    """Why there is nothing to write shorter, in a sentence; "" if there is something to measure.

    Raises SearchIndexError if no paper has a vector of this encoder.
    """
    count = engine.vector_count(encoder.identity)
    if not count:
        raise SearchIndexError(
            f"No paper has a vector of {encoder.identity} yet.",
            hint="Run `broadsheet index catch-up`, or `broadsheet index deepen`.",
        )
    if count >= LEAST_PAPERS:
        return ""
    return (
        f"Nothing to compress: {count:,} papers are searched exactly, and from fewer than "
        f"{LEAST_PAPERS:,} the ways to write vectors shorter could not learn."
    )


def unlisted(engine: Engine, encoder: Encoder) -> str:
    """Why a choice would not be written, in a sentence; "" if it would be."""
    count = engine.vector_count(encoder.identity)
    if count >= SMALLEST_LISTED:
        return ""
    return (
        f"Nothing was written: {count:,} papers are searched exactly, as all are up to "
        f"{SMALLEST_LISTED:,}, and what is best for them may not be best for more."
    )


def questions(catalogue: Catalogue, keys: Keys, seed: int = SEED) -> list[Question]:
    """Up to ASKED queries of each kind from the papers of some keys; the same each time."""
    draw = random.Random(seed)
    sought = sorted(keys.tolist())
    chosen = draw.sample(sought, min(len(sought), _SAMPLED_TIMES * ASKED))
    with catalogue.reading() as desk:
        papers = desk.papers.by_keys(chosen)
    asked: dict[str, list[Question]] = {kind: [] for kind in KINDS}
    for key in chosen:
        paper = papers.get(key)
        if paper is None:
            continue
        category = paper.categories[0] if paper.categories else ""
        for kind, text in zip(KINDS, _texts(paper, draw), strict=True):
            if text and len(asked[kind]) < ASKED:
                asked[kind].append(Question(text, kind, category))
    return [one for kind in KINDS for one in asked[kind]]


def measured(
    catalogue: Catalogue, engine: Engine, encoder: Encoder, progress: Progress, stop: Stop
) -> list[Way]:
    """All ways to write an encoder's vectors down, exact search first; writes nothing.

    `stop` leaves out those that are still to come. Raises SearchIndexError if no query could be
    drawn.
    """
    keys = engine.vector_keys(encoder.identity)
    drawn = questions(catalogue, keys)
    vectors = [encoder.encode_query(one.text) for one in drawn]
    known = [at for at, vector in enumerate(vectors) if vector.any()]
    if not known:
        raise SearchIndexError(
            f"No title or abstract holds a word that {encoder.identity} knows.",
            hint="Choose an encoder for the language of these papers.",
        )
    rows = np.stack([vectors[at] for at in known])
    groups = _groups([drawn[at] for at in known])
    trials = engine.trials(encoder.identity, rows, progress, stop)
    return [_way(trial, groups) for trial in trials]


def chosen(ways: Sequence[Way], budget: float) -> Way | None:
    """The offered way, of those within a budget (bytes a paper), that serves its worst kind best.

    Ways within TIE of the best are equal; then the smaller one counts, then the quicker. None if
    there is none within the budget.
    """
    within = [way for way in ways if way.offered and way.bytes_a_paper <= budget]
    if not within:
        return None
    best = max(way.worst_kind for way in within)
    # Recalls are means of shares, and not exact to the last bit.
    equal = [way for way in within if way.worst_kind >= best - TIE - 1e-9]
    return min(equal, key=lambda way: (way.bytes_a_paper, way.cpu_milliseconds))


def smallest(ways: Sequence[Way]) -> Way | None:
    """The offered way that takes the fewest bytes; None if none was measured."""
    offered = [way for way in ways if way.offered]
    return min(offered, key=lambda way: way.bytes_a_paper, default=None)


def _texts(paper: Paper, draw: random.Random) -> tuple[str, str, str]:
    """What each kind of query asks of a paper; "" where it has nothing of the kind."""
    title = plain(paper.title)
    telling = [word for word in _WORD.findall(title) if word.lower() not in STOPWORDS]
    piece = ""
    if len(telling) >= 2:
        length = min(draw.choice((2, 3)), len(telling))
        start = draw.randrange(len(telling) - length + 1)
        piece = " ".join(telling[start : start + length])
    whole = [one for one in sentences(plain(paper.abstract)) if len(one.split()) >= _LEAST_WORDS]
    return title, piece, draw.choice(whole) if whole else ""


def _groups(asked: Sequence[Question]) -> dict[tuple[str, str], list[int]]:
    """The places of queries by kind and category; by kind alone under the category ""."""
    groups: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for at, one in enumerate(asked):
        groups[one.kind, ""].append(at)
        if one.category:
            groups[one.kind, one.category].append(at)
    kinds = {group for group in groups if not group[1]}
    large = {group for group, places in groups.items() if len(places) >= LEAST_ASKED}
    # A kind of which there are a few queries only says nothing, unless there is nothing else.
    kept = large if large & kinds else kinds
    return {group: groups[group] for group in groups if group in kept}


def _way(trial: Trial, groups: Mapping[tuple[str, str], Sequence[int]]) -> Way:
    means = {group: float(trial.recalls[list(at)].mean()) for group, at in groups.items()}
    kind, category = worst = min(means, key=lambda group: means[group])
    return Way(
        codes=trial.codes,
        offered=trial.offered,
        bytes_a_paper=trial.bytes_a_paper,
        recall={name: mean for (name, part), mean in means.items() if not part},
        worst_group=f"{kind}, {category}" if category else kind,
        worst_recall=means[worst],
        cpu_milliseconds=trial.cpu_milliseconds,
    )
