"""Contrastive training of the student: two parts of one paper attract, those of others repel."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
import torch
from corpora import Tokens
from torch import Tensor
from torch.nn import functional

Ids = npt.NDArray[np.int32]
Pair = tuple[Ids, Ids]


@dataclass(frozen=True)
class Recipe:
    """What decides the outcome, besides the data: all of it goes into the manifest."""

    steps: int = 1000
    batch: int = 3072
    learning_rate: float = 6e-3
    warm_up: int = 20
    temperature: float = 0.05
    prefixes: tuple[int, ...] = (256, 128, 64)
    dropped_queries: float = 1 / 3
    dropped_words: float = 0.3
    seed: int = 20261121

    def named(self) -> dict[str, object]:
        """The recipe as the manifest writes it."""
        return asdict(self)


class Bags:
    """Pairs of token bags, drawn from the papers by three views: title, sentence and half."""

    def __init__(self, tokens: Tokens, recipe: Recipe) -> None:
        self.tokens = tokens
        self.recipe = recipe
        self.random = np.random.default_rng(recipe.seed)
        self.views: tuple[Callable[[int], Pair], ...] = (self._title, self._sentence, self._half)

    def draw(self) -> tuple[list[Ids], list[Ids]]:
        """One batch: queries and what they belong to, of as many different papers."""
        papers = self.random.choice(self.tokens.count, self.recipe.batch, replace=False)
        view = self.views[self.random.choice(len(self.views), p=(0.4, 0.35, 0.25))]
        pairs = [view(int(paper)) for paper in papers]
        return [self._thinned(query) for query, _ in pairs], [rest for _, rest in pairs]

    def _thinned(self, query: Ids) -> Ids:
        if len(query) < 4 or self.random.random() >= self.recipe.dropped_queries:
            return query
        kept = query[self.random.random(len(query)) >= self.recipe.dropped_words]
        return kept if len(kept) else query

    def _span(self, first: int, last: int) -> Ids:
        """The token ids of the segments first .. last - 1."""
        return self.tokens.ids[self.tokens.segments[first] : self.tokens.segments[last]]

    def _title(self, paper: int) -> Pair:
        first, last = self.tokens.papers[paper : paper + 2]
        return self._span(first, first + 1), self._span(first + 1, last)

    def _sentence(self, paper: int) -> Pair:
        first, last = self.tokens.papers[paper : paper + 2]
        at = int(self.random.integers(first + 1, last))
        rest = np.concatenate([self._span(first, at), self._span(at + 1, last)])
        return self._span(at, at + 1), rest

    def _half(self, paper: int) -> Pair:
        first, last = self.tokens.papers[paper : paper + 2]
        middle = (first + 1 + last) // 2
        if middle == first + 1:
            return self._title(paper)
        return self._span(first + 1, middle), self._span(middle, last)


def pooled(table: torch.nn.EmbeddingBag, bags: list[Ids]) -> Tensor:
    """The sums of the bags' rows, (bags, dimensions)."""
    lengths = np.array([len(bag) for bag in bags])
    offsets = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    ids = torch.from_numpy(np.concatenate(bags).astype(np.int64))
    summed: Tensor = table(ids, torch.from_numpy(offsets))
    return summed


def contrastive_loss(queries: Tensor, papers: Tensor, recipe: Recipe) -> Tensor:
    """InfoNCE both ways with the batch as negatives, summed over the Matryoshka prefixes.

    Van den Oord, Li and Vinyals, "Representation Learning with Contrastive Predictive Coding",
    2018; Kusupati et al., "Matryoshka Representation Learning", NeurIPS 2022.
    """
    labels = torch.arange(len(queries))
    total = torch.zeros(())
    for width in recipe.prefixes:
        left = functional.normalize(queries[:, :width], dim=1)
        right = functional.normalize(papers[:, :width], dim=1)
        scores = left @ right.T / recipe.temperature
        total = total + functional.cross_entropy(scores, labels)
        total = total + functional.cross_entropy(scores.T, labels)
    return total / (2 * len(recipe.prefixes))


def train(start: Tensor, tokens: Tokens, recipe: Recipe, report: Callable[[str], None]) -> Tensor:
    """The trained table, (pieces, dimensions); row 0, the unknown piece, stays zero."""
    torch.manual_seed(recipe.seed)
    table = torch.nn.EmbeddingBag.from_pretrained(start.clone(), freeze=False, mode="sum")
    optimiser = torch.optim.Adam(table.parameters(), lr=recipe.learning_rate)
    bags = Bags(tokens, recipe)
    began = time.monotonic()
    for step in range(recipe.steps):
        share = min(1.0, (step + 1) / recipe.warm_up) * (1 - step / recipe.steps)
        optimiser.param_groups[0]["lr"] = recipe.learning_rate * share
        queries, papers = bags.draw()
        loss = contrastive_loss(pooled(table, queries), pooled(table, papers), recipe)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 10 == 0 or step + 1 == recipe.steps:
            report(f"step {step} loss {loss.item():.4f} {time.monotonic() - began:.0f} s")
    trained = table.weight.detach().clone()
    trained[0] = 0.0
    return trained
