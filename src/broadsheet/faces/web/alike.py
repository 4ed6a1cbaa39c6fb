"""The page that finds papers like those of a pasted text or a file."""

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from broadsheet import ingest
from broadsheet.errors import InputError
from broadsheet.faces import shapes
from broadsheet.faces.answers import path_of, service_of
from broadsheet.faces.guard import status_of
from broadsheet.faces.web import views
from broadsheet.faces.web.forms import read_form
from broadsheet.faces.web.rendering import page
from broadsheet.ingest.given import LARGEST_GIVEN, MOST_GIVEN
from broadsheet.ranking import AlikeHit, alike

PATH = "/papers/like"
LARGEST_FORM = LARGEST_GIVEN + (64 << 10)
"""Bytes of a form: its file and text together, and what parts them."""
LISTED = 30
_SHOWN_AGAIN = 20_000
"""Characters of the text that stand in the form again; longer ones are somebody's file."""
_PREFILLED = 1_000
_UNREAD_SHOWN = 50
_UNKEPT = {"Cache-Control": "no-store"}


async def _like(request: Request) -> Response:
    if request.method != "POST":
        text = request.query_params.get("text", "")[:_PREFILLED]
        return await run_in_threadpool(_page, request, text, {})
    # Read in full here, bounded by the door; the rest is work for a thread.
    body = await request.body()
    return await run_in_threadpool(_answer, request, body)


def _answer(request: Request, body: bytes) -> Response:
    """The papers like those of a form, or the form again with what is wrong with it."""
    text = ""
    try:
        fields = read_form(request.headers.get("content-type", ""), body)
        parts = []
        if (field := fields.get("text")) and field.data.strip():
            text = field.data.decode("utf-8", "replace")
            parts.append(ingest.read_given(field.data, "text"))
        if (field := fields.get("file")) and (field.data or field.file_name):
            parts.append(ingest.read_given(field.data, field.file_name or "file"))
        given = ingest.together(parts)
        service = service_of(request)
        found = alike(service.catalogue, service.index, given.papers, LISTED)
    except InputError as error:
        return _page(request, text, {"problem": error}, status_of(error))
    values = {
        "told": shapes.told(given, found),
        "unread": shapes.unread(given, found)[:_UNREAD_SHOWN],
        "hits": [_hit_view(hit) for hit in found.hits],
    }
    return _page(request, text, values)


def _hit_view(hit: AlikeHit) -> dict[str, Any]:
    """A hit as the page shows it: the paper, what it is like, and why it is where it is."""
    reasons = [
        f"By words it has {hit.words:.2f} of what the best has, by meaning {hit.nearness:.2f}."
    ]
    if hit.cosine is not None:
        reasons.append(f"Its cosine with the given paper nearest to it is {hit.cosine:.2f}.")
    reasons.append(f"Joined score: {hit.score:.3f} of 1.")
    path = path_of(hit.like_id) if hit.like_id else ""
    return {
        "paper": views.paper_view(hit.paper),
        "like": hit.like,
        "like_path": path,
        "reasons": reasons,
    }


def _page(request: Request, text: str, values: dict[str, Any], status: int = 200) -> Response:
    shown: dict[str, Any] = {
        "text": text if len(text) <= _SHOWN_AGAIN else "",
        "most": MOST_GIVEN,
        "megabytes": LARGEST_GIVEN >> 20,
        "problem": None,
        "told": "",
        "unread": [],
        "hits": [],
    }
    return page(request, "like.html", shown | values, status=status, headers=_UNKEPT)


routes: list[BaseRoute] = [Route(PATH, _like, methods=["GET", "POST"])]
