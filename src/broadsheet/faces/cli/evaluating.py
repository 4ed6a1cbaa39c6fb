"""The command that measures search on judged sets and compares two measurements."""

import json
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from broadsheet.errors import InputError, SourceError
from broadsheet.evaluation import (
    CHANGES,
    MEASURES,
    Judged,
    JudgedSet,
    Run,
    changed,
    compare,
    judge,
    read_set,
    reference_runs,
    robustness,
    shelved,
)
from broadsheet.evaluation.measures import paired
from broadsheet.evaluation.runs import bm25s_run
from broadsheet.faces.cli import output
from broadsheet.faces.cli.output import Format
from broadsheet.faces.cli.progress import told
from broadsheet.faces.cli.state import State
from broadsheet.index.encoders import open_encoder
from broadsheet.service import encoder_choice

COMPARE = "compare"
_REFERENCE = "bm25s"
_SEED = 20261121
_REFUSED = 1


def evaluate(
    context: typer.Context,
    targets: Annotated[
        list[str],
        typer.Argument(
            metavar="DIR | compare BEFORE AFTER",
            help="A set's folder (corpus.jsonl, queries.jsonl, qrels.tsv), or `compare` and two "
            "files that --save wrote.",
            show_default=False,
        ),
    ],
    save: Annotated[
        Path | None, typer.Option(help="Keep the figures of every query in this file.")
    ] = None,
    robust: Annotated[
        bool, typer.Option("--robust", help="Also with misspelt, shortened, reordered queries.")
    ] = False,
    run: Annotated[str, typer.Option(help="Which run `compare` looks at.")] = "hybrid",
    format: Annotated[
        Format | None,
        typer.Option("--format", help="A table in a terminal, tab-separated values when piped."),
    ] = None,
) -> None:
    """Measure search on a judged set through the real engine, beside references.

    `compare` lists the queries that became worse between two saved measurements; exit code 1 if
    they are too many for a release. Needs broadsheet[evaluate].
    """
    if targets[0] == COMPARE and len(targets) == 3:
        _compare(Path(targets[1]), Path(targets[2]), run, format)
    elif len(targets) == 1 and targets[0] != COMPARE:
        _measure(context.obj, Path(targets[0]), save, robust, format)
    else:
        raise InputError(
            "Give one folder, or `compare` and two files.", hint="See `broadsheet evaluate --help`."
        )


def _measure(
    state: State, folder: Path, save: Path | None, robust: bool, format: Format | None
) -> None:
    settings = state.settings()
    judged = read_set(folder)
    encoder = open_encoder(encoder_choice(settings))
    spoilt = {name: changed(judged, change, _SEED) for name, change in CHANGES.items()}
    with (
        tempfile.TemporaryDirectory(prefix="broadsheet-set-") as home,
        told("evaluate") as tell,
        shelved(judged, Path(home), [encoder], weight=settings.semantic_weight, tell=tell) as shelf,
    ):
        runs = shelf.runs(judged.queries, tell) | reference_runs(judged, _SEED)
        again = {
            name: shelf.runs(one.queries, tell) | {_REFERENCE: bm25s_run(one)}
            for name, one in (spoilt.items() if robust else ())
        }
    figures = [judge(name, found, judged) for name, found in runs.items()]
    if save:
        kept = {"set": judged.name, "runs": {one.run: one.by_query for one in figures}}
        save.write_text(json.dumps(kept), "utf-8")
    reference = next(one for one in figures if one.run == _REFERENCE)
    shaped: dict[str, Any] = {
        "set": judged.name,
        "queries": len(judged.queries),
        "runs": [_shape(one, reference) for one in figures],
    }
    if robust:
        shaped["robustness"] = _robust(figures, again, judged)
    if format is Format.JSON:
        output.as_json(shaped)
        return
    columns = ("run", *MEASURES, "95 % of ndcg@10", f"chance against {_REFERENCE}")
    output.rows(format, columns, [_cells(row) for row in shaped["runs"]])
    if robust:
        parts = ("change", "run", "ndcg@10", "fall", "spread", "worst tenth")
        rows = [[str(value) for value in row.values()] for row in shaped["robustness"]]
        output.rows(format, parts, rows)


def _robust(
    figures: list[Judged], again: dict[str, dict[str, Run]], judged: JudgedSet
) -> list[dict[str, Any]]:
    """For each change of the queries and each run, what is left; first without any change."""
    by_name = {one.run: one for one in figures}
    rows = [("none", name, by_name[name]) for name in next(iter(again.values()))]
    rows += [
        (change, name, judge(name, run, judged))
        for change, runs in again.items()
        for name, run in runs.items()
    ]
    shaped = []
    for change, name, after in rows:
        found = robustness(by_name[name], after)
        figures_of = {"ndcg@10": found.mean, "fall": found.fall, "spread": found.spread}
        figures_of["worst_tenth"] = found.worst
        rounded = {key: round(value, 4) for key, value in figures_of.items()}
        shaped.append({"change": change, "run": name, **rounded})
    return shaped


def _shape(one: Judged, reference: Judged) -> dict[str, Any]:
    low, high = one.interval("ndcg@10", _SEED)
    chance = paired(one.values("ndcg@10"), reference.values("ndcg@10"), _SEED)
    return {
        "run": one.run,
        **{measure: round(one.mean(measure), 4) for measure in MEASURES},
        "ndcg@10_interval": [round(low, 4), round(high, 4)],
        "chance": round(chance, 4),
    }


def _cells(row: dict[str, Any]) -> list[str]:
    low, high = row["ndcg@10_interval"]
    figures = [f"{row[measure]:.3f}" for measure in MEASURES]
    return [row["run"], *figures, f"{low:.3f} to {high:.3f}", f"{row['chance']:.3f}"]


def _compare(before: Path, after: Path, run: str, format: Format | None) -> None:
    first, second = _saved(before, run), _saved(after, run)
    try:
        found = compare(first, second)
    except ValueError as error:
        raise InputError(f"{before} and {after} have no query in common.") from error
    shaped = {
        "run": run,
        "queries": found.queries,
        "before": round(found.before, 4),
        "after": round(found.after, 4),
        "difference": round(found.difference, 4),
        "interval": [round(found.low, 4), round(found.high, 4)],
        "chance": round(found.chance, 4),
        "better": found.better,
        "worse": len(found.flips),
        "flips": [
            {"query": name, "before": round(old, 4), "after": round(new, 4)}
            for name, old, new in found.flips
        ],
        "refused": found.refused or None,
    }
    if format is Format.JSON:
        output.as_json(shaped)
    else:
        cells = [(name, output.flat(value)) for name, value in shaped.items() if value is not None]
        output.rows(format, ("part", "value"), cells)
    if found.refused:
        output.say(f"Not to be released: {found.refused}.")
        raise typer.Exit(_REFUSED)


def _saved(file: Path, run: str) -> dict[str, float]:
    """nDCG@10 by query of one run in a file that --save wrote."""
    try:
        runs = json.loads(file.read_text("utf-8"))["runs"]
        return {query: float(figures["ndcg@10"]) for query, figures in runs[run].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError(
            f"holds no figures of a run {run!r}",
            place=str(file),
            hint="write it with `broadsheet evaluate DIR --save FILE`",
        ) from error
