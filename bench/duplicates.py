"""Measure how well one paper in several sources is found, against pairs that a reader labelled.

`sample` draws pairs for a reader; `measure` asks a home what it made of the labelled ones and
writes the table into docs/benchmarks.md.
"""

import argparse
import json
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
import page
from blocking import SOURCES, Candidate, Likeness, Row, candidates, records

from broadsheet.curation import tidy
from broadsheet.ingest import Reading, import_files
from broadsheet.ingest.matching import Verdict, compare
from broadsheet.ingest.merging import all_ids
from broadsheet.papers import Facts, Record
from broadsheet.service import Service
from broadsheet.settings import read_settings

HERE = Path(__file__).resolve().parents[1]
FACTS = HERE / "tests" / "ingest" / "duplicates"
SEED = 20261121
RESAMPLES = 2000
_LONG = 250
"""So much of an abstract is shown where the titles and authors agree, and thrice that elsewhere."""


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


class Side(NamedTuple):
    """What a home holds of a record: its paper, what matching reads of it, and its ids."""

    paper: int
    facts: Facts
    ids: frozenset[str]


@dataclass(frozen=True)
class Outcome:
    """A labelled pair and what a home made of it: joined, left as a doubtful pair, or neither."""

    stratum: str
    half: str
    same: bool
    joined: bool
    doubtful: bool
    reason: str


def read_labels() -> list[Row]:
    """The labelled pairs; `same` is None where the reader could not tell."""
    return [json.loads(line) for line in (FACTS / "pairs.jsonl").open(encoding="utf-8")]


def outcomes(home: Path, labels: Iterable[Row]) -> list[Outcome]:
    """What the home made of each pair whose reader could tell."""
    labels = [label for label in labels if label["same"] is not None]
    names = {(source, name) for one in labels for source, name in _names(one)}
    with Service.open(read_settings(home)).catalogue.reading() as desk:
        papers = {filed.paper_key for filed in desk.records.known(names).values()}
        stored = desk.records.of(papers)
        pairs = desk.matches.pairs(undecided_only=False, limit=1 << 30)
    doubts = {(pair.left, pair.right): pair.reason for pair in pairs}
    sides = {
        (one.record.source, one.identity): _side(paper, one.record)
        for paper, held in stored.items()
        for one in held
    }
    return [_outcome(label, sides, doubts) for label in labels]


def _names(label: Row) -> list[tuple[str, str]]:
    parts = (label[side].partition(":") for side in ("left", "right"))
    return [(source, name) for source, _, name in parts]


def _side(paper: int, record: Record) -> Side:
    facts = tidy(record)
    return Side(paper, facts, frozenset(all_ids(record.source, record.native_id, facts)))


def _outcome(
    label: Row, sides: dict[tuple[str, str], Side], doubts: dict[tuple[int, int], str]
) -> Outcome:
    left, right = (sides.get(name) for name in _names(label))
    joined, doubt, reason = False, None, "set aside"
    if left and right:
        joined = left.paper == right.paper
        low, high = sorted((left.paper, right.paper))
        doubt = doubts.get((low, high))
        reason = doubt or _reason(left, right, joined)
    return Outcome(
        label["stratum"], label["half"], label["same"], joined, doubt is not None, reason
    )


def _reason(left: Side, right: Side, joined: bool) -> str:
    """Why two records are one paper or two: what the judgement on them says, if it was asked."""
    if left.ids & right.ids:
        return "one id"
    judgement = compare(left.facts, right.facts)
    if joined == (judgement.verdict is Verdict.SAME):
        return judgement.reason
    return "joined by a third record" if joined else f"never compared: {judgement.reason}"


class Rates(NamedTuple):
    """Weighted precision and recall of joining, and the share of same pairs not lost, 0 to 1.

    A pair is lost when it is neither joined nor left for somebody to decide.
    """

    precision: float
    recall: float
    kept: float


def rates(found: Sequence[Outcome], sizes: Mapping[str, int]) -> Rates:
    """Each pair stands for as many as its stratum has for each pair read of it."""
    read = Counter(one.stratum for one in found)
    weighted = [(one, sizes[one.stratum] / read[one.stratum]) for one in found]
    joined = sum(weight for one, weight in weighted if one.joined)
    same = sum(weight for one, weight in weighted if one.same)
    right = sum(weight for one, weight in weighted if one.joined and one.same)
    kept = sum(weight for one, weight in weighted if one.same and (one.joined or one.doubtful))
    return Rates(right / joined, right / same, kept / same)


def intervals(found: Sequence[Outcome], sizes: Mapping[str, int]) -> list[tuple[float, float]]:
    """The middle 95 % of each rate when the pairs of each stratum are drawn anew, with repeats."""
    draw = random.Random(SEED)
    groups: dict[str, list[Outcome]] = {}
    for one in found:
        groups.setdefault(one.stratum, []).append(one)
    drawn = [
        rates([one for held in groups.values() for one in draw.choices(held, k=len(held))], sizes)
        for _ in range(RESAMPLES)
    ]
    return [
        (float(low), float(high))
        for low, high in zip(*np.percentile(np.array(drawn), (2.5, 97.5), axis=0), strict=True)
    ]


def main() -> None:
    """Draw pairs, or measure a home against the labelled ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("sample", "measure"))
    parser.add_argument("--data", type=Path, default=HERE.parent / "shared" / "data")
    parser.add_argument("--work", type=Path, help="where `sample` writes")
    parser.add_argument("--home", type=Path, help="a home with the three corpora, and only them")
    given = parser.parse_args()
    if given.what == "sample":
        if not given.work:
            parser.error("sample needs --work")
        sample(given.data, given.work)
        return
    with tempfile.TemporaryDirectory() as folder:
        home = given.home or _filled(given.data, Path(folder) / "home")
        text = table(outcomes(home, read_labels()))
    page.put("duplicates", text)
    print(text)


if __name__ == "__main__":
    main()
