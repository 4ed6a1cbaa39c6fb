"""The front page: the latest edition as its main stories, or the latest papers."""

from datetime import date, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from broadsheet.catalogue import Desk, EditionKind
from broadsheet.editions import Issue, Origin, issue_of, last_day, read_label, stories_of
from broadsheet.faces.answers import base_of, service_of
from broadsheet.faces.sections import whole
from broadsheet.faces.source_status import alarm
from broadsheet.faces.web import editions, lists, social, views
from broadsheet.faces.web.ballots import ballots
from broadsheet.faces.web.caching import kept
from broadsheet.faces.web.rendering import page
from broadsheet.service import Service

FRONT = 30
LEAD_WIDTH = 700
"""Characters of the leading paper's abstract."""
_STALE = timedelta(days=14)
"""Another's edition is news for so long after it, unless no paper here is newer."""


def _front(request: Request) -> Response:
    service = service_of(request)
    with service.catalogue.reading() as desk:
        count, sources = desk.papers.count(), len(desk.records.sources())
        issue = latest_issue(desk)
        values = _of_issue(service, desk, issue) if issue else _of_latest(service)
    shown = {
        "count": count,
        "sources": sources,
        "alarm": alarm(service),
        "social": social.of_front(request),
        "take": lists.takeaways(lists.asked_of(request), base_of(service, request)),
    }
    listed = [values["lead"], *values["beneath"], *values["seconds"], *values["stories"]]
    shown |= ballots(request, [view.id for view in listed if view])
    return page(request, "front.html", {**values, **shown})


def latest_issue(desk: Desk) -> Issue | None:
    """The latest day's edition, None if there is none or it is another's and long past."""
    day = last_day(desk, "")
    if day is None:
        return None
    issue = issue_of(desk, "", read_label(EditionKind.DAY, day))
    if issue.origin is Origin.TOLD and _is_past(desk, issue.span.first):
        return None
    return issue if issue.picks else None


def _of_issue(service: Service, desk: Desk, issue: Issue) -> dict[str, Any]:
    stories = stories_of(desk, issue.picks[:FRONT])
    lead = [editions.story_paper(story, LEAD_WIDTH) for story in stories[:1]]
    papers = lead + [editions.story_paper(story) for story in stories[1:]]
    frame = editions.frame_values(desk, whole(service), issue)
    return {**frame, **_placed(papers), "more": True}


def _of_latest(service: Service) -> dict[str, Any]:
    papers, following = lists.latest(service, limit=FRONT, cursor=None)
    shown = [
        views.paper_view(paper) if place else views.paper_view(paper, LEAD_WIDTH)
        for place, paper in enumerate(papers)
    ]
    return {"issue": None, **_placed(shown), "more": bool(following)}


def _placed(papers: list[views.PaperView]) -> dict[str, Any]:
    """Where each paper stands on the page."""
    return {
        "lead": papers[0] if papers else None,
        "beneath": papers[1:3],
        "seconds": papers[3:6],
        "stories": papers[6:12],
        "briefs": papers[12:],
    }


def _is_past(desk: Desk, day: date) -> bool:
    """Whether a paper here is so much newer than a day that its edition is no news."""
    newest = desk.papers.latest(None, 1)
    announced = newest[0][1].announced if newest else None
    if announced is None:
        return False
    return date(announced.year, announced.month or 1, announced.day or 1) > day + _STALE


routes: list[BaseRoute] = [Route("/", kept(_front, beside=alarm))]
