"""A reader's own searches: what they keep, what it matched lately, keeping and forgetting one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from broadsheet.catalogue import Desk, SavedSearch
from broadsheet.digests import (
    LONGEST_SEARCH,
    MOST_SEARCHES,
    as_kept,
    forget_search,
    keep_search,
    searches_of,
)
from broadsheet.errors import InputError
from broadsheet.faces.answers import service_of
from broadsheet.faces.guard import present
from broadsheet.faces.web import views
from broadsheet.faces.web.forms import Form, first, number_in, onward, posted
from broadsheet.faces.web.lists import ListQuery
from broadsheet.faces.web.rendering import page
from broadsheet.faces.who import allowed, known, who
from broadsheet.ranking import Understood

PATH = "/searches"
LATELY = timedelta(days=30)
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class _Kept:
    """A search that is kept, where its papers and its feed are, and what it matched lately."""

    key: int
    query: str
    made: datetime
    path: str
    feed: str
    papers: tuple[views.PaperView, ...]
    has_more: bool


def _searches(request: Request) -> Response:
    reader = known(request).reader
    with service_of(request).catalogue.reading() as desk:
        kept = [_kept(desk, one) for one in searches_of(desk, reader_key=reader.key)]
        subscribed = desk.subscriptions.of_reader(reader.key)
    shown = {
        "kept": kept,
        "days": LATELY.days,
        "most": MOST_SEARCHES,
        "longest": LONGEST_SEARCH,
        "comes_by_letter": any(one.is_active for one in subscribed),
    }
    return page(request, "searches.html", shown)


def _kept(desk: Desk, one: SavedSearch) -> _Kept:
    matched = desk.watches.matches(one.key, present() - LATELY, _SHOWN + 1)
    papers = desk.papers.by_keys(matched[:_SHOWN])
    query = urlencode({"q": one.query, "sort": "date"})
    return _Kept(
        key=one.key,
        query=one.query,
        made=one.made,
        path=f"/papers?{query}",
        feed=f"/feeds/search.atom?{query}",
        papers=tuple(views.paper_view(papers[key]) for key in matched[:_SHOWN] if key in papers),
        has_more=len(matched) > _SHOWN,
    )


def _keep(request: Request, form: Form) -> Response:
    reader = allowed(request).reader
    with service_of(request).catalogue.writing() as desk:
        keep_search(desk, first(form, "query"), present(), reader_key=reader.key)
        if reader.confirmed is not None and reader.email is not None:
            desk.subscriptions.link(reader.email, reader.key)
    return onward(PATH)


def _forget(request: Request, form: Form) -> Response:
    reader = allowed(request).reader
    with service_of(request).catalogue.writing() as desk:
        forget_search(desk, number_in(first(form, "search")), reader_key=reader.key)
    return onward(PATH)


def beside(request: Request, asked: ListQuery, understood: Iterable[Understood]) -> dict[str, Any]:
    """What the page of a search needs to offer that it be kept; nothing where it cannot be."""
    try:
        query = as_kept(asked.in_words(understood))
    except InputError:
        return {"keepable": None, "is_kept": False}
    asker = who(request)
    if asker is None:
        return {"keepable": query, "is_kept": False}
    with service_of(request).catalogue.reading() as desk:
        kept = searches_of(desk, reader_key=asker.reader.key)
    return {"keepable": query, "is_kept": any(one.query == query for one in kept)}


routes: list[BaseRoute] = [
    Route(PATH, _searches),
    Route(PATH, posted(_keep), methods=["POST"]),
    Route(f"{PATH}/forget", posted(_forget), methods=["POST"]),
]
