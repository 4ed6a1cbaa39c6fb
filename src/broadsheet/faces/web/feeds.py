"""Lists and editions to take along: files of a list, and feeds in every format."""

from datetime import UTC, date, datetime, time
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from broadsheet.cards import MEDIA_TYPES, ExportFormat, exported
from broadsheet.catalogue import Desk, EditionKind, Section
from broadsheet.editions import (
    Issue,
    archive,
    issue_of,
    open_day,
    read_label,
    span_of,
    stories_of,
    window,
)
from broadsheet.errors import NotFoundError
from broadsheet.faces import feeds
from broadsheet.faces.answers import base_of, service_of
from broadsheet.faces.guard import present
from broadsheet.faces.sections import WORDS, edition_path, open_days, section_of, whole
from broadsheet.faces.web import lists
from broadsheet.faces.web.caching import kept
from broadsheet.faces.web.editions import title_of
from broadsheet.faces.web.lists import ListQuery

MOST_PAPERS = 100
MOST_ISSUES = 12
_UTF8 = "; charset=utf-8"
_EXPORTS = {
    "bib": ExportFormat.BIBTEX,
    "ris": ExportFormat.RIS,
    "json": ExportFormat.CSL_JSON,
    "jsonl": ExportFormat.JSONL,
    "csv": ExportFormat.CSV,
}


def _export(request: Request) -> Response:
    """`/papers.bib` and so on: the first papers of a list."""
    service, asked = service_of(request), lists.asked_of(request)
    kind = request.path_params["kind"]
    if kind == "atom":
        return _list_feed(request, asked, asked.address("/papers.atom"), kind)
    if kind not in _EXPORTS:
        raise NotFoundError(
            f"A list is not to be had as {kind!r}.", hint=f"It is as {', '.join(_EXPORTS)} or atom."
        )
    format = _EXPORTS[kind]
    body = "".join(exported(lists.exported(service, asked), format))
    return Response(body, media_type=MEDIA_TYPES[format] + _UTF8)


def _feed(request: Request) -> Response:
    """`/feeds/{what}.{format}`: the latest papers, a search, or the editions of a kind."""
    what, format = request.path_params["what"], request.path_params["format"]
    if what in ("latest", "search"):
        asked = lists.asked_of(request)
        return _list_feed(request, asked, asked.address(f"/feeds/{what}.{format}"), format)
    if what not in WORDS:
        known = ", ".join(("latest", "search", "trending", *WORDS))
        raise NotFoundError(f"There is no feed {what!r}.", hint=f"There are {known}.")
    section = whole(service_of(request))
    return _edition_feed(request, section, WORDS[what], format)


def _category(request: Request) -> Response:
    asked = lists.asked_for(category=request.path_params["name"])
    return _feed_of_name(request, "category", asked)


def _author(request: Request) -> Response:
    asked = lists.asked_for(author=request.path_params["name"])
    return _feed_of_name(request, "author", asked)


def _feed_of_name(request: Request, what: str, asked: ListQuery) -> Response:
    name, format = request.path_params["name"], request.path_params["format"]
    path = f"/feeds/{what}/{quote(name)}.{format}"
    return _list_feed(request, asked, path, format, title=name)


def _of_section(request: Request) -> Response:
    service = service_of(request)
    with service.catalogue.reading() as desk:
        section = section_of(service, desk, request.path_params["name"])
    return _edition_feed(request, section, EditionKind.DAY, request.path_params["format"])


def _list_feed(
    request: Request, asked: ListQuery, path: str, format: str, *, title: str = ""
) -> Response:
    """The first papers of a list; of a search the newest come first, as in all feeds."""
    service = service_of(request)
    base = base_of(service, request)
    papers = lists.exported(service, asked)
    feed = feeds.Feed(
        title=f"{service.settings.site_name}: {title or asked.q or 'the latest papers'}",
        address=base + path,
        page=base + asked.address(),
        entries=tuple(feeds.entry_of(paper, base) for paper in papers),
    )
    return written(feed, format)


def _edition_feed(request: Request, section: Section, kind: EditionKind, format: str) -> Response:
    """Days come as their papers, each once; weeks, months and special editions whole."""
    service = service_of(request)
    base = base_of(service, request)
    with service.catalogue.reading() as desk:
        if kind is EditionKind.DAY:
            entries = _papers(desk, section, base)
        else:
            entries = _issues(desk, section, kind, base)
    name = f"sections/{quote(section.name)}" if section.name else _word(kind)
    page = f"/sections/{quote(section.name)}/editions" if section.name else "/editions"
    feed = feeds.Feed(
        title=f"{section.title}: {_TITLES[kind]}",
        address=f"{base}/feeds/{name}.{format}",
        page=base + page,
        entries=entries,
        id=base + page + ("" if kind is EditionKind.DAY else f"#{_word(kind)}"),
    )
    return written(feed, format)


_TITLES = {
    EditionKind.DAY: "the daily editions",
    EditionKind.WEEK: "the weekly editions",
    EditionKind.MONTH: "the monthly editions",
    EditionKind.SPECIAL: "the special editions",
}


def _papers(desk: Desk, section: Section, base: str) -> tuple[feeds.Entry, ...]:
    """The papers of the last days' editions, each where it was last."""
    found: dict[int, feeds.Entry] = {}
    for day in archive(desk, section.name):
        if len(found) >= MOST_PAPERS:
            break
        issue = issue_of(desk, section.name, read_label(EditionKind.DAY, day))
        for story in stories_of(desk, issue.picks):
            if story.pick.paper_key not in found:
                found[story.pick.paper_key] = feeds.entry_of(
                    story.paper, base, featured=moments_of(issue, section), line=story.pick.line
                )
    return tuple(found.values())[:MOST_PAPERS]


def _issues(desk: Desk, section: Section, kind: EditionKind, base: str) -> tuple[feeds.Entry, ...]:
    """The last editions of a kind, without the one that is still being filled."""
    if kind is EditionKind.SPECIAL:
        special = desk.editions.published(section.name, kind, limit=MOST_ISSUES)
        labels = [one.label for one in special]
    else:
        now = open_day(present(), *section.cutoff_in_zone)
        days = (span_of(kind, date.fromisoformat(day)) for day in archive(desk, section.name))
        labels = list(dict.fromkeys(span.label for span in days if span.last < now))
    entries = []
    for label in labels[:MOST_ISSUES]:
        issue = issue_of(desk, section.name, read_label(kind, label))
        papers = [(one.paper, one.pick.line) for one in stories_of(desk, issue.picks[:MOST_PAPERS])]
        path = edition_path(section.name, kind, label)
        title = f"{section.title}: {title_of(issue)}"
        by = (issue.edition and issue.edition.made_by) or section.title
        moments = moments_of(issue, section)
        entries.append(feeds.issue_entry(title, path, base, moments, papers, by))
    return tuple(entries)


def moments_of(issue: Issue, section: Section) -> tuple[datetime, datetime]:
    """When an edition came out, and when it was last changed, aware UTC.

    One that was not published here came out at the first moment of its last day. A source's day
    begins at midnight UTC, as its signals have it.
    """
    if issue.edition is not None and issue.edition.published is not None:
        out = issue.edition.published
        return out, max([out, *(change.at for change in issue.changes)])
    if issue.span.kind is EditionKind.DAY:
        out = datetime.combine(issue.span.first, time(), UTC)
    else:
        out = window(issue.span, *section.cutoff_in_zone)[1]
    return out, out


def written(feed: feeds.Feed, format: str) -> Response:
    """A feed in a format; NotFoundError for one there is not."""
    if format not in feeds.FORMATS:
        raise NotFoundError(
            f"There is no feed format {format!r}.", hint=f"There are {', '.join(feeds.FORMATS)}."
        )
    media_type, write = feeds.FORMATS[format]
    return Response(write(feed), media_type=media_type + _UTF8)


def _opml(request: Request) -> Response:
    """`/feeds.opml`: the feeds of this site."""
    service = service_of(request)
    base = base_of(service, request)
    site = service.settings.site_name
    with service.catalogue.reading() as desk:
        sections = desk.sections.all()
    outlines = [
        feeds.Outline(f"{site}: latest papers", f"{base}/feeds/latest.atom", f"{base}/papers"),
        feeds.Outline(
            f"{site}: trending", f"{base}/feeds/trending.atom", f"{base}/papers/trending"
        ),
    ]
    outlines += [
        feeds.Outline(f"{site}: {_TITLES[kind]}", f"{base}/feeds/{word}.atom", f"{base}/editions")
        for word, kind in WORDS.items()
    ]
    outlines += [
        feeds.Outline(
            f"{site}: {one.title}",
            f"{base}/feeds/sections/{quote(one.name)}.atom",
            f"{base}/sections/{quote(one.name)}",
        )
        for one in sections
    ]
    return Response(feeds.opml(site, outlines), media_type=feeds.OPML + _UTF8)


def _word(kind: EditionKind) -> str:
    return next(word for word, one in WORDS.items() if one is kind)


routes: list[BaseRoute] = [
    Route("/papers.{kind}", kept(_export)),
    Route("/feeds/category/{name}.{format}", kept(_category, is_dated=True)),
    Route("/feeds/author/{name}.{format}", kept(_author, is_dated=True)),
    Route("/feeds/sections/{name}.{format}", kept(_of_section, beside=open_days, is_dated=True)),
    Route("/feeds/{what}.{format}", kept(_feed, beside=open_days, is_dated=True)),
    Route("/feeds.opml", kept(_opml, is_dated=True)),
]
