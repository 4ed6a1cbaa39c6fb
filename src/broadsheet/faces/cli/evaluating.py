"""The command that measures search on judged sets and compares two measurements."""

import json
import os
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from broadsheet.errors import InputError, SourceError
from broadsheet.evaluation import (
    MEASURES,
    agreement,
    compare,
    judge,
    keep,
    own_text,
    read_set,
    reference_runs,
    report,
    shelved,
    spoilt_runs,
)
from broadsheet.evaluation.labelfree import CUTS
from broadsheet.evaluation.report import AGAINST, COMPARED, SEED, robustness_rows
from broadsheet.evaluation.runs import DEPTH, REFERENCE
from broadsheet.faces.cli import output
from broadsheet.faces.cli.indexing import caught_up
from broadsheet.faces.cli.output import Format
from broadsheet.faces.cli.progress import told
from broadsheet.faces.cli.state import State
from broadsheet.index.encoders import open_contextual, open_encoder
from broadsheet.service import encoder_choice, weights_of

COMPARE = "compare"
CATALOGUE = "catalogue"
_REFUSED = 1
_ROBUST = ("ndcg@10", "fall", "spread", "worst_tenth", "worst_quarter", "decoyed")
"""What a terminal has room for of a run after a change, as `report` names it."""


def evaluate(
    context: typer.Context,
    targets: Annotated[
        list[str],
        typer.Argument(
            metavar="DIR | catalogue | compare BEFORE AFTER",
            help="A set's folder (corpus.jsonl, queries.jsonl, qrels.tsv), `catalogue` for checks "
            "of this home that need no judgements, or `compare` and two files that --save wrote.",
            show_default=False,
        ),
    ],
    save: Annotated[
        Path | None, typer.Option(help="Keep the figures of every query in this file.")
    ] = None,
    robust: Annotated[
        bool, typer.Option("--robust", help="Also with changed queries, and among decoys.")
    ] = False,
    run: Annotated[str, typer.Option(help="Which run `compare` looks at.")] = "hybrid",
    format: Annotated[
        Format | None,
        typer.Option("--format", help="A table in a terminal, tab-separated values when piped."),
    ] = None,
) -> None:
    """Measure search on a judged set through the real engine, beside references.

    `catalogue` asks for papers of this home by their own titles and sentences. What is measured
    in a home is shown on its page /bench. `compare` lists the queries that became worse between
    two saved measurements; exit code 1 if they are too many for a release. Needs
    broadsheet[evaluate].
    """
    if targets[0] == COMPARE and len(targets) == 3:
        _compare(Path(targets[1]), Path(targets[2]), run, format)
    elif targets == [CATALOGUE]:
        _check(context.obj, format)
    elif len(targets) == 1 and targets[0] != COMPARE:
        _measure(context.obj, Path(targets[0]), save, robust, format)
    else:
        raise InputError(
            "Give one folder, `catalogue`, or `compare` and two files.",
            hint="See `broadsheet evaluate --help`.",
        )


def _measure(
    state: State, folder: Path, save: Path | None, robust: bool, format: Format | None
) -> None:
    settings = state.settings()
    judged = read_set(folder)
    choice = encoder_choice(settings)
    with (
        tempfile.TemporaryDirectory(prefix="broadsheet-set-") as home,
        told("evaluate") as tell,
        shelved(
            judged,
            Path(home),
            [open_encoder(choice)],
            contextual=open_contextual(choice, os.cpu_count() or 1),
            weights=weights_of(settings),
            tell=tell,
        ) as shelf,
    ):
        ours, references = shelf.runs(judged.queries, tell), reference_runs(judged, SEED)
        asked = ours | {REFERENCE: references[REFERENCE]}
        spoilt = list(spoilt_runs(judged, shelf, asked, tell, SEED)) if robust else []
    runs = ours | references
    figures = [judge(name, found, judged) for name, found in runs.items()]
    if save:
        kept = {"set": judged.name, "runs": {one.run: one.by_query for one in figures}}
        save.write_text(json.dumps(kept), "utf-8")
    shaped = report(judged, figures, runs)
    if robust:
        shaped["robustness"] = robustness_rows(judged, figures, spoilt)
    keep(settings.home, shaped)
    if format is Format.JSON:
        output.as_json(shaped)
    else:
        _show(shaped, format)


def _show(shaped: dict[str, Any], format: Format | None) -> None:
    """The tables of a measured set; the first of them alone where a program reads on."""
    columns = ("run", *MEASURES, "95 % of ndcg@10", f"chance against {REFERENCE}", "worst tenth")
    output.rows(format, columns, [_cells(row) for row in shaped["runs"]])
    if not output.is_table(format):
        return
    if shaped["slices"]:
        kinds = [f"{kind} ({count})" for kind, count in shaped["slices"].items()]
        rows = [
            [row["run"], *(f"{row['slices'][kind]:.3f}" for kind in shaped["slices"])]
            for row in shaped["runs"]
        ]
        output.rows(format, ("ndcg@10 of", *kinds), rows)
    compared = [f"{measure} against {other}" for other in AGAINST for measure in COMPARED]
    output.rows(format, ("run", *compared), [_differences(row) for row in shaped["runs"]])
    if "robustness" in shaped:
        shown = [name.replace("_", " ") for name in _ROBUST]
        output.rows(format, ("change (queries)", "run", *shown), _robust(shaped["robustness"]))
    examples = ("worst queries", "ndcg@10", "came first", "first relevant at")
    output.rows(
        format,
        examples,
        [
            [
                one["text"],
                f"{one['ndcg@10']:.3f}",
                one["first"] or "",
                str(one["rank_of_first_relevant"] or f"not in the first {DEPTH}"),
            ]
            for one in shaped["worst"]
        ],
    )


def _check(state: State, format: Format | None) -> None:
    """The checks that need no judgements, on the catalogue of this home."""
    with state.service() as service:
        caught_up(service)
        found = own_text(service.catalogue, service.index, service.weights, seed=SEED)
        alike = agreement(service.catalogue, service.index, seed=SEED)
        home = service.settings.home
    shaped: dict[str, Any] = {
        "set": CATALOGUE,
        "own_text": [
            {
                "asked_by": one.asked_by,
                "mode": one.mode,
                "papers": one.papers,
                **{f"recall@{cut}": round(share, 4) for cut, share in one.recall.items()},
            }
            for one in found
        ],
        "neighbours": None
        if alike is None
        else {
            "papers": alike.papers,
            "share_a_category": round(alike.near, 4),
            "by_chance": round(alike.by_chance, 4),
        },
    }
    keep(home, shaped)
    if format is Format.JSON:
        output.as_json(shaped)
        return
    columns = ("asked by", "mode", "papers", *(f"recall@{cut}" for cut in CUTS))
    output.rows(format, columns, [[str(v) for v in row.values()] for row in shaped["own_text"]])
    if shaped["neighbours"] and output.is_table(format):
        columns = ("neighbours of papers", "share a category", "any two papers")
        output.rows(format, columns, [[str(v) for v in shaped["neighbours"].values()]])


def _cells(row: dict[str, Any]) -> list[str]:
    low, high = row["ndcg@10_interval"]
    figures = [f"{row[measure]:.3f}" for measure in MEASURES]
    interval = f"{low:.3f} to {high:.3f}"
    return [row["run"], *figures, interval, f"{row['chance']:.3f}", f"{row['worst_tenth']:.3f}"]


def _differences(row: dict[str, Any]) -> list[str]:
    """A run's differences from those that it is compared with, and their 95 % intervals."""
    cells = [row["run"]]
    for other in AGAINST:
        for measure in COMPARED:
            if found := row["against"].get(other):
                difference, low, high = found[measure]
                cells.append(f"{difference:+.3f} ({low:+.3f} to {high:+.3f})")
            else:
                cells.append("")
    return cells


def _robust(rows: list[dict[str, Any]]) -> list[list[str]]:
    """What runs reach after each change, which is named with how many queries it touched."""
    return [
        [
            f"{row['change']} ({row['queries']})",
            row["run"],
            *(f"{row[name]:.3f}" if name in row else "" for name in _ROBUST),
        ]
        for row in rows
    ]


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
