"""When a disk will be full, drawn from the free space of the last days."""

from collections.abc import Sequence
from datetime import timedelta

from broadsheet.catalogue import Space

_DAY = timedelta(days=1)
LEAST_SAMPLES = 3
LEAST_SPAN = timedelta(days=2)


def days_until_full(samples: Sequence[Space]) -> float | None:
    """Days from the last sample until nothing is free, if it goes on as it went.

    The last free space over the slope of the least-squares line through all samples, which are in
    order. None if the space does not shrink, or if they are fewer than three or span less than two
    days. At least 0.
    """
    if len(samples) < LEAST_SAMPLES or samples[-1].at - samples[0].at < LEAST_SPAN:
        return None
    days = [(one.at - samples[0].at) / _DAY for one in samples]
    mean_day = sum(days) / len(days)
    mean_free = sum(one.free for one in samples) / len(samples)
    together = sum(
        (day - mean_day) * (one.free - mean_free) for day, one in zip(days, samples, strict=True)
    )
    slope = together / sum((day - mean_day) ** 2 for day in days)
    return None if slope >= 0 else max(0.0, samples[-1].free / -slope)
