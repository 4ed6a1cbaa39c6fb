"""Growth as tables and plots in the documentation."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import page

mpl.use("svg")
# After the backend is chosen.
import matplotlib.pyplot as plt

# The same file for the same figures.
mpl.rcParams["svg.hashsalt"] = "growth"
KINDS = ("two words", "whole title", "very frequent words")
SLOWEST = "whole title"
Found = dict[str, Any]


def show(work: Path, sizes: list[int]) -> None:
    """Write the tables and plots of all sizes that have been measured."""
    found = [
        json.loads(file.read_text("utf-8"))
        | {"filled": json.loads((work / f"{size}.filled.json").read_text("utf-8"))}
        for size in sizes
        if (file := work / f"{size}.measured.json").exists()
    ]
    page.IMAGES.mkdir(exist_ok=True)
    _plot_queries(found, page.IMAGES / "growth-queries.svg")
    _plot_sizes(found, page.IMAGES / "growth-sizes.svg")
    page.put(
        "growth",
        "\n\n".join([_costs(found), _queries(found), _clients(found), _vectors(found), PLOTS]),
    )


PLOTS = """![Processor time of a query against the number of papers](images/growth-queries.svg)

![Bytes a paper against the number of papers](images/growth-sizes.svg)"""


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _costs(found: list[Found]) -> str:
    rows = []
    for one in found:
        filled, disk, update = one["filled"], one["disk"], one["update"]
        rows.append(
            [
                f"{one['size']:,}",
                f"{filled['papers'] / filled['cpu']:,.0f}",
                f"{filled['peak']:,}",
                f"{disk['words']:.0f} + {disk['vectors']:.0f}",
                f"{one['memory']['own']:,.0f} + {one['memory']['files']:,.0f}",
                f"{one['cold_open']['open']:.2f} / {one['cold_open']['answer']:.2f}",
                f"{update['cpu']:.1f}",
                f"{update['seen']:.2f}",
                f"{update['p50']:.0f} / {update['p95']:.0f} / {update['slowest']:.0f}",
            ]
        )
    head = [
        "papers",
        "indexed a CPU second",
        "peak, MiB",
        "bytes a paper: words + vectors",
        "resident, MiB: own + mapped files",
        "cold open / first answer, s",
        "1,000 more: CPU s",
        "seen after, s",
        "queries meanwhile: p50 / p95 / slowest, ms",
    ]
    return _table(head, rows)


def _queries(found: list[Found]) -> str:
    rows = []
    for one in found:
        for name, figures in _searches(one).items():
            cells = [
                f"{figures[kind]['p50']:.1f} / {figures[kind]['p95']:.1f} / "
                f"{figures[kind]['p99']:.1f} / **{figures[kind]['cpu']:.1f}**"
                for kind in KINDS
            ]
            built = f"{figures['built_cpu']:,.0f}" if "built_cpu" in figures else ""
            rows.append([f"{one['size']:,}", name, *cells, built])
    return _table(["papers", "search", *KINDS, "built in CPU s"], rows)


def _searches(one: Found) -> Found:
    ours = {f"broadsheet, {mode}": one[mode] for mode in ("hybrid", "lexical", "semantic")}
    return {**ours, **one["peers"]}


def _clients(found: list[Found]) -> str:
    rows = [
        [
            f"{one['size']:,}",
            clients,
            f"{figures['p50']:.0f} / {figures['p95']:.0f} / {figures['p99']:.0f}",
            f"{figures['cpu']:.1f}",
            f"{figures['a_second']:.0f}",
        ]
        for one in found
        for clients, figures in one["clients"].items()
    ]
    return _table(["papers", "clients", "p50 / p95 / p99, ms", "CPU ms", "queries a second"], rows)


def _vectors(found: list[Found]) -> str:
    kinds = [kind for kind in found[0]["vectors"] if kind != "memory"]
    rows = [
        [
            f"{one['size']:,}",
            *(
                f"{one['vectors'][kind]['recall']:.3f} / {one['vectors'][kind]['cpu']:.1f}"
                for kind in kinds
            ),
            f"{one['vectors']['memory']['bytes_a_paper']:.0f}",
        ]
        for one in found
    ]
    return _table(["papers", *(f"{kind}: recall@10 / CPU ms" for kind in kinds), "bytes"], rows)


def _plot_queries(found: list[Found], file: Path) -> None:
    """Processor milliseconds of a whole-title query against the number of papers."""
    names = list(dict.fromkeys(name for one in found for name in _searches(one)))
    lines: dict[str, list[tuple[int, float]]] = {
        name: [
            (one["size"], _searches(one)[name][SLOWEST]["cpu"])
            for one in found
            if name in _searches(one)
        ]
        for name in names
    }
    _plot(lines, "CPU ms, whole-title query", file)


def _plot_sizes(found: list[Found], file: Path) -> None:
    """Bytes a paper against the number of papers."""
    of: dict[str, Callable[[Found], float]] = {
        "words, on disk": lambda one: one["disk"]["words"],
        "vectors, on disk": lambda one: one["disk"]["vectors"],
        "codes of vectors, in memory": lambda one: one["vectors"]["memory"]["bytes_a_paper"],
        "the process's own memory": lambda one: one["memory"]["own"] * 2**20 / one["size"],
    }
    lines = {name: [(one["size"], find(one)) for one in found] for name, find in of.items()}
    _plot(lines, "bytes a paper", file)


def _plot(lines: dict[str, list[tuple[int, float]]], unit: str, file: Path) -> None:
    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    for name, points in lines.items():
        sizes, values = zip(*points, strict=True)
        axes.plot(sizes, values, marker="o", label=name)
    axes.set(xscale="log", yscale="log", xlabel="papers", ylabel=unit)
    axes.grid(visible=True, which="both", alpha=0.3)
    axes.legend(fontsize="small")
    figure.savefig(file, metadata={"Date": None})
    plt.close(figure)
