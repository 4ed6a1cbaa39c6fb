"""Pages turned: none twice, a forgotten cursor, and up to when all is known."""

from datetime import UTC, date, datetime

import pytest

from broadsheet.errors import FetchError, SourceError
from broadsheet.sources.remote import Cursor, paging

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_a_page_that_came_before_is_refused_but_empty_ones_are_not() -> None:
    turned = paging.Turned("kettles")
    for page in ([1], [2], [], [], [{"\ud800": float("nan")}]):
        turned.note(page)
    with pytest.raises(SourceError, match="kettles: the source gives the same page again"):
        turned.note([2])


@pytest.mark.parametrize("status", [400, 404, 410, 429, 500, None])
@pytest.mark.parametrize("anew", [None, {"cursor": "*"}])
def test_only_a_place_that_is_forgotten_begins_anew(
    status: int | None, anew: Cursor | None
) -> None:
    def ask(place: Cursor) -> str:
        if place["cursor"] == "old":
            raise FetchError("no", status=status)
        return place["cursor"]

    assert paging.resumed(ask, {"cursor": "new"}, anew) == "new"
    if anew and status in (400, 404, 410):
        assert paging.resumed(ask, {"cursor": "old"}, anew) == "*"
    else:
        with pytest.raises(FetchError):
            paging.resumed(ask, {"cursor": "old"}, anew)


def test_all_is_known_up_to_the_end_of_the_last_day_but_not_beyond_now() -> None:
    assert paging.through(NOW, None) == NOW
    assert paging.through(NOW, date(2026, 11, 21)) == NOW
    assert paging.through(NOW, date(2026, 11, 19)) == datetime(2026, 11, 20, tzinfo=UTC)
