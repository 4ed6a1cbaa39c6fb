"""Editions over our own API: the days that have one, and each edition with its papers."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from broadsheet.catalogue import Desk, EditionKind
from broadsheet.editions import Issue, Origin, archive, issue_of, neighbours, read_label, stories_of
from broadsheet.errors import NotFoundError
from broadsheet.faces.answers import kept_json, service_of
from broadsheet.faces.api.models import PaperOut
from broadsheet.faces.api.native import problems
from broadsheet.faces.sections import edition_path, section_of
from broadsheet.faces.shapes import paper_json

_LONGEST_NAME = 64
router = APIRouter(prefix="/api/v1", tags=["v1"])
SectionName = Annotated[
    str, Query(max_length=_LONGEST_NAME, description="A section's name; else the whole site.")
]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DayOut(_Answer):
    """A day that has an edition."""

    label: str
    papers: int


class DaysOut(_Answer):
    """The days that have an edition, the last first."""

    section: str
    days: list[DayOut]
    next_before: str | None = Field(description="`before` of the next page.")


class StoryOut(_Answer):
    """A paper in an edition."""

    place: int
    votes: int = Field(description="By now.")
    line: str = Field(description="A curator's.")
    reasons: list[str] = Field(description="Those of an edition that made itself.")
    paper: PaperOut


class EditionChangeOut(_Answer):
    """What was changed after an edition came out."""

    at: str
    actor: str
    what: str
    why: str


class EditionOut(_Answer):
    """An edition with its papers in order."""

    section: str
    kind: EditionKind
    label: str
    origin: Origin
    title: str
    note: str
    made_by: str = Field(description="Its curators; empty if it made itself or was not made here.")
    published: str | None
    page: str
    before: str | None = Field(description="The label of the edition before it.")
    after: str | None
    count: int = Field(description="How many papers it has.")
    papers: list[StoryOut]
    changes: list[EditionChangeOut]


@router.get("/editions", response_model=DaysOut, responses=problems(404, 422, 429, 503))
@kept_json
def editions(
    request: Request,
    section: SectionName = "",
    limit: Annotated[int, Query(ge=1, le=1000, description="How many, at most.")] = 100,
    before: Annotated[str, Query(max_length=10, description="Days before this one.")] = "",
) -> dict[str, Any]:
    """List the days that have an edition, the last first, with how many papers each has."""
    service = service_of(request)
    with service.catalogue.reading() as desk:
        name = section_of(service, desk, section).name
        every = archive(desk, name)
    days = [(day, papers) for day, papers in every.items() if not before or day < before]
    shown = [{"label": day, "papers": count} for day, count in days[:limit]]
    following = days[limit - 1][0] if len(days) > limit else None
    body = {"section": name, "days": shown, "next_before": following}
    return body


@router.get(
    "/editions/{kind}/{label}",
    response_model=EditionOut,
    responses=problems(400, 404, 422, 429, 503),
)
@kept_json
def edition(
    request: Request,
    kind: EditionKind,
    label: Annotated[str, Path(max_length=_LONGEST_NAME, description="2026-11-21, 2026-W47, …")],
    section: SectionName = "",
    limit: Annotated[int, Query(ge=1, le=100, description="How many papers, at most.")] = 50,
    offset: Annotated[int, Query(ge=0, le=100_000, description="Papers to leave out first.")] = 0,
) -> dict[str, Any]:
    """Give an edition with its papers in order, and what was changed after it came out."""
    service = service_of(request)
    with service.catalogue.reading() as desk:
        name = section_of(service, desk, section).name
        issue = issue_of(desk, name, read_label(kind, label))
        if issue.origin is Origin.NONE:
            raise NotFoundError(
                f"There is no edition {label}.", hint="GET /api/v1/editions lists the days."
            )
        body = _edition_json(desk, issue, offset, limit)
    return body


def _edition_json(desk: Desk, issue: Issue, offset: int, limit: int) -> dict[str, Any]:
    stories = stories_of(desk, issue.picks[offset : offset + limit])
    keys = [one.pick.paper_key for one in stories]
    papers = desk.papers.by_keys(keys, full=True)
    signals = desk.signals.of_papers(keys)
    before, after = neighbours(desk, issue.section, issue.span)
    own = issue.edition
    return {
        "section": issue.section,
        "kind": str(issue.span.kind),
        "label": issue.span.label,
        "origin": str(issue.origin),
        "title": own.title if own else "",
        "note": own.note if own else "",
        "made_by": own.made_by if own else "",
        "published": own.published.isoformat() if own and own.published else None,
        "page": edition_path(issue.section, issue.span.kind, issue.span.label),
        "before": before,
        "after": after,
        "count": len(issue.picks),
        "papers": [
            {
                "place": one.pick.place,
                "votes": max(one.votes, one.pick.votes),
                "line": one.pick.line,
                "reasons": list(one.pick.reasons),
                "paper": paper_json(papers[one.pick.paper_key], signals[one.pick.paper_key]),
            }
            for one in stories
        ],
        "changes": [
            {"at": one.at.isoformat(), "actor": one.actor, "what": one.what, "why": one.why}
            for one in issue.changes
        ],
    }
