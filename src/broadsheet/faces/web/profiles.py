"""A reader's page: their papers, what they submitted, voted for and said, and where they belong."""

from collections.abc import Iterable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from broadsheet.catalogue import ClaimState
from broadsheet.community import orcid_of
from broadsheet.errors import NotFoundError
from broadsheet.faces.answers import service_of
from broadsheet.faces.web import views
from broadsheet.faces.web.rendering import page
from broadsheet.faces.who import who
from broadsheet.papers import Paper

LISTED = 30
"""Papers, votes and comments of each kind that are shown, the latest."""
_EXCERPT = 280


def _reader(request: Request) -> Response:
    name = request.path_params["name"]
    with service_of(request).catalogue.reading() as desk:
        reader = desk.readers.named(name) if "\0" not in name else None
        if reader is None:
            raise NotFoundError(f"There is no reader called {name[:80]}.")
        claims = [
            one for one in desk.claims.of_reader(reader.key) if one.state is ClaimState.VERIFIED
        ]
        submissions = desk.submissions.of_reader(reader.key, LISTED)
        votes = desk.votes.of_readers([reader.key])[reader.key][::-1]
        comments = [one for one in desk.comments.of_reader(reader.key, LISTED) if one.is_shown]
        keys = [one.paper_key for one in claims]
        keys += [one.paper_key for one in submissions]
        keys += [one.paper_key for one in votes[:LISTED]]
        keys += [one.paper_key for one in comments]
        papers = desk.papers.by_keys(keys)
        organisations = desk.organisations.of_reader(reader.key)
    asker = who(request)
    shown: dict[str, Any] = {
        "reader": reader,
        "orcid": orcid_of(reader.orcid),
        "is_me": asker is not None and asker.reader.key == reader.key,
        "papers": _views(papers, (one.paper_key for one in claims)),
        "submitted": _views(papers, (one.paper_key for one in submissions)),
        "voted": _views(papers, (one.paper_key for one in votes[:LISTED])),
        "votes": len(votes),
        "comments": [(_excerpt(one.raw), papers[one.paper_key], one.at) for one in comments],
        "organisations": organisations,
        "paper_view": views.paper_view,
    }
    return page(request, "reader.html", shown)


def _views(papers: dict[int, Paper], keys: Iterable[int]) -> list[views.PaperView]:
    return [views.paper_view(papers[key]) for key in keys if key in papers]


def _excerpt(raw: str) -> str:
    text = " ".join(raw.split())
    return text if len(text) <= _EXCERPT else text[: _EXCERPT - 1].rsplit(" ", 1)[0] + "…"


routes: list[BaseRoute] = [Route("/readers/{name}", _reader)]
