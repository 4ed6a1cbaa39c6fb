"""Our own API, `/api/v1`: search with reasons, papers, and the changes that others follow."""

from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Body, Header, Path, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from broadsheet import ingest
from broadsheet.cards import MEDIA_TYPES, ExportFormat, exported
from broadsheet.faces.answers import (
    JSON,
    PROBLEM,
    UNKEPT,
    base_of,
    found_paper,
    kept_json,
    named_paper,
    problem,
    service_of,
)
from broadsheet.faces.api.models import (
    BatchIn,
    BatchOut,
    ChangesOut,
    LikeIn,
    LikeOut,
    PaperOut,
    PapersOut,
    ProblemOut,
    RelatedOut,
    SearchOut,
    SourcesOut,
)
from broadsheet.faces.shapes import alike_json, change_json, page_json, paper_json, standing_json
from broadsheet.faces.source_status import standings
from broadsheet.faces.tallies import tallies, tally_json
from broadsheet.ranking import Filters, Sort, alike, related, search
from broadsheet.ranking.cursors import read_spot, write_spot
from broadsheet.ranking.search import MOST_HITS
from broadsheet.service import Service

MOST = 100
_LONGEST_ID = 1000
_LARGEST_SEQ = 2**53
_FILE_KINDS = tuple(MEDIA_TYPES.values())


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How the description speaks of the errors with these statuses."""
    content = {PROBLEM: {"schema": ProblemOut.model_json_schema()}}
    return {
        status: {"description": "A problem document.", "content": content} for status in statuses
    }


router = APIRouter(prefix="/api/v1", tags=["v1"])
Cursor = Annotated[str | None, Query(description="The `next_cursor` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=MOST, description="How many, at most.")]
Literally = Annotated[
    bool, Query(description="Read “since 2020”, “with code” and the like as words alone.")
]
PaperName = Annotated[
    str, Path(min_length=1, max_length=_LONGEST_ID, description="An id, DOI or alias.")
]


@router.get("/search", response_model=SearchOut, responses=problems(400, 422, 429, 503))
@kept_json
def find(
    request: Request,
    q: Annotated[str, Query(description="The query language of the search page.")] = "",
    mode: Literal["hybrid", "lexical", "semantic"] = "hybrid",
    sort: Annotated[Sort, Query(description="The order of the most relevant papers.")] = (
        "relevance"
    ),
    limit: Limit = 10,
    cursor: Cursor = None,
    year: Annotated[str | None, Query(description="2024, 2020..2024, 2020.. or ..2024.")] = None,
    category: Annotated[list[str] | None, Query(description="Any one of these.")] = None,
    venue: Annotated[str, Query(description="Words of the venue.")] = "",
    author: Annotated[str, Query(description="Words of an author's name.")] = "",
    has: Annotated[list[Literal["code", "pdf", "project", "abstract"]] | None, Query()] = None,
    facets: Annotated[int, Query(ge=0, le=50, description="Values of each facet to count.")] = 0,
    literal: Literally = False,
) -> Response:
    """Find papers by words and by meaning, each with the reasons for its place."""
    service = service_of(request)
    filters = Filters.given(year, category, venue, author, has)
    page = search(
        service.catalogue,
        service.index,
        q,
        mode=mode,
        filters=filters,
        limit=limit,
        cursor=cursor,
        sort=sort,
        weights=service.weights,
        facets=facets,
        literal=literal,
        budget=service.settings.search_budget,
    )
    return _listed(service, request, page_json(page))


@router.get("/papers", response_model=PapersOut, responses=problems(400, 422, 429, 503))
@kept_json
def latest(
    request: Request,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Response:
    """List all papers, the last announced first, those without a date at the end."""
    service = service_of(request)
    spot = read_spot(cursor) if cursor else None
    with service.catalogue.reading() as desk:
        papers = desk.papers.latest(spot, limit + 1)
    shown = papers[:limit]
    body = {
        "papers": _full(service, [key for key, _ in shown]),
        "next_cursor": write_spot(*shown[-1]) if len(papers) > limit else None,
    }
    return _listed(service, request, body)


@router.get(
    "/papers/export",
    response_class=Response,
    responses=problems(400, 422, 429, 503)
    | {200: {"description": "One whole file.", "content": {kind: {} for kind in _FILE_KINDS}}},
)
@kept_json
def export(
    request: Request,
    format: Annotated[ExportFormat, Query(description="How they are written.")] = (
        ExportFormat.JSONL
    ),
    q: Annotated[str, Query(description="As for a search; the latest papers without it.")] = "",
    mode: Literal["hybrid", "lexical", "semantic"] = "hybrid",
    sort: Sort = "relevance",
    limit: Annotated[int, Query(ge=1, le=MOST_HITS, description="How many, at most.")] = MOST_HITS,
    year: Annotated[str | None, Query(description="2024, 2020..2024, 2020.. or ..2024.")] = None,
    category: Annotated[list[str] | None, Query(description="Any one of these.")] = None,
    venue: str = "",
    author: str = "",
    has: Annotated[list[Literal["code", "pdf", "project", "abstract"]] | None, Query()] = None,
    literal: Literally = False,
) -> Response:
    """Take the first papers of a list away as a file, up to 1,000; JSON Lines can be imported."""
    service = service_of(request)
    filters = Filters.given(year, category, venue, author, has)
    if q.strip() or filters != Filters():
        # What is taken away must be whole, however long it takes: there is no budget.
        page = search(
            service.catalogue,
            service.index,
            q,
            mode=mode,
            filters=filters,
            limit=limit,
            sort=sort,
            weights=service.weights,
            literal=literal,
        )
        papers = [hit.paper for hit in page.hits]
    else:
        with service.catalogue.reading() as desk:
            papers = [paper for _, paper in desk.papers.latest(None, limit)]
    body = "".join(exported(papers, format))
    return Response(body, media_type=f"{MEDIA_TYPES[format]}; charset=utf-8")


@router.post(
    "/papers/batch", response_model=BatchOut, responses=problems(400, 413, 415, 422, 429, 503)
)
def batch(
    request: Request,
    asked: Annotated[BatchIn, Body()],
    content_type: Annotated[str, Header(include_in_schema=False)] = "",
) -> Response:
    """Look up to a hundred papers up by their ids; this reads and changes nothing."""
    if content_type.partition(";")[0].strip().lower() != JSON:
        return problem(415, "Send the ids as application/json.")
    service = service_of(request)
    keys = [found[0] if (found := found_paper(service, id)) else None for id in asked.ids]
    known = [key for key in keys if key is not None]
    papers = dict(zip(dict.fromkeys(known), _full(service, dict.fromkeys(known)), strict=True))
    return JSONResponse({"papers": [papers[key] if key is not None else None for key in keys]})


@router.post("/like", response_model=LikeOut, responses=problems(400, 413, 415, 422, 429, 502, 503))
def find_like(
    request: Request,
    asked: Annotated[LikeIn, Body()],
    content_type: Annotated[str, Header(include_in_schema=False)] = "",
) -> Response:
    """Find papers like several given ones, which are left out; this reads and changes nothing."""
    if content_type.partition(";")[0].strip().lower() != JSON:
        return problem(415, "Send what is given as application/json.")
    parts = [ingest.examples_named(asked.papers)] if asked.papers else []
    if asked.text:
        parts.append(ingest.read_examples(asked.text.encode(), "text"))
    if asked.bibtex:
        parts.append(ingest.read_examples(asked.bibtex.encode(), "bibtex", format="bibtex"))
    given = ingest.together(parts)
    service = service_of(request)
    found = alike(service.catalogue, service.index, given.papers, asked.limit)
    return JSONResponse(alike_json(given, found))


@router.get(
    "/papers/{id:path}/related", response_model=RelatedOut, responses=problems(404, 422, 429, 503)
)
@kept_json
def like(request: Request, id: PaperName, limit: Limit = 10) -> dict[str, Any]:
    """The papers most like one: near in meaning and alike in their telling words."""
    service = service_of(request)
    key, paper = named_paper(service, id)
    alike = related(service.catalogue, service.index, key, paper, limit)
    body = {"papers": _full(service, [key for key, _ in alike])}
    return body


@router.get("/papers/{id:path}", response_model=PaperOut, responses=problems(404, 422, 429, 503))
@kept_json
def paper(request: Request, id: PaperName) -> dict[str, Any]:
    """A paper with everything that is known of it, and who said it."""
    service = service_of(request)
    key, _ = named_paper(service, id)
    return _full(service, [key])[0]


@router.get("/changes", response_model=ChangesOut, responses=problems(422, 429, 503))
@kept_json
def changes(
    request: Request,
    since: Annotated[int, Query(ge=0, le=_LARGEST_SEQ, description="A `next_since`.")] = 0,
    limit: Limit = 50,
) -> dict[str, Any]:
    """What changed since a number, in order, each paper once with its latest change."""
    service = service_of(request)
    with service.catalogue.reading() as desk:
        lineage = desk.changes.lineage()
        found = desk.changes.since(since, limit + 1)
        papers = desk.papers.by_keys([one.paper_key for one in found], full=True)
        former = desk.papers.resolve([one.former_id for one in found if one.former_id])
        heirs = desk.papers.by_keys(former.values())
    listed = []
    for change in found[:limit]:
        heir = heirs.get(former.get(change.former_id or "", -1))
        listed.append(change_json(change, papers.get(change.paper_key), heir.id if heir else None))
    body = {
        "lineage": lineage,
        "changes": listed,
        "next_since": listed[-1]["seq"] if listed else since,
        "more": len(found) > limit,
    }
    return body


@router.get("/sources", response_model=SourcesOut, responses=problems(429, 503))
def sources(request: Request) -> Response:
    """How each source that is harvested stands, and when it last announced something."""
    found = [standing_json(one) for one in standings(service_of(request))]
    return JSONResponse({"sources": found}, headers=UNKEPT)


def _full(service: Service, keys: Any) -> list[dict[str, Any]]:
    """The papers with these keys, in this order, with their signals and provenance."""
    keys = list(keys)
    with service.catalogue.reading() as desk:
        papers = desk.papers.by_keys(keys, full=True)
        signals = desk.signals.of_papers(keys)
        counted = tallies(desk, signals)
    return [
        paper_json(papers[key], signals[key]) | tally_json(counted[key])
        for key in keys
        if key in papers
    ]


def _listed(service: Service, request: Request, body: dict[str, Any]) -> Response:
    """A page of a list, with a link to the next one (RFC 8288)."""
    headers = dict(UNKEPT) if body.get("partial") else {}
    if body["next_cursor"]:
        asked = [(name, value) for name, value in request.query_params.multi_items()]
        kept = [(name, value) for name, value in asked if name != "cursor"]
        query = urlencode([*kept, ("cursor", body["next_cursor"])])
        headers["Link"] = f'<{base_of(service, request)}{request.url.path}?{query}>; rel="next"'
    return JSONResponse(body, headers=headers)
