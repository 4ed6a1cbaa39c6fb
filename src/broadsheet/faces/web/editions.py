"""The pages of editions: a day, week, month or special one, the archive, and the sections."""

from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from broadsheet.catalogue import Desk, EditionKind, Pick, Section
from broadsheet.editions import (
    Issue,
    Origin,
    Span,
    Story,
    archive,
    issue_of,
    last_day,
    moment_of,
    neighbours,
    open_day,
    ranks_of,
    read_label,
    span_of,
    stories_of,
)
from broadsheet.errors import InputError, NotFoundError
from broadsheet.faces.answers import base_of, service_of
from broadsheet.faces.guard import present
from broadsheet.faces.sections import WORDS, edition_path, open_days, section_of
from broadsheet.faces.web import social, views
from broadsheet.faces.web.ballots import ballots
from broadsheet.faces.web.caching import kept
from broadsheet.faces.web.rendering import page

SHOWN = 50
"""Papers of an edition on one page."""
WIDTH = 300
"""Characters of an abstract in it."""
_MOST_PAGES = 1000
_NAMED = 5
"""Papers that an edition names where its link is shown."""


@dataclass(frozen=True, slots=True)
class StoryView:
    """A paper in an edition: its place, and why it is there."""

    paper: views.PaperView
    place: int
    reasons: tuple[str, ...]
    picked_by: str


@dataclass(frozen=True, slots=True)
class Place:
    """An edition in a list: what it is called, where it is and how many papers it has."""

    text: str
    path: str
    papers: int | None = None
    short: str = ""
    """What it is called where there is little room."""


@dataclass(frozen=True, slots=True)
class Rank:
    """The place of a paper in an edition of so many papers: `text` is the edition's name."""

    place: int
    papers: int
    text: str
    path: str


def _edition(request: Request) -> Response:
    service, now = service_of(request), present()
    kind = _kind(request.url.path.rsplit("/", 2)[-2])
    with service.catalogue.reading() as desk:
        section = section_of(service, desk, request.path_params.get("name", ""))
        span = read_label(kind, request.path_params["label"])
        issue = issue_of(desk, section.name, span)
        if issue.origin is Origin.NONE:
            _unless_to_come(section, span)
        values = issue_values(desk, section, issue, _number(request))
    values["base"] = base_of(service, request)
    if issue.picks:
        named = "; ".join(story.paper.title_text for story in values["stories"][:_NAMED])
        title = f"{values['title']} · {section.title}"
        values["social"] = social.of_edition(request, title, section.name, span, named)
    values["is_open"] = kind is EditionKind.DAY and span.first >= open_day(
        now, *section.cutoff_in_zone
    )
    values |= ballots(request, [story.paper.id for story in values["stories"]])
    return page(request, "edition.html", values)


def issue_values(desk: Desk, section: Section, issue: Issue, number: int = 0) -> dict[str, Any]:
    """What the page of an edition shows; `number` is the part of a long one, from 0."""
    first = number * SHOWN
    stories = story_views(desk, issue.picks[first : first + SHOWN])
    return {**frame_values(desk, section, issue, number), "stories": stories}


def frame_values(desk: Desk, section: Section, issue: Issue, number: int = 0) -> dict[str, Any]:
    """What `issue_values` has besides the papers."""
    span = issue.span
    before, after = neighbours(desk, section.name, span)
    path = edition_path(section.name, span.kind, span.label)
    at, zone = section.cutoff_in_zone
    return {
        "section": section,
        "issue": issue,
        "title": title_of(issue),
        "path_here": path,
        "before": _place(section.name, span.kind, before),
        "after": _place(section.name, span.kind, after),
        "days": _days_of(section.name, span),
        "closes": moment_of(span.last, at, zone).astimezone(zone) if _has_days(span) else None,
        "zone": section.zone,
        "zone_info": zone,
        "earlier_part": f"{path}?p={number - 1}" if number else None,
        "later_part": f"{path}?p={number + 1}" if len(issue.picks) > (number + 1) * SHOWN else None,
        "feed": _feed_of(section.name),
        "is_open": False,
        "is_preview": False,
        "base": "",
    }


def story_views(desk: Desk, picks: tuple[Pick, ...], width: int = WIDTH) -> list[StoryView]:
    """The papers of picks as lists show them, with curators' lines."""
    return [
        StoryView(story_paper(one, width), one.pick.place, one.pick.reasons, one.pick.picked_by)
        for one in stories_of(desk, picks)
    ]


def story_paper(story: Story, width: int = WIDTH) -> views.PaperView:
    """A paper of an edition as lists show it, with the curators' line."""
    return replace(views.paper_view(story.paper, width), line=story.pick.line)


def title_of(issue: Issue) -> str:
    """What an edition is called."""
    if issue.edition is not None and issue.edition.title:
        return issue.edition.title
    return spelt_span(issue.span)


def spelt_span(span: Span) -> str:
    """The days of an edition in words."""
    match span.kind:
        case EditionKind.DAY:
            return f"{span.first:%A}, {span.first.day} {span.first:%B %Y}"
        case EditionKind.WEEK:
            year, week, _ = span.first.isocalendar()
            return f"Week {week} of {year}"
        case EditionKind.MONTH:
            return f"{span.first:%B %Y}"
    return span.label.replace("-", " ").capitalize()


def short_span(span: Span) -> str:
    """The days of an edition where there is little room."""
    if span.kind is EditionKind.DAY:
        return f"{span.first:%a} {span.first.day} {span.first:%b}"
    return spelt_span(span)


def ranks(desk: Desk, paper_key: int) -> list[Rank]:
    """The places of a paper in editions, each with its page."""
    return [
        Rank(
            one.place,
            one.papers,
            spelt_span(read_label(one.kind, one.label)),
            edition_path(one.section, one.kind, one.label),
        )
        for one in ranks_of(desk, paper_key)
    ]


def _archive(request: Request) -> Response:
    service = service_of(request)
    with service.catalogue.reading() as desk:
        section = section_of(service, desk, request.path_params.get("name", ""))
        days = archive(desk, section.name)
        special = desk.editions.published(section.name, EditionKind.SPECIAL, limit=100)
    months = [
        (
            Place(f"{date.fromisoformat(f'{month}-01'):%B %Y}", _month_path(section, month)),
            [_day_place(section.name, day, days[day]) for day in listed],
        )
        for month, listed in groupby(days, key=lambda day: day[:7])
    ]
    specials = [
        Place(one.title or one.label, edition_path(section.name, one.kind, one.label))
        for one in special
    ]
    shown = {"section": section, "months": months, "special": specials, "count": len(days)}
    return page(request, "editions.html", {**shown, "feed": _feed_of(section.name)})


def _sections(request: Request) -> Response:
    service = service_of(request)
    with service.catalogue.reading() as desk:
        listed = []
        for section in desk.sections.all():
            day = last_day(desk, section.name)
            listed.append((section, _place(section.name, EditionKind.DAY, day)))
    return page(request, "sections.html", {"sections": listed})


def _section(request: Request) -> Response:
    """The latest edition of a section, and what the section is."""
    service = service_of(request)
    with service.catalogue.reading() as desk:
        section = section_of(service, desk, request.path_params["name"])
        day = last_day(desk, section.name)
        issue = None
        if day is not None:
            issue = issue_of(desk, section.name, read_label(EditionKind.DAY, day))
        curators = desk.readers.by_keys(desk.sections.curators(section.key)).values()
        values = issue_values(desk, section, issue) if issue else {"stories": []}
    values |= ballots(request, [story.paper.id for story in values["stories"]])
    named = sorted(reader.shown_name for reader in curators)
    shown = {"section": section, "issue": issue, "curators": named, "feed": _feed_of(section.name)}
    return page(request, "section.html", {**values, **shown})


def _unless_to_come(section: Section, span: Span) -> None:
    """Raise NotFoundError for an edition of days to come, and for a special one there is not."""
    if not _has_days(span):
        raise NotFoundError(
            f"There is no special edition {span.label!r}.", hint="The page /editions lists them."
        )
    at, zone = section.cutoff_in_zone
    day = open_day(present(), at, zone)
    if span.first > day:
        closes = moment_of(day, at, zone).astimezone(zone)
        raise NotFoundError(
            f"{spelt_span(span)} is still to come.",
            hint=f"The next edition is that of {day}: it closes at {closes:%H:%M} ({section.zone}) "
            f"and is then at {edition_path(section.name, EditionKind.DAY, day.isoformat())}.",
        )


def _kind(word: str) -> EditionKind:
    kind = WORDS.get(word)
    if kind is None:
        raise NotFoundError(f"There are no editions by {word!r}.", hint="By date, week or month.")
    return kind


def _number(request: Request) -> int:
    text = request.query_params.get("p", "0")
    if not text.isascii() or not text.isdecimal() or len(text) > 9 or int(text) > _MOST_PAGES:
        raise InputError(f"`p` must be a whole number from 0 to {_MOST_PAGES:,}.")
    return int(text)


def _has_days(span: Span) -> bool:
    return span.kind is not EditionKind.SPECIAL


def _days_of(section: str, span: Span) -> list[Place]:
    """The week and month of a day, the days of a week."""
    if span.kind is EditionKind.DAY:
        around = [span_of(kind, span.first) for kind in (EditionKind.WEEK, EditionKind.MONTH)]
        return [
            Place(spelt_span(one), edition_path(section, one.kind, one.label)) for one in around
        ]
    if span.kind is EditionKind.WEEK:
        return [_day_place(section, day.isoformat(), None) for day in span.days]
    return []


def _day_place(section: str, day: str, papers: int | None) -> Place:
    path = edition_path(section, EditionKind.DAY, day)
    return Place(short_span(read_label(EditionKind.DAY, day)), path, papers)


def _place(section: str, kind: EditionKind, label: str | None) -> Place | None:
    if label is None:
        return None
    path = edition_path(section, kind, label)
    if kind is EditionKind.SPECIAL:
        return Place(label, path, short=label)
    span = read_label(kind, label)
    return Place(spelt_span(span), path, short=short_span(span))


def _month_path(section: Section, month: str) -> str:
    return edition_path(section.name, EditionKind.MONTH, month)


def _feed_of(section: str) -> str:
    """The address of a section's feed, without the ending of its format."""
    return f"/feeds/sections/{section}" if section else "/feeds/date"


routes: list[BaseRoute] = [
    Route("/papers/date/{label}", kept(_edition, beside=open_days)),
    Route("/papers/week/{label}", kept(_edition, beside=open_days)),
    Route("/papers/month/{label}", kept(_edition, beside=open_days)),
    Route("/papers/special/{label}", kept(_edition, beside=open_days)),
    Route("/editions", kept(_archive)),
    Route("/sections", kept(_sections)),
    Route("/sections/{name}", kept(_section)),
    Route("/sections/{name}/editions", kept(_archive)),
    Route("/sections/{name}/{kind}/{label}", kept(_edition, beside=open_days)),
]
