"""Votes and comments over the API: reads in our own form, writes as Hugging Face's clients ask."""

from collections import Counter
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from broadsheet.catalogue import Desk
from broadsheet.community import commenting, voting
from broadsheet.community.markdown import LONGEST
from broadsheet.errors import NotFoundError
from broadsheet.faces.answers import base_of, kept_json, named_paper, service_of
from broadsheet.faces.api.models import CommentsOut, VotesOut
from broadsheet.faces.api.native import PaperName, problems
from broadsheet.faces.api.writing import Body, text_of, written
from broadsheet.faces.discussion import ShownComment, described, discussion, said_json
from broadsheet.faces.guard import present
from broadsheet.faces.tallies import tallies, tally_json
from broadsheet.faces.who import Asker

_MARK = "/static/mark.svg"
_SHOWN = 100
"""So much of an id that leads nowhere is said back."""
_PROBLEMS = problems(404, 422, 429, 503)
router = APIRouter(prefix="/api/v1", tags=["v1"])


@router.get("/papers/{id:path}/votes", response_model=VotesOut, responses=_PROBLEMS)
@kept_json
def votes(request: Request, id: PaperName) -> dict[str, Any]:
    """How many votes a paper has, and on which days those given here were cast."""
    service = service_of(request)
    key, paper = named_paper(service, id)
    with service.catalogue.reading() as desk:
        tally = tallies(desk, {key: desk.signals.of(key)})[key]
        cast = desk.votes.of_papers([key])[key]
    days = Counter(vote.at.date().isoformat() for vote in cast if not vote.held)
    return {
        "id": paper.id,
        "votes": tally_json(tally)["votes"],
        "days": [{"day": day, "votes": count} for day, count in sorted(days.items())],
    }


@router.get("/papers/{id:path}/comments", response_model=CommentsOut, responses=_PROBLEMS)
@kept_json
def comments(request: Request, id: PaperName) -> dict[str, Any]:
    """What readers here say of a paper, the earliest first, replies among them."""
    service = service_of(request)
    key, paper = named_paper(service, id)
    with service.catalogue.reading() as desk:
        said = discussion(desk, key)
    return {"id": paper.id, "comments": [said_json(one) for one in said]}


def comment_object(said: ShownComment, avatar: str) -> dict[str, Any]:
    """A comment in the form that Hugging Face's API gives it; `avatar` is a picture's address."""
    comment = said.comment
    return {
        "id": str(comment.key),
        "type": "comment",
        "author": {
            "name": said.name,
            "fullname": said.shown_name,
            "avatarUrl": avatar,
            "isPro": False,
        },
        "createdAt": _instant(comment.at),
        "data": {
            "edited": comment.edits > 0,
            "hidden": comment.hidden is not None,
            "hiddenReason": comment.hidden_why or None,
            "latest": {
                "raw": comment.raw if comment.is_shown else "",
                "html": str(said.html),
                "updatedAt": _instant(comment.updated),
            },
            "numEdits": comment.edits,
            "parentCommentId": str(comment.parent_key) if comment.parent_key else None,
            "reactions": [
                {"reaction": reaction, "users": list(names), "count": len(names)}
                for reaction, names in said.reactions
            ],
        },
    }


def _upvote(request: Request, desk: Desk, asker: Asker, _body: Body) -> tuple[int, Any]:
    """`POST /api/papers/{id}/upvote`: cast a vote; once cast it stays one."""
    key, _ = named_paper(service_of(request), request.path_params["id"])
    limit = service_of(request).settings.vote_limit
    vote = voting.cast(desk, key, asker.reader, present(), limit=limit)
    return 200, {**_counted(desk, key), "upvoted": True, "held": bool(vote.held)}


def _withdraw(request: Request, desk: Desk, asker: Asker, _body: Body) -> tuple[int, Any]:
    """`DELETE /api/papers/{id}/upvote`: withdraw a vote, if there is one."""
    key, _ = named_paper(service_of(request), request.path_params["id"])
    voting.withdraw(desk, key, asker.reader)
    return 200, {**_counted(desk, key), "upvoted": False, "held": False}


def _comment(request: Request, desk: Desk, asker: Asker, body: Body) -> tuple[int, Any]:
    """`POST /api/papers/{id}/comment`: write a comment."""
    return _write(request, desk, asker, body, None)


def _reply(request: Request, desk: Desk, asker: Asker, body: Body) -> tuple[int, Any]:
    """`POST /api/papers/{id}/comment/{cid}/reply`: answer one."""
    return _write(request, desk, asker, body, request.path_params["cid"])


def _hide(request: Request, desk: Desk, asker: Asker, body: Body) -> tuple[int, Any]:
    """`POST /api/papers/{id}/comment/{cid}/hide`: hide one's own, or with a reason another's."""
    key, _ = named_paper(service_of(request), request.path_params["id"])
    comment = commenting.found(desk, request.path_params["cid"])
    if comment.paper_key != key:
        raise NotFoundError(f"There is no comment {comment.key} on this paper.")
    why = text_of(body, "reason", most=commenting.LONGEST_REASON, required=False)
    commenting.hide(desk, comment, asker.reader, why, present())
    return 200, _shown(request, desk, comment.key)


def _write(
    request: Request, desk: Desk, asker: Asker, body: Body, parent: int | None
) -> tuple[int, Any]:
    key, paper = named_paper(service_of(request), request.path_params["id"])
    comment = commenting.write(
        desk,
        key,
        paper,
        asker.reader,
        text_of(body, "comment", most=LONGEST),
        present(),
        limit=service_of(request).settings.comment_limit,
        parent=parent,
    )
    return 201, _shown(request, desk, comment.key)


def _shown(request: Request, desk: Desk, key: int) -> dict[str, Any]:
    """A comment as it is now."""
    (said,) = described(desk, [commenting.found(desk, key)])
    return comment_object(said, base_of(service_of(request), request) + _MARK)


def _counted(desk: Desk, key: int) -> dict[str, Any]:
    return {"upvotes": tallies(desk, {key: desk.signals.of(key)})[key].votes}


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def _no_comment(request: Request) -> Response:
    """What is no number names no comment, as the ids of other sites do not."""
    raise NotFoundError(f"There is no comment {request.path_params['cid'][:_SHOWN]!r} here.")


_PAPER = "/api/papers/{id:path}"
routes: list[BaseRoute] = [
    Route(f"{_PAPER}/upvote", written(_upvote), methods=["POST"]),
    Route(f"{_PAPER}/upvote", written(_withdraw), methods=["DELETE"]),
    Route(f"{_PAPER}/comment", written(_comment), methods=["POST"]),
    Route(f"{_PAPER}/comment/{{cid:key}}/reply", written(_reply), methods=["POST"]),
    Route(f"{_PAPER}/comment/{{cid:key}}/hide", written(_hide), methods=["POST"]),
    Route(f"{_PAPER}/comment/{{cid}}/reply", _no_comment, methods=["POST"]),
    Route(f"{_PAPER}/comment/{{cid}}/hide", _no_comment, methods=["POST"]),
]
