"""Search quality on judged queries, through the real import, index and search, beside bm25s."""

import json
from pathlib import Path
from statistics import fmean
from typing import Any, get_args

import bm25s
import ir_measures
import Stemmer
from ir_measures import R, nDCG

from broadsheet.catalogue import FiledPaper
from broadsheet.papers import Paper, PaperId
from broadsheet.ranking import Mode, search
from broadsheet.ranking.query import LONGEST_QUERY
from broadsheet.service import Service
from broadsheet.settings import read_settings
from broadsheet.text import clean, title_key

SETS = ("cranfield", "cacm", "cisi", "scifact_train")
DEPTH = 100
Run = dict[str, list[str]]
Lines = list[dict[str, Any]]


def table(data: Path, folder: Path) -> str:
    """nDCG@10 and recall@100 of each run on each set, and their means."""
    figures: dict[str, list[tuple[float, float]]] = {}
    for name in SETS:
        for run, pair in _figures(data / "benchmarks" / name, folder / name).items():
            figures.setdefault(run, []).append(pair)
    lines = [f"| run | {' | '.join(SETS)} | mean |", f"| --- |{' --- |' * (len(SETS) + 1)}"]
    for run, pairs in figures.items():
        mean = (fmean(pair[0] for pair in pairs), fmean(pair[1] for pair in pairs))
        cells = [f"{ndcg:.3f} / {recall:.3f}" for ndcg, recall in [*pairs, mean]]
        lines.append(f"| {run} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _figures(benchmark: Path, home: Path) -> dict[str, tuple[float, float]]:
    corpus = _lines(benchmark / "corpus.jsonl")
    judged = _judgements(benchmark / "qrels.tsv")
    asked = {one.query_id for one in judged}
    queries = {
        q["_id"]: q["text"] for q in _lines(benchmark / "queries.jsonl") if q["_id"] in asked
    }
    runs = {f"broadsheet, {mode}": run for mode, run in _ours(corpus, queries, home).items()}
    runs["bm25s"] = _bm25s(corpus, queries)
    return {name: _judged(judged, run) for name, run in runs.items()}


def _ours(corpus: Lines, queries: dict[str, str], home: Path) -> dict[Mode, Run]:
    """What our search finds in a catalogue made of the set, unmatched: some sets hold repeats."""
    service = Service.open(read_settings(home), create=True)
    with service.catalogue.writing() as desk:
        first = desk.papers.allocate(len(corpus))
        desk.papers.add(
            [_filed(first + number, document) for number, document in enumerate(corpus)]
        )
    service.index.catch_up(lambda _: None)
    found: dict[Mode, Run] = {}
    for mode in get_args(Mode):
        found[mode] = {
            name: [
                hit.paper.id.removeprefix("bench:")
                for hit in search(
                    service.catalogue,
                    service.index,
                    text[:LONGEST_QUERY],
                    mode=mode,
                    limit=DEPTH,
                    weight=service.settings.semantic_weight,
                ).hits
            ]
            for name, text in queries.items()
        }
    service.index.close()
    service.catalogue.close()
    return found


def _filed(key: int, document: dict[str, Any]) -> FiledPaper:
    title = document.get("title") or ""
    name = PaperId(f"bench:{document['_id']}")
    paper = Paper(id=name, title=clean(title), abstract=clean(document["text"]))
    return FiledPaper(key, paper, title_key(title))


def _bm25s(corpus: Lines, queries: dict[str, str]) -> Run:
    stemmer = Stemmer.Stemmer("english")

    def tokens(texts: list[str]) -> Any:
        return bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False)

    index = bm25s.BM25(k1=1.2, b=0.75, method="lucene")
    texts = [f"{document.get('title') or ''} {document['text']}" for document in corpus]
    index.index(tokens(texts), show_progress=False)
    run: Run = {}
    for name, text in queries.items():
        places, scores = index.retrieve(tokens([text]), k=DEPTH, show_progress=False)
        found = zip(places[0], scores[0], strict=True)
        run[name] = [corpus[place]["_id"] for place, score in found if score > 0]
    return run


def _judged(judgements: list[ir_measures.Qrel], run: Run) -> tuple[float, float]:
    scored = [
        ir_measures.ScoredDoc(query, document, float(DEPTH - rank))
        for query, documents in run.items()
        for rank, document in enumerate(documents)
    ]
    figures = ir_measures.calc_aggregate([nDCG @ 10, R @ 100], judgements, scored)
    return figures[nDCG @ 10], figures[R @ 100]


def _lines(file: Path) -> Lines:
    with file.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _judgements(file: Path) -> list[ir_measures.Qrel]:
    rows = [line.split("\t") for line in file.read_text("utf-8").splitlines()[1:]]
    return [ir_measures.Qrel(row[0], row[1], int(row[2])) for row in rows]
