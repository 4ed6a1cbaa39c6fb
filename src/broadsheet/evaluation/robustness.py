"""Queries as people really write them: misspelt, shortened, reordered, spelt the other way.

After Wu et al., "Are Neural Ranking Models Robust?", TOIS 2022: what counts is not the mean alone
but how far it falls, how much single queries vary, and how the worst tenth fares.
"""

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from broadsheet.evaluation.measures import Judged
from broadsheet.evaluation.sets import JudgedSet

WORST_SHARE = 0.1
_LEAST_LETTERS = 5
_WORD = re.compile(r"[A-Za-z]+")
_SPELLINGS = (
    ("isation", "ization"),
    ("ising", "izing"),
    ("ised", "ized"),
    ("ise", "ize"),
    ("our", "or"),
    ("elling", "eling"),
    ("elled", "eled"),
    ("ogue", "og"),
    ("tre", "ter"),
)
"""British and American endings; either is turned into the other."""
_BRITISH = frozenset(
    "colour behaviour favour neighbour labour honour modelling labelling travelling modelled "
    "labelled optimise optimised optimising optimisation generalise generalised generalising "
    "generalisation recognise recognised recognising summarise summarised summarising "
    "summarisation organise organised organising organisation normalise normalised normalising "
    "normalisation tokenise tokenised tokenising tokenisation catalogue dialogue analogue centre "
    "metre fibre".split()
)
_GREEK = frozenset("alpha beta gamma delta epsilon lambda sigma theta omega".split())
_ACCENTS = {"é": "\\'e", "è": "\\`e", "ö": '\\"o', "ü": '\\"u', "ä": '\\"a', "ñ": "\\~n"}

Change = Callable[[str, random.Random], str]


def typo(query: str, draw: random.Random) -> str:
    """Two neighbouring letters of one word of at least five letters change places."""
    words = [found for found in _WORD.finditer(query) if len(found[0]) >= _LEAST_LETTERS]
    if not words:
        return query
    chosen = draw.choice(words)
    at = chosen.start() + draw.randrange(1, len(chosen[0]) - 1)
    return query[:at] + query[at + 1] + query[at] + query[at + 2 :]


def dropped(query: str, draw: random.Random) -> str:
    """One word of at least three is left out."""
    words = query.split()
    if len(words) < 3:
        return query
    words.pop(draw.randrange(len(words)))
    return " ".join(words)


def shuffled(query: str, draw: random.Random) -> str:
    """The words in another order."""
    words = query.split()
    draw.shuffle(words)
    return " ".join(words)


def respelt(query: str, _draw: random.Random) -> str:
    """British words in American spelling and the other way round."""
    return _WORD.sub(lambda found: _other_spelling(found[0]), query)


def unhyphenated(query: str, _draw: random.Random) -> str:
    """Hyphens within words become spaces; without any, the first two words are joined by one."""
    if re.search(r"\w-\w", query):
        return re.sub(r"(?<=\w)-(?=\w)", " ", query)
    return re.sub(r"\A(\w+) (?=\w)", r"\1-", query)


def in_latex(query: str, _draw: random.Random) -> str:
    """Accents and Greek letters as LaTeX writes them, and the first word emphasised."""
    text = "".join(_ACCENTS.get(letter, letter) for letter in query)
    text = _WORD.sub(
        lambda found: f"$\\{found[0].lower()}$" if found[0].lower() in _GREEK else found[0], text
    )
    return re.sub(r"\A(\w+)", r"\\emph{\1}", text)


CHANGES: Mapping[str, Change] = {
    "typo": typo,
    "dropped word": dropped,
    "word order": shuffled,
    "spelling": respelt,
    "hyphens": unhyphenated,
    "LaTeX": in_latex,
}
"""Every change, by the name it is reported under."""


@dataclass(frozen=True, slots=True)
class Robustness:
    """How a run fares on changed queries, by nDCG@10 (0..1).

    `fall` is the mean before minus the mean after, `spread` the standard deviation of the change
    of single queries, `worst` the mean of the worst tenth after the change.
    """

    mean: float
    fall: float
    spread: float
    worst: float


def changed(judged: JudgedSet, change: Change, seed: int) -> JudgedSet:
    """The set with its queries changed, each by a chance of its own, the same at every run."""
    queries = {
        name: change(text, random.Random(f"{seed}:{name}")) for name, text in judged.queries.items()
    }
    return replace(judged, queries=queries)


def robustness(before: Judged, after: Judged) -> Robustness:
    """How much a run lost by a change of the queries."""
    first, second = before.values("ndcg@10"), after.values("ndcg@10")
    return Robustness(
        mean=float(second.mean()),
        fall=float((first - second).mean()),
        spread=float((second - first).std()),
        worst=worst_tenth(after),
    )


def worst_queries(judged: Judged) -> list[str]:
    """The tenth of the queries with the lowest nDCG@10, at least one, the worst first."""
    ranked = sorted(judged.by_query, key=lambda name: (judged.by_query[name]["ndcg@10"], name))
    return ranked[: max(1, round(len(ranked) * WORST_SHARE))]


def worst_tenth(judged: Judged) -> float:
    """The mean nDCG@10 of the worst tenth of the queries."""
    return float(np.mean([judged.by_query[name]["ndcg@10"] for name in worst_queries(judged)]))


def _other_spelling(word: str) -> str:
    lower = word.lower()
    for british, american in _SPELLINGS:
        if lower in _BRITISH and lower.endswith(british):
            return word[: len(word) - len(british)] + american
        if lower.endswith(american):
            turned = lower[: len(lower) - len(american)] + british
            if turned in _BRITISH:
                return word[: len(word) - len(american)] + british
    return word
