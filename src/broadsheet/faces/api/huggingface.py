"""The papers API that clients of Hugging Face speak: bare arrays, camelCase, times that end in Z.

After the contract that `huggingface_hub` reads (its `PaperInfo`), whichever release asks.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from broadsheet.cards import retraction
from broadsheet.catalogue import DatedSignal, Desk
from broadsheet.errors import BroadsheetError, QueryError
from broadsheet.faces.answers import (
    JSON,
    base_of,
    found_paper,
    headers_of,
    service_of,
    unless_held,
)
from broadsheet.faces.api.community import comment_object
from broadsheet.faces.api.people import people_of
from broadsheet.faces.discussion import discussion
from broadsheet.faces.guard import status_of
from broadsheet.faces.shapes import counts_of
from broadsheet.faces.tallies import Tally, tallies
from broadsheet.faces.thumbnails import thumbs_of
from broadsheet.papers import LinkKind, Paper, PartialDate
from broadsheet.ranking import search
from broadsheet.text import plain

MOST = 120
DEFAULT = 20
_OBJECT_ID_BYTES = 12
_MARK = "/static/mark.svg"
_HARNESSES: dict[str, Any] = {"standardEnvVars": [], "harnesses": {}}
Handler = Callable[[Request], Response]


def listing_items(
    request: Request, desk: Desk, papers: Mapping[int, Paper]
) -> dict[int, dict[str, Any]]:
    """Papers as lists have them, by key, with their votes, comments, people and thumbnails."""
    service = service_of(request)
    base = base_of(service, request)
    thumbs = thumbs_of(service, desk, papers)
    signals = desk.signals.of_papers(papers)
    counted = tallies(desk, signals)
    people = people_of(desk, papers, base, object_id)
    return {
        key: people[key].in_item(_listing_item(paper, signals[key], counted[key], base))
        | ({"thumbnail": base + thumbs[key]} if key in thumbs else {})
        for key, paper in papers.items()
    }


def _listing_item(
    paper: Paper, signals: list[DatedSignal], tally: Tally, base: str
) -> dict[str, Any]:
    """A paper in a list: the paper itself, and again at the upper level what clients read there."""
    inner = paper_object(paper, signals, tally, base)
    item: dict[str, Any] = {
        "paper": inner,
        "publishedAt": inner["publishedAt"],
        "title": inner["title"],
        "summary": inner["summary"],
        "mediaUrls": [],
        "numComments": tally.comments,
        "isAuthorParticipating": tally.has_author,
        "upvotes": inner["upvotes"],
    }
    for name in ("githubRepo", "githubStars", "projectPage", "organization", "ai_keywords"):
        if name in inner:
            item[name] = inner[name]
    return item


def paper_object(
    paper: Paper, signals: list[DatedSignal], tally: Tally, base: str
) -> dict[str, Any]:
    """A paper by itself."""
    counts = counts_of(signals)
    shown: dict[str, Any] = {
        "id": paper.id,
        "authors": [
            {
                "_id": object_id(paper.id, str(place), author.name),
                "name": plain(author.name),
                "hidden": False,
            }
            for place, author in enumerate(paper.authors)
        ],
        "mediaUrls": [],
        "publishedAt": instant(paper.announced),
        "title": plain(paper.title),
        "summary": plain(paper.abstract),
        "upvotes": tally.votes,
        # Where papers are discussed there is an object for it; here the paper itself is that.
        "discussionId": object_id("discussion", paper.id),
        # The contract has no place for a retraction, and a paper that fell is never to look sound.
        "withdrawnAt": instant(paper.revised or paper.announced) if retraction(paper) else None,
    }
    links = {link.kind: link.url for link in reversed(paper.links)}
    if LinkKind.PROJECT in links:
        shown["projectPage"] = links[LinkKind.PROJECT]
    if LinkKind.CODE in links:
        shown["githubRepo"] = links[LinkKind.CODE]
    if counts.stars is not None:
        shown["githubStars"] = counts.stars
    if paper.keywords:
        shown["ai_keywords"] = list(paper.keywords)
    if counts.organization:
        shown["organization"] = _organization(counts.organization, base)
    return shown


def _search(request: Request) -> Response:
    """`GET /api/papers/search?q=&limit=`: the papers a search finds, or without `q` the latest."""
    service = service_of(request)
    limit = whole_number(request.query_params.get("limit"), "limit", DEFAULT, 1, MOST)
    text = request.query_params.get("q", request.query_params.get("query", ""))
    if text.strip():
        page = search(
            service.catalogue,
            service.index,
            text,
            limit=limit,
            weights=service.weights,
            # An array of papers has no place to say what was understood.
            literal=True,
            budget=service.settings.search_budget,
        )
        papers = [(hit.key, hit.paper) for hit in page.hits]
    else:
        with service.catalogue.reading() as desk:
            papers = desk.papers.latest(None, limit)
    with service.catalogue.reading() as desk:
        items = listing_items(request, desk, dict(papers))
    return JSONResponse([items[key] for key, _ in papers])


def _paper(request: Request) -> Response:
    """`GET /api/papers/{id}`: one paper, unwrapped; ids may hold a slash and a version."""
    service = service_of(request)
    found = found_paper(service, request.path_params["id"])
    if found is None:
        return refusal(404, "Paper not found")
    key, paper = found
    base = base_of(service, request)
    with service.catalogue.reading() as desk:
        signals = desk.signals.of(key)
        tally = tallies(desk, {key: signals})[key]
        said = discussion(desk, key) if request.query_params.get("field") == "comments" else None
        people = people_of(desk, {key: paper}, base, object_id)
    shown = people[key].in_paper(paper_object(paper, signals, tally, base))
    if said is not None:
        shown["comments"] = [comment_object(one, base + _MARK) for one in said]
    kinds = ("Models", "Datasets", "Spaces")
    linked: dict[str, Any] = {f"linked{kind}": [] for kind in kinds}
    linked |= {f"numTotal{kind}": 0 for kind in kinds}
    return JSONResponse({**shown, "numComments": tally.comments, **linked})


def _harnesses(_request: Request) -> Response:
    """`GET /api/agent-harnesses`: what newer clients ask once a day; we know of none."""
    return JSONResponse(_HARNESSES)


def refusal(status: int, error: str, headers: Mapping[str, str] | None = None) -> Response:
    """An error as these clients read it; never an array."""
    return JSONResponse({"error": error}, status, headers=dict(headers or {}))


def answered(handler: Handler) -> Handler:
    """A handler whose answers can be kept, and whose errors are in this API's form."""

    def answer(request: Request) -> Response:
        def make() -> Response:
            try:
                return handler(request)
            except BroadsheetError as error:
                return refusal(status_of(error), error.message, headers_of(error))

        return unless_held(request, JSON, make)

    return answer


def whole_number(text: str | None, name: str, default: int, least: int, most: int) -> int:
    """A parameter that is a whole number; QueryError for anything else, and out of its range."""
    try:
        # More digits than any of them needs are not read at all.
        number = default if text is None else int(text[:12])
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise QueryError(f"`{name}` must be a whole number from {least} to {most:,}.")
    return number


def instant(date: PartialDate | None) -> str | None:
    """The first moment of a date, in UTC, as JavaScript writes it."""
    if date is None:
        return None
    return f"{date.year:04}-{date.month or 1:02}-{date.day or 1:02}T00:00:00.000Z"


def _organization(name: str, base: str) -> dict[str, str]:
    return {
        "_id": object_id("organization", name),
        "name": quote(name.lower().replace(" ", "-"), safe="-"),
        "fullname": name,
        "avatar": base + _MARK,
        "avatarUrl": base + _MARK,
    }


def object_id(*parts: str) -> str:
    """Twenty-four hexadecimal digits that stay the same."""
    told = "\0".join(parts).encode("utf-8", "replace")
    return hashlib.blake2b(told, digest_size=_OBJECT_ID_BYTES).hexdigest()


routes = [
    Route("/api/papers/search", answered(_search)),
    Route("/api/agent-harnesses", answered(_harnesses)),
    Route("/api/papers/{id:path}", answered(_paper)),
]
