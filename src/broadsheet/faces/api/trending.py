"""What is trending over our own API: the order, with the terms of each number."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from broadsheet.faces.answers import JSON, service_of, unless_held
from broadsheet.faces.api.models import PaperOut
from broadsheet.faces.api.native import problems
from broadsheet.faces.shapes import paper_json, trending_json
from broadsheet.faces.trends import current
from broadsheet.ranking import Order, Window
from broadsheet.service import Service

MOST = 100
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
    order = current(service_of(request))

    def make() -> Response:
        return JSONResponse(_trending_json(service_of(request), order, window, limit))

    return unless_held(request, JSON + order.at.isoformat(), make)


def _trending_json(service: Service, order: Order, window: Window, limit: int) -> dict[str, Any]:
    listed = order.of(window)
    keys = [one.key for one in listed[:limit]]
    with service.catalogue.reading() as desk:
        papers = desk.papers.by_keys(keys, full=True)
        signals = desk.signals.of_papers(keys)
    return {
        "window": str(window),
        "at": order.at.isoformat(),
        "count": len(listed),
        "papers": [
            trending_json(place, one, paper_json(papers[one.key], signals[one.key]))
            for place, one in enumerate(listed[:limit], 1)
            if one.key in papers
        ],
    }
