"""What votes a paper may expect before any is cast, from its text and links alone.

The idea of a small regressor whose expectation is taken off what came is from "Large Content And
Behavior Models To Understand, Simulate, And Optimize Content And Behavior". The weights were made
by `training/expected.py`. They know no author and no organisation.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load

from broadsheet.errors import EncoderError
from broadsheet.index.documents import encoder_text
from broadsheet.index.encoders import Encoder, EncoderChoice, open_encoder
from broadsheet.index.encoders.remembered import RememberedEncoder
from broadsheet.papers import Facts
from broadsheet.ranking.wording import Runs, Wording, marks, runs, wording

Floats = npt.NDArray[np.float64]
PRIOR_PAPERS = 10
"""So many papers with the expected votes outweigh what an instance knows by itself."""
_HINT = "Install Broadsheet again."


class Weights(NamedTuple):
    """The model: a score is the sum of three parts, and the multiplier exp(level + slope score).

    `marks` (n,) weigh the marks; `linear` (d,) and `square` (d, d) the vector of the text; `runs`
    (m,) each known run of words, whose numbers `known` (m,) rise and whose rarity is `rarity`.
    """

    marks: Floats
    offset: float
    linear: Floats
    square: Floats
    known: Runs
    rarity: Floats
    runs: Floats
    level: float
    slope: float


@dataclass(frozen=True, slots=True)
class Predictor:
    """Texts to what they may expect; `encoder` is the one with which the weights were trained."""

    encoder: Encoder
    weights: Weights

    def multipliers(self, papers: Sequence[Facts]) -> Floats:
        """How many times a typical paper's votes each may expect, (papers,), above 0.

        Over editions like those of the training the mean is near 1; `typical_votes` makes up for
        what is different elsewhere.
        """
        scores = self.scores([wording(paper) for paper in papers])
        expected: Floats = np.exp(self.weights.level + self.weights.slope * scores)
        return expected

    def scores(self, papers: Sequence[Wording]) -> Floats:
        """The scores, (papers,): differences of log(1 + votes) within one edition."""
        texts = [encoder_text(paper.title, paper.abstract) for paper in papers]
        vectors = self.encoder.encode_papers(texts).astype(np.float64)
        near: Floats = vectors @ self.weights.linear
        near += np.einsum("pi,ij,pj->p", vectors, self.weights.square, vectors, optimize=True)
        told = [float(marks(one) @ self.weights.marks) for one in papers]
        read = [_of_runs(runs(one), self.weights) for one in papers]
        scores: Floats = near + np.array(told) + np.array(read) + self.weights.offset
        return scores


def weighed(found: Runs, known: Runs, rarity: Floats) -> tuple[npt.NDArray[np.intp], Floats]:
    """Which of the known runs a text has, and how much each counts: TF-IDF of length one.

    The count is dampened, 1 + log(count) (Manning et al., Introduction to IR, 2008, 6.4.1).
    """
    numbers, counts = np.unique(found, return_counts=True)
    places = np.searchsorted(known, numbers)
    held = np.append(known, 0)[places] == numbers
    held &= places < len(known)
    counted = (1 + np.log(counts[held])) * rarity[places[held]]
    return places[held], counted / max(float(np.linalg.norm(counted)), 1e-12)


def _of_runs(found: Runs, weights: Weights) -> float:
    places, counted = weighed(found, weights.known, weights.rarity)
    return float(counted @ weights.runs[places])


def expected_votes(multiplier: float, typical: float) -> float:
    """The votes that a paper may expect, where `typical` is what a multiplier of 1 stands for.

    The multiplier knows nothing of the place: ten readers and ten thousand differ in `typical`.
    """
    return multiplier * typical


def typical_votes(
    received: Sequence[float], multipliers: Sequence[float], prior: float = 1.0
) -> float:
    """What a multiplier of 1 stands for here, by the votes of settled papers and their multipliers.

    Votes over multipliers, so that over those papers expectations add up to what came, shrunk to
    `prior` votes as if by ten more typical papers: the mean of a Gamma-Poisson model. An instance
    without a past expects `prior`.
    """
    return (prior * PRIOR_PAPERS + sum(received)) / (PRIOR_PAPERS + sum(multipliers))


@cache
def open_predictor() -> Predictor:
    """The predictor that comes with the package; EncoderError if its files are damaged."""
    folder = files("broadsheet.ranking") / "model"
    try:
        stored = (folder / "expected.safetensors").read_bytes()
        named = json.loads((folder / "expected.json").read_text("utf-8"))
        weights = read_weights(stored)
        told = named["sha256"], named["encoder"]
    except (OSError, SafetensorError, ValueError, KeyError) as error:
        raise EncoderError(
            f"The packaged predictor of votes cannot be read: {error}.", hint=_HINT
        ) from error
    encoder = RememberedEncoder(open_encoder(EncoderChoice()))
    if told != (hashlib.sha256(stored).hexdigest(), encoder.identity):
        raise EncoderError("The packaged predictor of votes is damaged.", hint=_HINT)
    return Predictor(encoder, weights)


def read_weights(stored: bytes) -> Weights:
    """The weights from their file's bytes; KeyError or SafetensorError if it is another one."""
    table = load(stored)
    offset, level, slope = (float(value) for value in table["scalars"])
    return Weights(
        marks=table["marks"].astype(np.float64),
        offset=offset,
        linear=table["linear"].astype(np.float64),
        square=table["square"].astype(np.float64),
        known=table["known"],
        rarity=table["rarity"].astype(np.float64),
        runs=table["runs"].astype(np.float64),
        level=level,
        slope=slope,
    )
