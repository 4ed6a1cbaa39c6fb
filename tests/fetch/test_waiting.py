"""What servers say of when to come again, and what we do when they do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.fetch.waiting import LONGEST_WAIT, doubled, is_busy, pause_said, wait_said

NOW = 1_792_567_680.0
"""Wed, 21 Oct 2026 07:28:00 GMT"""


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"retry-after": "120"}, 120),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"retry-after": "0"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "٣"}, None),
        ({"retry-after": "9" * 400}, None),
        ({"retry-after": "99999999"}, LONGEST_WAIT),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:30 GMT"}, 30),
        ({"retry-after": "Wednesday, 21-Oct-26 07:28:30 GMT"}, 30),
        ({"retry-after": "Wed Oct 21 07:28:30 2026"}, 30),
        ({"retry-after": "Wed, 21 Oct 2026 07:27:30 GMT"}, None),
        ({"retry-after": "Wed, 21 Oct 9999999 07:27:30 GMT"}, None),
        (
            {
                "retry-after": "Wed, 21 Oct 2020 07:28:30 GMT",
                "date": "Wed, 21 Oct 2020 07:28:00 GMT",
            },
            30,
        ),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1792567770"}, 90),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "90"}, 90),
        ({"x-ratelimit-remaining": "7", "x-ratelimit-reset": "90"}, None),
        ({"ratelimit": '"api";r=0;t=55'}, 55),
        ({"ratelimit": '"api";r=10;t=55'}, None),
    ],
)
def test_what_a_server_says(headers: dict[str, str], wait: float | None) -> None:
    assert wait_said(headers, NOW) == wait


@given(st.dictionaries(st.sampled_from(("retry-after", "date", "ratelimit", "backoff")), st.text()))
def test_whatever_it_says_is_a_wait_or_none(headers: dict[str, str]) -> None:
    wait = wait_said(headers, NOW)
    assert wait is None or 0 < wait <= LONGEST_WAIT
    assert 0 <= pause_said(headers) <= LONGEST_WAIT


@given(st.integers(1, 2000), st.floats(0, 1))
def test_waits_double_up_to_a_minute(tried: int, jitter: float) -> None:
    assert 0.5 <= doubled(tried, jitter) <= 60
    assert doubled(tried, 0.0) == doubled(tried, 1.0) / 2
    assert doubled(tried, jitter) <= doubled(tried + 1, jitter)


def test_what_means_that_a_server_is_busy() -> None:
    assert [status for status in range(200, 600) if is_busy("POST", status, {})] == [
        429,
        502,
        503,
        504,
    ]
    more = {status for status in range(200, 600) if is_busy("GET", status, {})}
    assert more == {408, 429, 500, 502, 503, 504}
    assert is_busy("GET", 403, {"x-ratelimit-remaining": "0"})
    assert is_busy("POST", 403, {"retry-after": "9"})
    assert not is_busy("GET", 403, {"x-ratelimit-remaining": "1"})
