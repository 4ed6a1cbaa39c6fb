"""Trending measured twice, into docs/benchmarks.md: votes foreseen by text, and simulated votes."""

import argparse
from pathlib import Path

import foreseen
import numpy as np
import page
from streams import FORMULAS, simulate

SEEDS = range(11, 16)
"""Not those with which the formula's constants were chosen."""
READERS = {"a small instance, 30 readers a day": 30, "a large one, 1,000 readers a day": 1000}

PART = """## Simulated votes

A diagnostic, written by the same script: papers of known worth under simulated readers, with and
without a ring of twenty voters (the generator, with its numbers, is `bench/streams.py`; means of
{seeds} seeds). Each formula orders the page that its own readers then see. nDCG@10 and Kendall's
tau against worth, of the papers of the last seven days, every three hours; hours until one of the
worthiest tenth is among the first ten (median); the ring's share of the first ten.
"""


def simulated() -> str:
    """The part of the page, with a table for each size and for the ring."""
    tables = [PART.format(seeds=len(SEEDS))]
    for size, readers in READERS.items():
        tables.append(
            f"In {size}; each cell without / with the ring:\n\n"
            "| formula | nDCG@10 | tau | hours | ring's share |\n| --- | --- | --- | --- | --- |"
        )
        rows = []
        for name, formula in FORMULAS.items():
            calm, ringed = (
                np.mean([simulate(formula, readers, ring, seed) for seed in SEEDS], axis=0)
                for ring in (False, True)
            )
            cells = [f"{calm[at]:.3f} / {ringed[at]:.3f}" for at in (0, 1)]
            cells += [f"{calm[2]:.0f} / {ringed[2]:.0f}", f"{ringed[3]:.2f}"]
            rows.append(f"| {name} | {' | '.join(cells)} |")
        tables[-1] += "\n" + "\n".join(rows)
    return "\n\n".join(tables)


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=page.HERE.parent / "shared" / "data")
    data: Path = parser.parse_args().data
    text = f"{foreseen.part(data).strip()}\n\n{simulated()}"
    print(text)
    page.put("trending", text)


if __name__ == "__main__":
    main()
