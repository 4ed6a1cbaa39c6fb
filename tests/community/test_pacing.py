"""How often somebody may do something, by exact numbers."""

from datetime import UTC, datetime, timedelta

import pytest

from broadsheet.community.pacing import pace
from broadsheet.errors import TooOftenError

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_there_is_room_below_the_limit_and_after_an_hour() -> None:
    pace("votes", [NOW - 2 * MINUTE, NOW], 3, NOW)
    pace("votes", [NOW - 60 * MINUTE, NOW - 2 * MINUTE, NOW], 3, NOW)


@pytest.mark.parametrize(("ago", "seconds"), [([50, 20, 1], 600), ([55, 50, 20, 1], 600)])
def test_who_did_it_too_often_is_told_when_there_is_room(ago: list[int], seconds: int) -> None:
    with pytest.raises(TooOftenError, match="3 votes in an hour") as caught:
        pace("votes", [NOW - minutes * MINUTE for minutes in ago], 3, NOW)
    assert caught.value.retry_after == seconds
    assert caught.value.hint == "There is room again in 10 minutes."
