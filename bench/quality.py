"""Search quality on judged queries, through the product's own evaluation, beside bm25s."""

import os
from pathlib import Path
from statistics import fmean

from broadsheet.evaluation import judge, read_set, reference_runs, shelved
from broadsheet.index.encoders import open_contextual, open_encoder
from broadsheet.service import encoder_choice, weights_of
from broadsheet.settings import Settings

SETS = ("cranfield", "cacm", "cisi", "scifact_train")
SEED = 20261121


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
    settings = Settings()
    judged = read_set(benchmark)
    home.mkdir()
    choice = encoder_choice(settings)
    with shelved(
        judged,
        home,
        [open_encoder(choice)],
        contextual=open_contextual(choice, os.cpu_count() or 1),
        weights=weights_of(settings),
        tell=_quietly,
    ) as shelf:
        ours = shelf.runs(judged.queries, _quietly)
    runs = {f"broadsheet, {mode}": run for mode, run in ours.items()}
    runs["bm25s"] = reference_runs(judged, SEED)["bm25s"]
    return {
        name: (figures.mean("ndcg@10"), figures.mean("recall@100"))
        for name, run in runs.items()
        for figures in [judge(name, run, judged)]
    }


def _quietly(_what: str, _done: int, _total: int) -> None:
    """Tell nobody how far it is."""
