"""How well an encoder ranks: judged queries, dense alone and fused with BM25."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import bm25s
import ir_measures
import numpy as np
import numpy.typing as npt
import Stemmer
from ir_measures import R, nDCG
from safetensors.numpy import load_file
from tokenizers import Tokenizer

SETS = ("cranfield", "cacm", "cisi", "scifact_train")
SHARES = (0.1, 0.2, 0.3)
DEPTH = 100
RECALL = 1000

Matrix = npt.NDArray[np.float32]
Encode = Callable[[Sequence[str]], Matrix]


@dataclass(frozen=True)
class Benchmark:
    """Documents, queries and judgements of one set, with BM25's scores (queries, documents)."""

    documents: list[str]
    texts: list[str]
    queries: list[str]
    questions: list[str]
    judgements: list[ir_measures.Qrel]
    words: Matrix


def _lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _judgements(path: Path) -> list[ir_measures.Qrel]:
    found: list[ir_measures.Qrel] = []
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        query, document, grade = line.split("\t")
        found.append(ir_measures.Qrel(query, document, int(grade)))
    return found


def bm25(texts: list[str], questions: list[str]) -> Matrix:
    """BM25 (Lucene's variant, k1 1.2, b 0.75, English stems) of every question and text."""
    stemmer = Stemmer.Stemmer("english")
    index = bm25s.BM25(k1=1.2, b=0.75, method="lucene")
    tokens = bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False)
    index.index(tokens, show_progress=False)
    asked = bm25s.tokenize(
        questions, stopwords="en", stemmer=stemmer, show_progress=False, return_ids=False
    )
    rows = [index.get_scores(words) if words else np.zeros(len(texts)) for words in asked]
    return np.stack(rows).astype(np.float32)


def load(folder: Path) -> Benchmark:
    """One set in the BEIR layout; only queries that have judgements are asked."""
    corpus = _lines(folder / "corpus.jsonl")
    judgements = _judgements(folder / "qrels.tsv")
    judged = {judgement.query_id for judgement in judgements}
    queries = [query for query in _lines(folder / "queries.jsonl") if query["_id"] in judged]
    texts = [f"{entry.get('title') or ''} {entry.get('text') or ''}".strip() for entry in corpus]
    questions = [query["text"] for query in queries]
    return Benchmark(
        documents=[entry["_id"] for entry in corpus],
        texts=texts,
        queries=[query["_id"] for query in queries],
        questions=questions,
        judgements=judgements,
        words=bm25(texts, questions),
    )


def _best(scores: Matrix, depth: int) -> npt.NDArray[np.int64]:
    return np.argsort(-scores, axis=1, kind="stable")[:, :depth]


def _unit(scores: Matrix, top: npt.NDArray[np.int64]) -> Matrix:
    """Scores of each row's top brought to 0..1; everything outside the top is 0."""
    kept = np.take_along_axis(scores, top, axis=1)
    low, high = kept[:, -1:], kept[:, :1]
    out = np.zeros_like(scores)
    np.put_along_axis(out, top, (kept - low) / np.maximum(high - low, 1e-9), axis=1)
    return out


def fuse(words: Matrix, dense: Matrix, share: float) -> Matrix:
    """(1 - share) * words + share * dense, each min-max normalised over its own top 100."""
    return (1 - share) * _unit(words, _best(words, DEPTH)) + share * _unit(
        dense, _best(dense, DEPTH)
    )


def judge(benchmark: Benchmark, scores: Matrix) -> tuple[float, float]:
    """(nDCG@10, recall@100) of a score matrix (queries, documents)."""
    run: list[ir_measures.ScoredDoc] = []
    for row, top in enumerate(_best(scores, DEPTH)):
        query = benchmark.queries[row]
        run += [
            ir_measures.ScoredDoc(query, benchmark.documents[at], float(DEPTH - rank))
            for rank, at in enumerate(top)
        ]
    found = ir_measures.calc_aggregate([nDCG @ 10, R @ 100], benchmark.judgements, run)
    return round(found[nDCG @ 10], 4), round(found[R @ 100], 4)


def figures(benchmark: Benchmark, encode: Encode) -> dict[str, tuple[float, float]]:
    """The encoder alone ("dense") and fused with BM25 at each share, as (nDCG@10, recall@100)."""
    dense = encode(benchmark.questions) @ encode(benchmark.texts).T
    found = {"bm25": judge(benchmark, benchmark.words), "dense": judge(benchmark, dense)}
    for share in SHARES:
        found[f"fused {share}"] = judge(benchmark, fuse(benchmark.words, dense, share))
    return found


def bag_encoder(table: Matrix, tokenizer: Tokenizer) -> Encode:
    """The sum of each text's rows of `table` (pieces, d), brought to length one."""

    def encode(texts: Sequence[str]) -> Matrix:
        out = np.zeros((len(texts), table.shape[1]), dtype=np.float32)
        for row, encoding in enumerate(tokenizer.encode_batch_fast(list(texts))):
            out[row] = table[encoding.ids].sum(axis=0)
        return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12)

    return encode


def evaluate(data: Path, encode: Encode) -> dict[str, dict[str, tuple[float, float]]]:
    """`figures` for every set under `data`/benchmarks."""
    return {name: figures(load(data / "benchmarks" / name), encode) for name in SETS}


def printed(found: Mapping[str, Mapping[str, tuple[float, float]]]) -> str:
    """The figures as a Markdown table, one line a set."""
    columns = list(next(iter(found.values())))
    lines = [f"| set | {' | '.join(columns)} |", "| --- |" + " --- |" * len(columns)]
    for name, row in found.items():
        cells = (f"{ndcg:.3f} / {recall:.3f}" for ndcg, recall in row.values())
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def packaged(folder: Path) -> Encode:
    """The encoder whose files lie in `folder`, read without the package."""
    stored = load_file(folder / "static.safetensors")
    table = stored["rows"].astype(np.float32) * stored["scales"].astype(np.float32)[:, None]
    return bag_encoder(table, Tokenizer.from_file(str(folder / "tokenizer.json")))


def main() -> None:
    """Print the figures of the model in a folder."""
    here = Path(__file__).resolve().parent
    model = here.parent / "src" / "broadsheet" / "index" / "encoders" / "model"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=here.parent.parent / "shared" / "data")
    parser.add_argument("--model", type=Path, default=model)
    chosen = parser.parse_args()
    print(printed(evaluate(chosen.data, packaged(chosen.model))))


if __name__ == "__main__":
    main()
