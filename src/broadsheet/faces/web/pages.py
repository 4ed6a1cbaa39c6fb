"""The pages: front, lists, papers in every format, about, formulas, and the page of an error."""

import json
from contextlib import suppress
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from broadsheet.cards import (
    address_of,
    as_markdown,
    bibtex,
    code_of,
    csl,
    highwire_tags,
    pdf_of,
    project_of,
    ris,
    spelt,
)
from broadsheet.errors import NotFoundError, QueryError, SearchIndexError
from broadsheet.evaluation import AGAINST, COMPARED, MEASURES, measured
from broadsheet.faces.answers import (
    UNKEPT,
    base_of,
    found_paper,
    path_of,
    service_of,
    title_of,
    wanted,
)
from broadsheet.faces.shapes import paper_json
from broadsheet.faces.source_status import standings
from broadsheet.faces.tallies import tallies, tally_json
from broadsheet.faces.web import (
    alike,
    ballots,
    belonging,
    editions,
    feeds,
    formulas,
    front,
    lists,
    searches,
    social,
    trending,
    views,
)
from broadsheet.faces.web.caching import HTML, kept
from broadsheet.faces.web.rendering import Statics, is_for_people, page
from broadsheet.identifiers import parse_arxiv_id, parse_doi
from broadsheet.licences import served, url_of
from broadsheet.papers import Paper
from broadsheet.ranking import read_share, related, suggested
from broadsheet.ranking.acronyms import spelt_out

LISTED = 20
RELATED = 6
SUGGESTED = 8
_PLAIN_UTF8 = "; charset=utf-8"
_FORMATS = {
    HTML: "",
    "text/markdown": "md",
    "application/json": "json",
    "application/x-bibtex": "bib",
    "application/x-research-info-systems": "ris",
    "application/vnd.citationstyles.csl+json": "csl.json",
}
_MISTAKEN = "Something in the form is not right"
_ENDINGS = {f".{ending}": kind for kind, ending in _FORMATS.items() if ending}


def _list(request: Request) -> Response:
    asked = lists.asked_of(request)
    cursor = request.query_params.get("cursor") or None
    return _results(request, asked, cursor) if asked.is_search else _latest(request, asked, cursor)


def _latest(request: Request, asked: lists.ListQuery, cursor: str | None) -> Response:
    service = service_of(request)
    papers, following = lists.latest(service, limit=LISTED, cursor=cursor)
    return page(
        request,
        "latest.html",
        {
            "papers": [views.paper_view(paper) for paper in papers],
            "next": asked.address(cursor=following) if following else None,
            "is_first": cursor is None,
            "take": lists.takeaways(asked, base_of(service, request)),
            **ballots.ballots(request, [paper.id for paper in papers]),
        },
    )


def _results(request: Request, asked: lists.ListQuery, cursor: str | None) -> Response:
    service = service_of(request)
    values: dict[str, Any] = {
        "asked": asked,
        "q": asked.q,
        "mode": asked.mode,
        "is_first": cursor is None,
        "take": lists.takeaways(asked, base_of(service, request)),
    }
    try:
        found = lists.found(service, asked, limit=LISTED, cursor=cursor, facets=True)
    except QueryError as error:
        refused: dict[str, Any] = {"found": None, "hits": [], "next": None, "problem": error}
        refused |= {"keepable": None, "is_kept": False}
        return page(request, "results.html", values | refused, status=400)
    following = found.next_cursor
    answered = {
        "found": found,
        "acronyms": [
            (short, long_form, asked.of(spelt_out(asked.q, short, long_form)))
            for short, long_form in found.acronyms.items()
        ],
        "kept": [part for part in found.understood if part.read_as and not part.given_up],
        "left_out": [part for part in found.understood if not part.read_as],
        "hits": [views.hit_view(hit) for hit in found.hits],
        "next": asked.address(cursor=following) if following else None,
        "problem": None,
        **searches.beside(request, asked, found.understood),
        **ballots.ballots(request, [hit.paper.id for hit in found.hits]),
    }
    headers = UNKEPT if found.partial else None
    return page(request, "results.html", values | answered, headers=headers)


def _paper(request: Request) -> Response:
    service, name = service_of(request), request.path_params["id"]
    stem, kind = _ending(name)
    found = found_paper(service, stem)
    if found is None and kind:
        found, kind = found_paper(service, name), ""
        stem = name if found else stem
    if found is None:
        if is_for_people(request.headers):
            return not_found(request)
        raise NotFoundError(f"There is no paper {name}.", hint="Look for it with /api/v1/search.")
    key, paper = found
    if paper.id != stem:
        ending = f".{_FORMATS[kind]}" if kind else ""
        return RedirectResponse(path_of(paper.id) + ending, 308)
    kind = kind or wanted(request, tuple(_FORMATS))
    if kind == HTML:
        return _paper_page(request, key, paper)
    return Response(_written(request, key, paper, kind), media_type=kind + _PLAIN_UTF8)


def _paper_page(request: Request, key: int, paper: Paper) -> Response:
    service = service_of(request)
    base = base_of(service, request)
    with service.catalogue.reading() as desk:
        signals = desk.signals.of(key)
        ranks = editions.ranks(desk, key)
    similar = related(service.catalogue, service.index, key, paper, RELATED)
    return page(
        request,
        "paper.html",
        {
            "paper": paper,
            "view": views.paper_view(paper),
            "authors": views.authors(paper),
            "authors_shown": views.AUTHORS_SHOWN,
            "abstract": views.abstract(paper),
            "licence_url": url_of(paper.licence),
            "served": [str(part) for part in served(paper.licence)],
            "flags": views.flags(paper),
            "repairs": views.repairs(paper),
            "revised": spelt(paper.revised),
            "counted": views.counted(signals),
            "ranks": ranks,
            "organization": views.organization(signals),
            "links": {
                "Read it": address_of(paper),
                "PDF": pdf_of(paper),
                "Code": code_of(paper),
                "Project": project_of(paper),
            },
            "bibtex": bibtex([paper]),
            "tags": highwire_tags(paper, address=base + path_of(paper.id), pdf=pdf_of(paper)),
            "alike": [views.paper_view(one) for _, one in similar],
            "base": base,
            **ballots.talk(request, key, signals),
            **belonging.beside(request, key, paper),
            **trending.beside(service, key),
            "social": social.of_paper(request, paper),
        },
    )


def _written(request: Request, key: int, paper: Paper, kind: str) -> str:
    """One paper in a format that is not a page."""
    service = service_of(request)
    match _FORMATS[kind]:
        case "bib":
            return bibtex([paper])
        case "ris":
            return ris([paper])
        case "csl.json":
            return json.dumps(csl([paper])[0], ensure_ascii=False)
        case "md":
            return as_markdown(paper, address=base_of(service, request) + path_of(paper.id))
    with service.catalogue.reading() as desk:
        signals = desk.signals.of(key)
        tally = tally_json(tallies(desk, {key: signals})[key])
    return json.dumps(paper_json(paper, signals) | tally, ensure_ascii=False)


def _about(request: Request) -> Response:
    service = service_of(request)
    with service.catalogue.reading() as desk:
        values = {
            "count": desk.papers.count(),
            "records": desk.records.count(),
            "sources": desk.records.sources(),
        }
    index = service.index.status()
    return page(
        request,
        "about.html",
        {**values, "index": index, "contact": service.settings.contact, "spelt": spelt},
    )


def _sources(request: Request) -> Response:
    # It changes with the time of day, and is never kept.
    shown = {"standings": standings(service_of(request))}
    return page(request, "sources.html", shown, headers=UNKEPT)


def _formulas(request: Request) -> Response:
    service = service_of(request)
    share = None
    if service.index.contextual is not None:
        share = 0.0
        with suppress(SearchIndexError):
            share = read_share(service.index.reader(), service.index)
    return page(request, "formulas.html", formulas.constants(service.weights, share))


def _bench(request: Request) -> Response:
    sets = measured(service_of(request).settings.home)
    shown = {"measures": MEASURES, "against": AGAINST, "compared": COMPARED}
    return page(request, "bench.html", {"sets": sets, **shown})


def _suggest(request: Request) -> Response:
    """Titles for what is being typed, as OpenSearch's suggestions extension has them."""
    service = service_of(request)
    text = request.query_params.get("q", "")
    titles = suggested(service.catalogue, service.index, text, SUGGESTED)
    body = json.dumps([text, titles], ensure_ascii=False)
    headers = {"Cache-Control": "max-age=60"}
    return Response(body, media_type="application/x-suggestions+json", headers=headers)


def _opensearch(request: Request) -> Response:
    response = page(request, "opensearch.xml", {"base": base_of(service_of(request), request)})
    response.headers["Content-Type"] = "application/opensearchdescription+xml"
    return response


def _robots(_request: Request) -> Response:
    # Papers may be indexed; searches are without end.
    return PlainTextResponse(
        "User-agent: *\nDisallow: /papers?\nDisallow: /api/\nDisallow: /operator\n"
    )


def _to_list(_request: Request) -> Response:
    return RedirectResponse("/papers", 308)


def _to_mark(_request: Request) -> Response:
    return RedirectResponse("/static/mark.svg", 308)


def not_found(request: Request) -> Response:
    """The page that helps on where there is none: a search, and where an arXiv paper is."""
    name = request.path_params.get("id", "")
    arxiv_id = parse_arxiv_id(_ending(name)[0]) if name else None
    doi = parse_doi(name) if name else None
    values = {"name": name, "arxiv_id": arxiv_id, "doi": doi}
    return page(request, "not_found.html", values, status=404)


def failure(request: Request, status: int, message: str, hint: str = "") -> Response:
    """The page that says what went wrong; of a form, how to go on with what was typed."""
    is_form = request.method == "POST" and status in (400, 409)
    title = _MISTAKEN if is_form else title_of(status)
    values = {"status": status, "title": title, "message": message, "hint": hint}
    values["is_form"] = is_form
    return page(request, "failure.html", values, status=status)


def _ending(name: str) -> tuple[str, str]:
    """A name without the ending of a format, and the media type of that format (or nothing)."""
    for ending, kind in sorted(_ENDINGS.items(), key=lambda one: -len(one[0])):
        if name.endswith(ending):
            return name.removesuffix(ending), kind
    return name, ""


routes: list[BaseRoute] = [
    *front.routes,
    Route("/papers", kept(_list)),
    Route("/papers/", _to_list),
    *feeds.routes,
    *alike.routes,
    *editions.routes,
    Route("/papers/{id:path}", kept(_paper, *_FORMATS, beside=trending.hour, is_passing=True)),
    Route("/about", kept(_about)),
    Route("/sources", _sources),
    Route("/formulas", kept(_formulas)),
    Route("/bench", _bench),
    Route("/suggest", _suggest),
    Route("/opensearch.xml", _opensearch),
    Route("/robots.txt", _robots),
    Route("/favicon.ico", _to_mark),
    Mount("/static", Statics()),
]
