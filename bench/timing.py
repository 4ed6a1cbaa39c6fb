"""How long queries take, asked one after the other."""

import statistics
import time
from collections.abc import Callable

Search = Callable[[str], object]
"""Takes a query and finds ten papers."""


def timed(find: Search, queries: list[str]) -> dict[str, float]:
    """p50, p95, p99 of the wall and the mean CPU time of a query, in milliseconds."""
    for query in queries[:5]:
        find(query)
    walls = []
    cpu = time.process_time()
    for query in queries:
        began = time.perf_counter()
        find(query)
        walls.append(1000 * (time.perf_counter() - began))
    cpu = 1000 * (time.process_time() - cpu) / len(queries)
    return {**percentiles(walls), "cpu": cpu}


def percentiles(walls: list[float]) -> dict[str, float]:
    """p50, p95 and p99 of at least two times."""
    cuts = statistics.quantiles(walls, n=100)
    return {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98]}
