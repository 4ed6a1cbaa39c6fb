"""Where readers vote, comment, react and report: forms of the paper page, and a comment's page."""

from collections.abc import Callable
from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from broadsheet.catalogue import Comment, Desk
from broadsheet.community import commenting, voting
from broadsheet.community.commenting import LONGEST_REASON, REACTIONS
from broadsheet.community.markdown import LONGEST
from broadsheet.errors import NotFoundError
from broadsheet.faces import feeds
from broadsheet.faces.answers import (
    base_of,
    found_paper,
    path_of,
    service_of,
)
from broadsheet.faces.bodies import key_in
from broadsheet.faces.discussion import ShownComment, described, discussion
from broadsheet.faces.guard import present
from broadsheet.faces.tallies import tallies
from broadsheet.faces.web import views
from broadsheet.faces.web.caching import kept
from broadsheet.faces.web.forms import Form, first, onward, posted
from broadsheet.faces.web.rendering import page
from broadsheet.faces.who import allowed, who
from broadsheet.papers import Paper
from broadsheet.people import Reader, Role
from broadsheet.text import plain

_JSON = "application/json"
_ATOM = "application/atom+xml"
Act = Callable[[Desk, Comment, Reader, Form, datetime], object]


def _vote(request: Request, form: Form) -> Response:
    """Cast or withdraw a vote; a script gets the new count, everybody else the page again."""
    asker, service = allowed(request), service_of(request)
    key, paper = _paper(request)
    with service.catalogue.writing() as desk:
        if first(form, "vote") == "withdraw":
            voting.withdraw(desk, key, asker.reader)
        else:
            limit = service.settings.vote_limit
            voting.cast(desk, key, asker.reader, present(), limit=limit)
        vote = desk.votes.get(key, asker.reader.key)
        tally = tallies(desk, {key: desk.signals.of(key)})[key]
    if _JSON in request.headers.get("accept", ""):
        held = bool(vote and vote.held)
        return JSONResponse({"votes": tally.votes, "mine": vote is not None, "held": held})
    return onward(first(form, "next") or path_of(paper.id))


def _comment(request: Request, form: Form) -> Response:
    """Write a comment, or a reply."""
    asker, service = allowed(request), service_of(request)
    key, paper = _paper(request)
    parent = first(form, "parent")
    if parent and key_in(parent) is None:
        raise NotFoundError("There is no such comment to reply to.")
    with service.catalogue.writing() as desk:
        comment = commenting.write(
            desk,
            key,
            paper,
            asker.reader,
            first(form, "comment"),
            present(),
            limit=service.settings.comment_limit,
            parent=key_in(parent),
        )
    return _back(paper, comment)


def _edit(desk: Desk, comment: Comment, reader: Reader, form: Form, now: datetime) -> None:
    paper = desk.papers.by_keys([comment.paper_key])[comment.paper_key]
    commenting.edit(desk, comment, paper, reader, first(form, "comment"), now)


def _hide(desk: Desk, comment: Comment, reader: Reader, form: Form, now: datetime) -> None:
    commenting.hide(desk, comment, reader, first(form, "why"), now)


def _show(desk: Desk, comment: Comment, reader: Reader, _form: Form, now: datetime) -> None:
    commenting.show(desk, comment, reader, now)


def _react(desk: Desk, comment: Comment, reader: Reader, form: Form, now: datetime) -> None:
    commenting.react(desk, comment, reader, first(form, "reaction"), now)


def _report(desk: Desk, comment: Comment, reader: Reader, form: Form, now: datetime) -> None:
    commenting.report(desk, comment, reader, first(form, "why"), now)


def _acting(act: Act) -> Callable[[Request, Form], Response]:
    """A handler of a form about one comment, which leads back to where it was sent from."""

    def take(request: Request, form: Form) -> Response:
        asker = allowed(request)
        with service_of(request).catalogue.writing() as desk:
            comment = commenting.found(desk, request.path_params["key"])
            act(desk, comment, asker.reader, form, present())
            paper = desk.papers.by_keys([comment.paper_key])[comment.paper_key]
        back = first(form, "next")
        return onward(back) if back else _back(paper, comment)

    return take


def _one(request: Request) -> Response:
    """The page of one comment: its texts, and what may be done with it."""
    asker = who(request)
    with service_of(request).catalogue.reading() as desk:
        comment = commenting.found(desk, request.path_params["key"])
        (said,) = described(desk, [comment])
        paper = desk.papers.by_keys([comment.paper_key])[comment.paper_key]
        deeds = desk.moderation.about(commenting.subject_of(comment))
    is_mine = asker is not None and asker.reader.key == comment.reader_key
    moderates = asker is not None and asker.may(Role.MODERATOR)
    shown = {
        "said": said,
        "view": views.paper_view(paper),
        "deeds": deeds if moderates else [],
        "is_mine": is_mine,
        "moderates": moderates,
        # What was hidden is for those who may show it again.
        "sees_texts": comment.hidden is None or is_mine or moderates,
        "reactions": REACTIONS,
        "longest": LONGEST,
        "longest_reason": LONGEST_REASON,
    }
    return page(request, "comment.html", shown)


def _feed(request: Request) -> Response:
    """The comments of a paper as a feed, the latest first."""
    service = service_of(request)
    key, paper = _paper(request)
    page_of = base_of(service, request) + path_of(paper.id)
    with service.catalogue.reading() as desk:
        said = [one for one in discussion(desk, key) if one.comment.is_shown]
    feed = feeds.Feed(
        title=f"Comments on {plain(paper.title)}",
        address=f"{page_of}/comments.atom",
        page=f"{page_of}#comments",
        entries=tuple(_entry(one, paper, page_of) for one in reversed(said)),
    )
    return Response(feeds.atom(feed), media_type=f"{_ATOM}; charset=utf-8")


def _entry(one: ShownComment, paper: Paper, page_of: str) -> feeds.Entry:
    """A comment in the feed of its paper."""
    return feeds.Entry(
        id=f"tag:broadsheet,2026:comment:{one.comment.key}",
        title=f"{one.shown_name} on {plain(paper.title)}",
        address=f"{page_of}#comment-{one.comment.key}",
        published=one.comment.at,
        updated=one.comment.updated,
        authors=(one.shown_name,),
        html=feeds.clean(one.html),
    )


def _paper(request: Request) -> tuple[int, Paper]:
    id = request.path_params["id"]
    found = found_paper(service_of(request), id)
    if found is None:
        raise NotFoundError(f"There is no paper {id}.")
    return found


def _back(paper: Paper, comment: Comment) -> Response:
    return onward(f"{path_of(paper.id)}#comment-{comment.key}")


_ACTS: dict[str, Act] = {
    "edit": _edit,
    "hide": _hide,
    "show": _show,
    "react": _react,
    "report": _report,
}
routes: list[BaseRoute] = [
    Route("/papers/{id:path}/vote", posted(_vote), methods=["POST"]),
    Route("/papers/{id:path}/comments", posted(_comment), methods=["POST"]),
    Route("/papers/{id:path}/comments.atom", kept(_feed, is_dated=True)),
    Route("/comments/{key:key}", _one),
    *(
        Route(f"/comments/{{key:key}}/{name}", posted(_acting(act)), methods=["POST"])
        for name, act in _ACTS.items()
    ),
]
