"""Make the packaged contextual encoder: fine-tune, average, quantise, write, and measure."""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import corpora
import evaluate
import graph
import numpy as np
import onnxruntime
import torch
from corpora import Corpus
from quantise import TEACHER
from static_encoder import HERE, MODEL, arguments, teacher_folder
from teacher import Teacher
from torch import Tensor
from torch.nn import functional

FOLDER = MODEL / "contextual"
MANIFEST = HERE / "contextual.json"
DIMENSIONS = 384
_IDENTITY_DIGITS = 12
Weights = dict[str, Tensor]
Pair = tuple[str, str]


@dataclass(frozen=True)
class Recipe:
    """What decides the outcome, besides the data: all of it goes into the manifest.

    A pair is taken from each of `batch` papers, half of which stand side by side in their corpus
    (the same venue or day) and so are harder to tell apart. `share` is how much of the trained
    weights goes into the average with the first ones.
    """

    steps: int = 400
    batch: int = 96
    learning_rate: float = 2e-5
    warm_up: int = 30
    temperature: float = 0.05
    query_pieces: int = 64
    paper_pieces: int = 160
    share: float = 0.5
    seed: int = 20261121


class Pairs:
    """Pairs of texts of one paper: title, sentence, half or a few of its words, and the rest."""

    def __init__(self, papers: list[list[str]], recipe: Recipe) -> None:
        self.papers, self.recipe = papers, recipe
        self.random = random.Random(recipe.seed)

    def draw(self) -> list[Pair]:
        """One batch of pairs, of different papers."""
        count, half = len(self.papers), self.recipe.batch // 2
        first = self.random.randrange(count)
        beside = [(first + at) % count for at in range(half)]
        anywhere = [self.random.randrange(count) for _ in range(half)]
        return [self._pair(self.papers[at]) for at in dict.fromkeys([*beside, *anywhere])]

    def _pair(self, paper: list[str]) -> Pair:
        title, *sentences = paper
        kind = self.random.random()
        if kind < 0.4 or len(sentences) < 3:
            return title, " ".join(sentences)
        if kind < 0.7:
            at = self.random.randrange(len(sentences))
            return sentences[at], f"{title}. {' '.join(sentences[:at] + sentences[at + 1 :])}"
        if kind < 0.85:
            middle = len(sentences) // 2
            return f"{title}. {' '.join(sentences[:middle])}", " ".join(sentences[middle:])
        return self._words(sentences), f"{title}. {' '.join(sentences)}"

    def _words(self, sentences: list[str]) -> str:
        """A few of the longer words that stand near each other, as a reader might type them."""
        words = [word for word in " ".join(sentences).split() if len(word) > 4]
        count = self.random.randint(2, 6)
        start = self.random.randrange(max(1, len(words) - 2 * count))
        near = words[start : start + 2 * count]
        return " ".join(self.random.sample(near, min(count, len(near)))).lower()


def padded(student: Teacher, texts: Sequence[str], longest: int) -> tuple[Tensor, Tensor]:
    """Ids and mask of some texts, (texts, pieces)."""
    student.tokenizer.enable_truncation(longest)
    encodings = student.tokenizer.encode_batch(list(texts))
    length = max(len(encoding.ids) for encoding in encodings)
    ids = torch.zeros(len(encodings), length, dtype=torch.long)
    keep = torch.zeros(len(encodings), length, dtype=torch.bool)
    for row, encoding in enumerate(encodings):
        size = len(encoding.ids)
        ids[row, :size] = torch.tensor(encoding.ids)
        keep[row, :size] = True
    return ids, keep


def loss_of(student: Teacher, pairs: Sequence[Pair], recipe: Recipe) -> Tensor:
    """InfoNCE both ways with the batch as negatives."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        left = student.pool(*padded(student, [one for one, _ in pairs], recipe.query_pieces))
        right = student.pool(*padded(student, [other for _, other in pairs], recipe.paper_pieces))
    queries, papers = (functional.normalize(side.float(), dim=1) for side in (left, right))
    scores = queries @ papers.T / recipe.temperature
    labels = torch.arange(len(pairs))
    forward = functional.cross_entropy(scores, labels)
    return (forward + functional.cross_entropy(scores.T, labels)) / 2


def train(
    student: Teacher, papers: list[list[str]], recipe: Recipe, report: Callable[[str], None]
) -> None:
    """Train the student's weights in place."""
    torch.manual_seed(recipe.seed)
    student.weights = {
        name: weight.float().clone().requires_grad_("pooler" not in name)
        if weight.is_floating_point()
        else weight
        for name, weight in student.weights.items()
    }
    trained = [weight for weight in student.weights.values() if weight.requires_grad]
    optimiser = torch.optim.AdamW(trained, lr=recipe.learning_rate, weight_decay=0.01)
    pairs = Pairs(papers, recipe)
    began = time.monotonic()
    losses: list[float] = []
    for step in range(recipe.steps):
        share = min(1.0, (step + 1) / recipe.warm_up) * (1 - step / recipe.steps)
        optimiser.param_groups[0]["lr"] = recipe.learning_rate * share
        loss = loss_of(student, pairs.draw(), recipe)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
        if step % 20 == 19:
            mean = float(np.mean(losses[-20:]))
            report(f"step {step + 1} loss {mean:.4f} {time.monotonic() - began:.0f} s")


def averaged(first: Weights, second: Weights, share: float) -> Weights:
    """The weights between the two; what training forgot comes back.

    Wortsman et al., "Robust Fine-Tuning of Zero-Shot Models", CVPR 2022.
    """
    return {
        name: (1 - share) * weight.float() + share * second[name].detach().float()
        for name, weight in first.items()
        if weight.is_floating_point()
    }


def write(weights: Weights, teacher: Teacher, folder: Path) -> str:
    """Write the model's three files; the digest (SHA-256) of its weights."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "model.onnx"
    graph.write({name: weight.numpy() for name, weight in weights.items()}, file)
    teacher.tokenizer.no_truncation()
    (folder / "tokenizer.json").write_text(teacher.tokenizer.to_str(pretty=False), "utf-8")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    described = {
        "name": "broadsheet-contextual",
        "version": "1",
        "identity": f"onnx-{DIMENSIONS}-{digest[:_IDENTITY_DIGITS]}",
        "dimensions": DIMENSIONS,
        "derived_from": TEACHER,
        "licence": "Apache-2.0",
    }
    (folder / "model.json").write_text(json.dumps(described, indent=1) + "\n", encoding="utf-8")
    return digest


def packaged(folder: Path, teacher: Teacher) -> evaluate.Encode:
    """The encoder whose files lie in `folder`, read without the package."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    session = onnxruntime.InferenceSession(folder / "model.onnx", options)

    def encode(texts: Sequence[str]) -> evaluate.Matrix:
        teacher.tokenizer.enable_truncation(graph.LONGEST)
        rows = []
        for encoding in teacher.tokenizer.encode_batch(list(texts)):
            ids = np.array([encoding.ids], np.int64)
            given = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
            rows.append(session.run(None, given)[0][0])
        return np.stack(rows)

    return encode


def run_by(teacher: Teacher, weights: Weights) -> evaluate.Encode:
    """The encoder with these weights, run by torch."""

    def encode(texts: Sequence[str]) -> evaluate.Matrix:
        teacher.weights = weights
        teacher.tokenizer.enable_truncation(graph.LONGEST)
        ids = [encoding.ids for encoding in teacher.tokenizer.encode_batch(list(texts))]
        return functional.normalize(teacher.encode(ids), dim=1).numpy()

    return encode


def write_manifest(
    recipe: Recipe, seen: Sequence[Corpus], digest: str, figures: dict[str, object]
) -> None:
    """What the model was made from and how good it is, for whoever makes the next one."""
    manifest = {
        "model": {"sha256": digest, "dimensions": DIMENSIONS, "teacher": TEACHER},
        "recipe": asdict(recipe),
        "data": [corpus.__dict__ for corpus in seen],
        "figures": figures,
    }
    MANIFEST.write_text(json.dumps(manifest, indent=1, default=list) + "\n", encoding="utf-8")


def report(line: str) -> None:
    """Say how far it is, at once."""
    print(line, flush=True)


def main() -> None:
    """Run the whole recipe."""
    given = arguments(__doc__, Recipe.steps, FOLDER)
    recipe = Recipe(steps=given.steps)
    teacher = Teacher(teacher_folder())
    first = dict(teacher.weights)
    papers, seen = corpora.read(given.data, given.limit)
    train(teacher, papers, recipe, report)
    trained = dict(teacher.weights)
    weights = averaged(first, trained, recipe.share)
    digest = write(weights, teacher, given.out)
    ways = {
        "teacher": run_by(teacher, averaged(first, first, 0)),
        "trained": run_by(teacher, averaged(trained, trained, 0)),
        "averaged": run_by(teacher, weights),
        "eight bits": packaged(given.out, teacher),
    }
    figures: dict[str, object] = {
        way: evaluate.evaluate(given.data, encode) for way, encode in ways.items()
    }
    write_manifest(recipe, seen, digest, figures)
    print(json.dumps(figures, indent=1, default=list))


if __name__ == "__main__":
    torch.set_num_threads(2)
    main()
