"""How often somebody may do something, counted from what they did."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from broadsheet.errors import TooOftenError

HOUR = timedelta(hours=1)


def pace(what: str, done: Sequence[datetime], limit: int, now: datetime) -> None:
    """Raise TooOftenError if `limit` of the moments in `done`, in order, are of the last hour.

    It says after how many seconds there is room again.
    """
    recent = [moment for moment in done if moment > now - HOUR]
    if len(recent) < limit:
        return
    wait = max(1, round((recent[-limit] + HOUR - now).total_seconds()))
    raise TooOftenError(
        f"These are {limit:,} {what} in an hour already, as many as one person may give.",
        hint=f"There is room again in {max(1, round(wait / 60))} minutes.",
        retry_after=wait,
    )
