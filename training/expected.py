"""Make the packaged predictor of votes: choose on earlier editions, train, calibrate, write.

It runs in the development environment and needs nothing else.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save

from broadsheet.evaluation.editions import PastEdition, foreseen, read_editions
from broadsheet.index.documents import encoder_text
from broadsheet.index.encoders import EncoderChoice, open_encoder
from broadsheet.ranking.expected import weighed
from broadsheet.ranking.wording import marks, runs, wording

HERE = Path(__file__).resolve().parent
MODEL = HERE.parent / "src" / "broadsheet" / "ranking" / "model"
DATA = "corpora/hf_daily.jsonl.xz"
UNTIL = "2025-07-01"
"""Editions from this day on are for testing only."""
LATEST = "2025-04-15"
"""Where the earlier editions are split in time, to choose by."""
FEWEST_PAPERS = 8
FEWEST_TEXTS = 4
"""A run of words counts if so many texts have it."""
SEED = 20261121
FOLDS = 4
COLUMNS = 4096

Matrix = npt.NDArray[np.float32]
Row = npt.NDArray[np.float64]


class Recipe(NamedTuple):
    """The shares of the three parts in the kernel, and the ridge."""

    marks: float = 1.0
    near: float = 2.0
    runs: float = 4.0
    ridge: float = 6.0


CANDIDATES = (
    Recipe(1, 0, 0, 3),
    Recipe(0, 2, 0, 3),
    Recipe(0, 0, 2, 3),
    Recipe(1, 2, 0, 5),
    Recipe(1, 0, 2, 5),
    Recipe(1, 2, 2, 4),
    Recipe(1, 2, 2, 8),
    Recipe(1, 2, 3, 7),
    Recipe(),
    Recipe(1, 2, 4, 10),
    Recipe(0.5, 2, 3, 7),
)


@dataclass(frozen=True)
class Texts:
    """The training papers as numbers, in the order of their editions (`edition`, numbered)."""

    days: list[str]
    edition: npt.NDArray[np.int64]
    votes: Row
    marks: Row
    vectors: Row
    known: npt.NDArray[np.uint32]
    rarity: Row
    runs: list[tuple[npt.NDArray[np.intp], Row]]


def read(editions: list[PastEdition]) -> tuple[Texts, str]:
    """The texts of all papers, and which encoder read them."""
    encoder = open_encoder(EncoderChoice())
    papers = [wording(paper.facts) for one in editions for paper in one.papers]
    found = [runs(paper) for paper in papers]
    known, counts = np.unique(np.concatenate([np.unique(one) for one in found]), return_counts=True)
    known, counts = known[counts >= FEWEST_TEXTS], counts[counts >= FEWEST_TEXTS]
    # As it is shipped, so that training sees what reading will.
    rarity = (np.log((1 + len(papers)) / (1 + counts)) + 1).astype(np.float16).astype(np.float64)
    texts = Texts(
        days=[one.day for one in editions],
        edition=np.repeat(np.arange(len(editions)), [len(one.papers) for one in editions]),
        votes=np.array([paper.votes for one in editions for paper in one.papers], float),
        marks=np.array([marks(paper) for paper in papers]),
        vectors=encoder.encode_papers(
            [encoder_text(paper.title, paper.abstract) for paper in papers]
        ).astype(np.float64),
        known=known,
        rarity=rarity,
        runs=[weighed(one, known, rarity) for one in found],
    )
    return texts, encoder.identity


def blocks(texts: Texts) -> Iterator[Matrix]:
    """The weighed runs of all papers, some columns at a time."""
    for start in range(0, len(texts.known), COLUMNS):
        block = np.zeros((len(texts.runs), COLUMNS), np.float32)
        for row, (places, counted) in enumerate(texts.runs):
            low, high = np.searchsorted(places, (start, start + COLUMNS))
            block[row, places[low:high] - start] = counted[low:high]
        yield block


def centred(values: npt.NDArray[np.floating], edition: npt.NDArray[np.int64]) -> Row:
    """Values (n, ...) less the mean of each one's edition; editions lie together."""
    _, starts, sizes = np.unique(edition, return_index=True, return_counts=True)
    shape = -1, *[1] * (values.ndim - 1)
    means = np.add.reduceat(values, starts, axis=0) / sizes.reshape(shape)
    return np.asarray(values - np.repeat(means, sizes, axis=0), values.dtype)


@dataclass(frozen=True)
class Kernels:
    """Likeness of any two papers (n, n) by each part, of mean 1 within editions on the diagonal.

    `scales` are what each was divided by.
    """

    marks: Matrix
    near: Matrix
    runs: Matrix
    scales: tuple[float, float, float]

    def of(self, recipe: Recipe) -> Matrix:
        """The kernel of a recipe."""
        joined: Matrix = (
            recipe.marks * self.marks + recipe.near * self.near + recipe.runs * self.runs
        )
        return joined


def standard(texts: Texts) -> tuple[Row, Row, Row]:
    """The marks as standard scores, with the means and deviations."""
    mean, deviation = texts.marks.mean(axis=0), texts.marks.std(axis=0) + 1e-9
    return (texts.marks - mean) / deviation, mean, deviation


def kernels(texts: Texts) -> Kernels:
    """The kernels; that of nearness is 2 c + 4 c^2 of the cosine c."""
    scored = standard(texts)[0]
    cosines = (texts.vectors @ texts.vectors.T).astype(np.float32)
    read = np.zeros_like(cosines)
    for block in blocks(texts):
        read += block @ block.T
    made = (scored @ scored.T).astype(np.float32), 2 * cosines + 4 * cosines**2, read
    scales = [_spread(one, texts.edition) for one in made]
    parts = [one / scale for one, scale in zip(made, scales, strict=True)]
    return Kernels(parts[0], parts[1], parts[2], (scales[0], scales[1], scales[2]))


def _spread(kernel: Matrix, edition: npt.NDArray[np.int64]) -> float:
    return float(np.diag(centred(centred(kernel, edition).T, edition)).mean())


def solve(kernel: Matrix, texts: Texts, rows: npt.NDArray[np.intp], ridge: float) -> Row:
    """The papers' weights whose scores come nearest to log(1 + votes) within editions.

    Both sides are centred within each edition, so that the squared error is that of all pairs of
    papers in an edition: kernel ridge regression with a pairwise loss.
    """
    edition = texts.edition[rows]
    inner = centred(centred(kernel[np.ix_(rows, rows)], edition).T, edition)
    inner[np.diag_indices(len(rows))] += ridge
    goal = centred(np.log1p(texts.votes[rows]), edition)
    return centred(np.linalg.solve(inner.astype(np.float32), goal.astype(np.float32)), edition)


def held_out(kernel: Matrix, texts: Texts, ridge: float) -> tuple[Row, Row]:
    """Scores of each paper by the editions of the other folds, and of the latest by the earlier."""
    draw = np.random.default_rng(SEED).permutation(len(texts.days)) % FOLDS
    fold = draw[texts.edition]
    crossed, later = np.zeros(len(texts.votes)), np.zeros(len(texts.votes))
    splits = [(fold != one, fold == one, crossed) for one in range(FOLDS)]
    is_late = np.array([day >= LATEST for day in texts.days])[texts.edition]
    for train, judge, scores in [*splits, (~is_late, is_late, later)]:
        rows, others = np.flatnonzero(train), np.flatnonzero(judge)
        scores[others] = kernel[np.ix_(others, rows)] @ solve(kernel, texts, rows, ridge)
    return crossed, later


def judged(scores: Row, texts: Texts, since: str = "") -> tuple[float, float]:
    """nDCG@10 and Kendall's tau over the editions since a day that have papers enough."""
    orders = []
    for number, day in enumerate(texts.days):
        mine = np.flatnonzero(texts.edition == number)
        if len(mine) >= FEWEST_PAPERS and day >= since:
            orders.append((scores[mine], texts.votes[mine]))
    return foreseen(orders)


def calibrated(scores: Row, texts: Texts) -> tuple[float, float]:
    """Level and slope, so that exp(level + slope score) is the votes over the edition's mean.

    Poisson regression by Newton's steps, on scores that were held out.
    """
    sums = np.bincount(texts.edition, texts.votes)
    means = (sums / np.bincount(texts.edition))[texts.edition]
    usable = means > 0
    goal = texts.votes[usable] / means[usable]
    given = np.stack([np.ones(usable.sum()), scores[usable]], axis=1)
    found = np.zeros(2)
    for _ in range(30):
        expected = np.exp(given @ found)
        found += np.linalg.solve(given.T @ (given * expected[:, None]), given.T @ (goal - expected))
    return float(found[0]), float(found[1])


def write(
    texts: Texts, made: Kernels, recipe: Recipe, calibration: tuple[float, float], encoder: str
) -> str:
    """Train on all the texts and write the weights; their digest."""
    rows = np.arange(len(texts.votes))
    weights = solve(made.of(recipe), texts, rows, recipe.ridge)
    by_marks, by_nearness, by_runs = made.scales
    _, mean, deviation = standard(texts)
    of_marks = recipe.marks / by_marks * (weights @ standard(texts)[0]) / deviation
    of_runs = np.zeros(len(texts.known))
    for weight, (places, counted) in zip(weights, texts.runs, strict=True):
        of_runs[places] += weight * counted
    square = (texts.vectors * weights[:, None]).T @ texts.vectors
    scalars = np.array([-float(of_marks @ mean), *calibration])
    stored = save(
        {
            "marks": of_marks,
            "linear": (recipe.near / by_nearness * 2 * (weights @ texts.vectors)).astype("f4"),
            "square": (recipe.near / by_nearness * 4 * square).astype("f2"),
            "known": texts.known,
            "rarity": texts.rarity.astype("f2"),
            "runs": (recipe.runs / by_runs * of_runs).astype("f2"),
            "scalars": scalars,
        }
    )
    digest = hashlib.sha256(stored).hexdigest()
    MODEL.mkdir(exist_ok=True)
    (MODEL / "expected.safetensors").write_bytes(stored)
    named = {"name": "broadsheet-expected", "version": "1", "sha256": digest, "encoder": encoder}
    (MODEL / "expected.json").write_text(json.dumps(named, indent=1) + "\n", "utf-8")
    return digest


def figures(texts: Texts, made: Kernels, recipe: Recipe) -> dict[str, list[float]]:
    """What a recipe reaches on held-out editions before the test begins."""
    crossed, later = held_out(made.of(recipe), texts, recipe.ridge)
    found = {
        "crossed": judged(crossed, texts),
        "crossed, since March 2025": judged(crossed, texts, "2025-03-01"),
        "later": judged(later, texts, LATEST),
    }
    return {name: [round(value, 4) for value in pair] for name, pair in found.items()}


def main() -> None:
    """Choose, if asked to, then train and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--choose", action="store_true", help="only compare the candidates")
    given = parser.parse_args()
    file = given.data / DATA
    editions = [one for one in read_editions(file) if one.day < UNTIL]
    texts, encoder = read(editions)
    made = kernels(texts)
    if given.choose:
        for candidate in CANDIDATES:
            print(candidate, figures(texts, made, candidate), flush=True)
        return
    recipe = Recipe()
    crossed, _ = held_out(made.of(recipe), texts, recipe.ridge)
    calibration = calibrated(crossed, texts)
    digest = write(texts, made, recipe, calibration, encoder)
    checksum = hashlib.sha256(file.read_bytes()).hexdigest()
    manifest = {
        "model": {"sha256": digest, "encoder": encoder, "runs": len(texts.known)},
        "recipe": {**recipe._asdict(), "until": UNTIL, "seed": SEED, "calibration": calibration},
        "data": [{"file": DATA, "sha256": checksum, "kept": len(texts.votes)}],
        "figures": figures(texts, made, recipe),
    }
    (HERE / "expected.json").write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
    print(json.dumps(manifest, indent=1))


if __name__ == "__main__":
    main()
