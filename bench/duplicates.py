"""Measure how well one paper in several sources is found, against pairs that a reader labelled.

`sample` draws pairs for a reader; `measure` asks a home what it made of the labelled ones and
writes the table into docs/benchmarks.md.
"""

import argparse
import json
import random
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
import page
from blocking import SOURCES, Row
from drawing import SEED, sample

from broadsheet.curation import tidy
from broadsheet.ingest import Reading, import_files
from broadsheet.ingest.matching import Verdict, compare
from broadsheet.ingest.merging import all_ids
from broadsheet.papers import Facts, Record
from broadsheet.service import Service
from broadsheet.settings import read_settings

HERE = Path(__file__).resolve().parents[1]
FACTS = HERE / "tests" / "ingest" / "duplicates"
RESAMPLES = 2000
ONE_ID = "one arXiv id"

PART = """Written by `python bench/duplicates.py measure`: `hf_daily`, `arxiv_daily` and
`mlanthology` imported together. A reader labelled {read} pairs of records of different sources
without seeing what the program made of them: {same} the same paper, {different} not, {unsure}
left out for doubt. Each pair stands for its share of the pairs of its stratum, so that these are
estimates for all pairs; 95 % intervals from {resamples:,} draws within the strata.

| pairs | read | precision | recall | joined or left to decide |
| --- | --- | --- | --- | --- |
{overall}

"Half for judging" is the half that nobody looked at while matching was mended. No interval can be
told where no error was read: of the {joined} joined pairs read, {wrong} were wrong{bound}.

How alike the two records are decides the stratum; the first that fits has the pair.

| stratum | pairs | read | same | joined | of these wrong | same, left to decide | same, lost |
| --- | --- | --- | --- | --- | --- | --- | --- |
{strata}

| reason | joined: same | other | to decide: same | other | apart: same | other |
| --- | --- | --- | --- | --- | --- | --- |
{reasons}
"""


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


def table(found: Sequence[Outcome], unsure: int) -> str:
    """The part of the page: rates, strata, reasons."""
    sizes: dict[str, int] = json.loads((FACTS / "strata.json").read_text("utf-8"))
    halves = {
        "all": found,
        "without those of one arXiv id": [one for one in found if one.stratum != ONE_ID],
        "half for judging": [one for one in found if one.half == "judge"],
    }
    joined = [one for one in found if one.joined]
    wrong = sum(not one.same for one in joined)
    same = sum(one.same for one in found)
    return PART.format(
        read=len(found) + unsure,
        same=same,
        different=len(found) - same,
        unsure=unsure,
        resamples=RESAMPLES,
        overall="\n".join(_overall(name, part, sizes) for name, part in halves.items()),
        joined=len(joined),
        wrong=wrong,
        # With no error among n, fewer than 3/n are errors with 95 % confidence.
        bound="" if wrong else f", which alone says: under {3 / len(joined):.1%}",
        strata="\n".join(_stratum_row(name, size, found) for name, size in sizes.items()),
        reasons="\n".join(_reason_rows(found)),
    )


def _overall(name: str, found: Sequence[Outcome], sizes: Mapping[str, int]) -> str:
    cells = [
        f"{rate:.3f} ({low:.3f} to {high:.3f})" if low < high else f"{rate:.3f}"
        for rate, (low, high) in zip(rates(found, sizes), intervals(found, sizes), strict=True)
    ]
    return f"| {name} | {len(found)} | {' | '.join(cells)} |"


def _stratum_row(name: str, size: int, found: Sequence[Outcome]) -> str:
    part = [one for one in found if one.stratum == name]
    same = [one for one in part if one.same]
    left = sum(one.doubtful and not one.joined for one in same)
    joined = sum(one.joined for one in same)
    wrong = sum(one.joined for one in part) - joined
    cells = (size, len(part), len(same), joined + wrong, wrong, left, len(same) - joined - left)
    return f"| {name} | {' | '.join(f'{cell:,}' for cell in cells)} |"


def _reason_rows(found: Sequence[Outcome]) -> list[str]:
    counts: Counter[tuple[str, int]] = Counter()
    for one in found:
        column = 0 if one.joined else 2 if one.doubtful else 4
        counts[one.reason, column + (not one.same)] += 1
    reasons = sorted({reason for reason, _ in counts})
    return [
        f"| {r} | {' | '.join(str(counts[r, column]) for column in range(6))} |" for r in reasons
    ]


def _filled(data: Path, home: Path) -> Path:
    """A home with the three corpora, imported as `broadsheet import` does."""
    service = Service.open(read_settings(home), create=True)
    files = [data / "corpora" / f"{source}.jsonl.xz" for source in SOURCES]
    now = datetime.now(UTC)
    import_files(service.catalogue, files, Reading(), now=now, progress=lambda _: None)
    return home


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
        labels = read_labels()
        found = outcomes(home, labels)
        text = table(found, len(labels) - len(found))
    page.put("duplicates", text)
    print(text)


if __name__ == "__main__":
    main()
