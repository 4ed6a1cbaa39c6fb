"""Pairs of records drawn for a reader to label, from strata of how alike they are."""

import json
import random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from blocking import Candidate, Likeness, Row, candidates, records

SEED = 20261121
_LONG = 250
"""So much of an abstract is shown where the titles and authors agree, and twice that elsewhere."""


class Stratum(NamedTuple):
    """Pairs that are alike in one way; the first stratum that takes a pair has it."""

    name: str
    drawn: int
    takes: Callable[[Likeness], bool]


STRATA = (
    Stratum("one arXiv id", 10, lambda a: a.is_one_id),
    Stratum("titles count differently", 25, lambda a: a.counts_differ and a.title >= 70),
    Stratum("same title, authors, text", 36, lambda a: _titled(a) and _authored(a) and _worded(a)),
    Stratum("same title, authors", 36, lambda a: _titled(a) and _authored(a)),
    Stratum("same title", 30, lambda a: _titled(a)),
    Stratum("near title, authors, text", 34, lambda a: _near(a) and _authored(a) and _worded(a)),
    Stratum("near title, authors", 26, lambda a: _near(a) and _authored(a)),
    Stratum("near title", 16, lambda a: _near(a)),
    Stratum("like title, authors, text", 34, lambda a: _like(a) and _authored(a) and _worded(a)),
    Stratum("like title, authors, some text", 26, lambda a: _like(a) and _authored(a) and _some(a)),
    Stratum("like title, authors", 12, lambda a: _like(a) and _authored(a)),
    Stratum("like title, some text", 12, lambda a: _like(a) and _some(a)),
    Stratum("authors, text", 34, lambda a: _authored(a) and _worded(a)),
    Stratum("authors, some text", 20, lambda a: _authored(a) and _some(a)),
    Stratum("some text", 12, lambda a: _some(a)),
    Stratum("a record and its nearest", 24, lambda a: True),
)


def _titled(a: Likeness) -> bool:
    return a.title >= 99.9


def _near(a: Likeness) -> bool:
    return a.title >= 85


def _like(a: Likeness) -> bool:
    return a.title >= 60


def _authored(a: Likeness) -> bool:
    return a.authors >= 0.5


def _worded(a: Likeness) -> bool:
    return a.abstract >= 0.35


def _some(a: Likeness) -> bool:
    return a.abstract >= 0.2


def stratum(candidate: Candidate) -> str:
    """The first stratum that takes a pair."""
    return next(one.name for one in STRATA if one.takes(candidate.likeness))


def grouped(pairs: Iterable[Candidate]) -> dict[str, list[Candidate]]:
    """The pairs of each stratum; of what no other takes, the most alike of each left record.

    So the last stratum is of random records: it tells how many have a duplicate that looks like
    nothing.
    """
    found: dict[str, list[Candidate]] = {one.name: [] for one in STRATA}
    for pair in pairs:
        found[stratum(pair)].append(pair)
    nearest: dict[str, Candidate] = {}
    for pair in found[STRATA[-1].name]:
        held = nearest.get(pair.left)
        if held is None or _closeness(pair) > _closeness(held):
            nearest[pair.left] = pair
    return {**found, STRATA[-1].name: list(nearest.values())}


def _closeness(pair: Candidate) -> float:
    return pair.likeness.title / 100 + pair.likeness.authors + pair.likeness.abstract


def sample(data: Path, work: Path) -> None:
    """Draw pairs of every stratum and write them for a reader, and how many there are of each.

    In `work`: `pairs.txt` to read, in an order that tells nothing; `pairs.jsonl` to fill in.
    """
    rows = records(data)
    drawn = grouped(candidates(rows))
    draw = random.Random(SEED)
    chosen = []
    for one in STRATA:
        found = drawn[one.name]
        part = draw.sample(found, min(one.drawn, len(found)))
        chosen += [(pair, one.name, number % 2) for number, pair in enumerate(part)]
    draw.shuffle(chosen)
    work.mkdir(parents=True, exist_ok=True)
    sizes = {name: len(found) for name, found in drawn.items()}
    (work / "strata.json").write_text(json.dumps(sizes, indent=1) + "\n", "utf-8")
    with (work / "pairs.jsonl").open("w", encoding="utf-8") as lines:
        for pair, name, half in chosen:
            fact = {"left": pair.left, "right": pair.right, "same": None, "stratum": name}
            lines.write(json.dumps({**fact, "half": ("look", "judge")[half]}) + "\n")
    text = [_shown(number, pair, rows) for number, (pair, _, _) in enumerate(chosen)]
    (work / "pairs.txt").write_text("\n".join(text), "utf-8")


def _shown(number: int, pair: Candidate, rows: dict[str, Row]) -> str:
    """A pair as a reader sees it: less of the abstracts where all else is equal."""
    plainly = _titled(pair.likeness) and _authored(pair.likeness)
    size = _LONG if plainly else 2 * _LONG
    parts = [f"### {number}"]
    for name in (pair.left, pair.right):
        row = rows[name]
        authors = row.get("authors") or []
        named = ", ".join(authors[:6]) + (f" … {authors[-1]} ({len(authors)})" * (len(authors) > 6))
        when = row.get("date") or row.get("year")
        parts += [
            f"[{name}] {row['title']}",
            f"  {named} | {when} {row['venue']} {row.get('comment', '')[:120]}",
            f"  {row['abstract'][:size]}",
        ]
    return "\n".join(parts) + "\n"
