"""What is trending over our own API: the order, with the terms of each number."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from broadsheet.faces.answers import fresh, is_known, service_of, state_tag, unchanged
from broadsheet.faces.api.models import PaperOut
from broadsheet.faces.api.native import problems
from broadsheet.faces.shapes import paper_json, trending_json
from broadsheet.faces.trends import current
from broadsheet.ranking import Window

MOST = 100
_JSON = "application/json"
router = APIRouter(prefix="/api/v1", tags=["v1"])


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TermOut(_Answer):
    """One term of a number: `value` doublings, the logarithm of `amount` at its weight."""

    name: str
    amount: float
    value: float


class TrendingPaperOut(_Answer):
    """A paper in the order, and what its number is made of."""

    place: int
    score: float = Field(description="The sum of the values of the terms, in doublings.")
    last: str = Field(description="When something last came to it.")
    terms: list[TermOut]
    paper: PaperOut


class TrendingOut(_Answer):
    """What is trending within a window."""

    window: Window
    at: str = Field(description="The moment of which the numbers are.")
    count: int = Field(description="How many papers are in the window, shown or not.")
    papers: list[TrendingPaperOut]


@router.get("/papers/trending", response_model=TrendingOut, responses=problems(422, 429, 503))
def trending(
    request: Request,
    window: Annotated[
        Window, Query(description="How far back something must have come to a paper.")
    ] = Window.WEEK,
    limit: Annotated[int, Query(ge=1, le=MOST, description="How many, at most.")] = 20,
) -> Response:
    """List the papers that are trending, with the terms of each number."""
    service = service_of(request)
    order = current(service)
    tag = state_tag(service, request, _JSON + order.at.isoformat())
    if is_known(request, tag):
        return unchanged(tag)
    listed = order.of(window)
    keys = [one.key for one in listed[:limit]]
    with service.catalogue.reading() as desk:
        papers = desk.papers.by_keys(keys, full=True)
        signals = desk.signals.of_papers(keys)
    body = {
        "window": str(window),
        "at": order.at.isoformat(),
        "count": len(listed),
        "papers": [
            trending_json(place, one, paper_json(papers[one.key], signals[one.key]))
            for place, one in enumerate(listed[:limit], 1)
            if one.key in papers
        ],
    }
    return JSONResponse(body, headers=fresh(tag))
