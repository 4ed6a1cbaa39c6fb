"""What pages say of themselves to places that show links to them (Open Graph)."""

from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request

from broadsheet.cards.pictures import HEIGHT, WIDTH
from broadsheet.editions import Span
from broadsheet.faces.answers import base_of, service_of
from broadsheet.faces.sections import edition_path
from broadsheet.faces.web import views
from broadsheet.papers import Paper
from broadsheet.ranking import Window

_DESCRIBED = 200


@dataclass(frozen=True, slots=True)
class Social:
    """What a page says of itself to those who show links to it; addresses are whole."""

    title: str
    description: str
    address: str
    image: str
    image_text: str
    kind: str = "website"
    width: int = WIDTH
    height: int = HEIGHT


def of_paper(request: Request, paper: Paper) -> Social:
    """What the page of a paper says of itself."""
    view = views.paper_view(paper)
    return _social(
        request,
        title=view.title_text,
        description=view.standfirst or view.byline,
        path=view.path,
        image=f"/og{view.path}.png",
        kind="article",
    )


def of_edition(request: Request, title: str, section: str, span: Span, titles: str) -> Social:
    """What the page of an edition says of itself; `titles` are those of its first papers."""
    path = edition_path(section, span.kind, span.label)
    query = f"?section={quote(section)}" if section else ""
    return _social(
        request,
        title=title,
        description=titles,
        path=path,
        image=f"/og/editions/{span.kind}/{quote(span.label)}.png{query}",
    )


def of_trending(request: Request, window: Window) -> Social:
    """What the page of what is trending says of itself."""
    site = service_of(request).settings.site_name
    return _social(
        request,
        title=f"Trending ({window}) · {site}",
        description="The papers that readers vote for, talk about, star and cite now.",
        path=f"/papers/trending?window={window}",
        image=f"/og/trending.png?window={window}",
    )


def of_front(request: Request) -> Social:
    """What the front page says of itself."""
    site = service_of(request).settings.site_name
    return _social(
        request,
        title=site,
        description="The papers of the day, and search by words and by meaning.",
        path="/",
        image="/og/front.png",
    )


def _social(
    request: Request, *, title: str, description: str, path: str, image: str, kind: str = "website"
) -> Social:
    base = base_of(service_of(request), request)
    told = description[:_DESCRIBED].rsplit(" ", 1)[0] + "…"
    return Social(
        title=title,
        description=description if len(description) <= _DESCRIBED else told,
        address=base + path,
        image=base + image,
        image_text=title,
        kind=kind,
    )
