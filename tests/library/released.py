"""The figures that the released version reached on judged sets, for later ones to be held against.

`make released` writes them anew; figures only, none of the sets' texts.
"""

import json
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from broadsheet import __version__
from broadsheet.evaluation import judge, read_set, shelved
from broadsheet.evaluation.runs import EARLY
from broadsheet.index.encoders import open_contextual, open_encoder
from broadsheet.ranking import Weights
from broadsheet.service import encoder_choice, weights_of
from broadsheet.settings import Settings

SETS = ("adi", "cacm", "cisi", "cranfield", "scifact_train")
THREADS = 2
_REPOSITORY = Path(__file__).parents[2]
_FOLDER = _REPOSITORY / "tests" / "evaluation" / "released"
_DEFAULTS = Settings.model_construct()
"""What the settings are where nobody sets any."""

Figures = Mapping[str, Mapping[str, float]]
"""nDCG@10 (0..1) by run and query."""


def measured(
    folder: Path,
    *,
    contextual: bool,
    first: int | None = None,
    weights: Weights | None = None,
) -> Figures:
    """What hybrid search of the present code reaches on a set, with the settings' defaults.

    With the contextual encoder both its runs, `hybrid` and EARLY; else EARLY alone. `first` is how
    many of the queries are asked, in the order of their file; all if None.
    """
    judged = read_set(folder)
    asked = list(judged.queries)[:first]
    judged = replace(
        judged,
        queries={query: judged.queries[query] for query in asked},
        grades={query: judged.grades[query] for query in asked},
    )
    choice = replace(encoder_choice(_DEFAULTS), contextual=contextual)
    with (
        tempfile.TemporaryDirectory(prefix="broadsheet-set-") as home,
        shelved(
            judged,
            Path(home),
            [open_encoder(choice)],
            contextual=open_contextual(choice, THREADS),
            weights=weights or weights_of(_DEFAULTS),
            tell=_quietly,
        ) as shelf,
    ):
        runs = shelf.runs(judged.queries, _quietly, ["hybrid"])
    return {
        name if contextual else EARLY: {
            query: round(figures["ndcg@10"], 4)
            for query, figures in judge(name, run, judged).by_query.items()
        }
        for name, run in runs.items()
    }


def released(name: str) -> Figures:
    """What the released version reached on a set."""
    kept = json.loads((_FOLDER / f"{name}.json").read_text("utf-8"))
    return {
        run: {query: figures["ndcg@10"] for query, figures in by_query.items()}
        for run, by_query in kept["runs"].items()
    }


def write(name: str, figures: Figures) -> None:
    """Keep the figures of a set as `broadsheet evaluate --save` does, so that it compares them."""
    runs = {
        run: {query: {"ndcg@10": value} for query, value in by_query.items()}
        for run, by_query in figures.items()
    }
    kept = {"set": name, "by": __version__, "runs": runs}
    (_FOLDER / f"{name}.json").write_text(json.dumps(kept, sort_keys=True) + "\n", "utf-8")


def main() -> None:
    """Measure all sets, with both encoders and every query, and write what was reached."""
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else _REPOSITORY.parent / "shared" / "data"
    for name in SETS:
        figures = measured(data / "benchmarks" / name, contextual=True)
        write(name, figures)
        means = {run: sum(values.values()) / len(values) for run, values in figures.items()}
        print(name, *(f"{run}: {mean:.4f}" for run, mean in means.items()), sep="\t", flush=True)


def _quietly(_what: str, _done: int, _total: int) -> None:
    """Tell nobody how far it is."""


if __name__ == "__main__":
    main()
