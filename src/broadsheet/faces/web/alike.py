"""The page that finds papers like those of a pasted text or a file."""

from dataclasses import dataclass
from typing import Any

from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from broadsheet import ingest
from broadsheet.errors import InputError
from broadsheet.faces import shapes
from broadsheet.faces.answers import path_of, service_of
from broadsheet.faces.guard import status_of
from broadsheet.faces.web import views
from broadsheet.faces.web.rendering import page
from broadsheet.ingest.examples import LARGEST_EXAMPLES, MOST_EXAMPLES
from broadsheet.ranking import AlikeHit, alike

PATH = "/papers/like"
LARGEST_FORM = LARGEST_EXAMPLES + (64 << 10)
"""Bytes of a form: its file and text together, and what parts them."""
LISTED = 30
_SHOWN_AGAIN = 20_000
"""Characters of the text that stand in the form again; longer ones are somebody's file."""
_PREFILLED = 1_000
_UNREAD_SHOWN = 50
_UNKEPT = {"Cache-Control": "no-store"}
_MOST_FIELDS = 20
_HINT = "Use the form of the page."


@dataclass(frozen=True, slots=True)
class _Field:
    """One field of a form: its bytes, and what its file is called if it is one."""

    data: bytes
    file_name: str = ""


async def _like(request: Request) -> Response:
    if request.method != "POST":
        text = request.query_params.get("text", "")[:_PREFILLED]
        return await run_in_threadpool(_page, request, text, {})
    try:
        pasted, file = await _sent(request)
    except InputError as error:
        return await run_in_threadpool(_page, request, "", {"problem": error}, status_of(error))
    # Read in full; the rest is work for a thread.
    return await run_in_threadpool(_answer, request, pasted, file)


async def _sent(request: Request) -> tuple[_Field, _Field]:
    """The text and the file of a form, which the door has bounded.

    Raises InputError for what is not multipart/form-data in UTF-8, broken, or of too many fields.
    """
    body = await request.body()
    kind, options = parse_options_header(request.headers.get("content-type"))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise InputError("A form with a file comes as multipart/form-data.", hint=_HINT)
    if options.get(b"charset", b"utf-8").lower() != b"utf-8":
        # The parser would take any codec of Python's by its name, and some take hours.
        raise InputError("The form is not in UTF-8.", hint=_HINT)
    if b"\r\n--" + boundary + b"--" not in b"\r\n" + body:
        # The parser would leave out the field that was cut short, and say nothing.
        raise InputError("The form did not arrive in full.", hint="Send it once more.")
    try:
        async with request.form(
            max_files=_MOST_FIELDS, max_fields=_MOST_FIELDS, max_part_size=LARGEST_FORM
        ) as form:
            return await _first(form, "text"), await _first(form, "file")
    except HTTPException as error:
        raise InputError(f"The form cannot be read: {error.detail}", hint=_HINT) from error


async def _first(form: FormData, name: str) -> _Field:
    """The first field of this name, empty if there is none."""
    value = next(iter(form.getlist(name)), "")
    if isinstance(value, UploadFile):
        return _Field(await value.read(), value.filename or "")
    return _Field(value.encode())


def _answer(request: Request, pasted: _Field, file: _Field) -> Response:
    """The papers like those of a form, or the form again with what is wrong with it."""
    text = pasted.data.decode("utf-8", "replace") if pasted.data.strip() else ""
    try:
        parts = []
        if text:
            parts.append(ingest.read_examples(pasted.data, "text"))
        if file.data or file.file_name:
            parts.append(ingest.read_examples(file.data, file.file_name or "file"))
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
        "most": MOST_EXAMPLES,
        "megabytes": LARGEST_EXAMPLES >> 20,
        "problem": None,
        "told": "",
        "unread": [],
        "hits": [],
    }
    return page(request, "like.html", shown | values, status=status, headers=_UNKEPT)


routes: list[BaseRoute] = [Route(PATH, _like, methods=["GET", "POST"])]
