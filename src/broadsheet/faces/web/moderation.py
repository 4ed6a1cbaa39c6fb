"""The moderators' page: votes that are held, what was reported, and the log of what was done."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from broadsheet.catalogue import Deed, Desk, Report
from broadsheet.community import commenting, voting
from broadsheet.errors import InputError
from broadsheet.faces.answers import UNKEPT, path_of, service_of
from broadsheet.faces.discussion import ShownComment, described
from broadsheet.faces.guard import present
from broadsheet.faces.web import views
from broadsheet.faces.web.forms import Form, first, onward, posted
from broadsheet.faces.web.rendering import page
from broadsheet.faces.who import allowed
from broadsheet.people import Role

PATH = "/moderation"
_LINES = 100
_LARGEST_KEY = 2**53


@dataclass(frozen=True, slots=True)
class HeldVotes:
    """The votes for one paper that wait: why, whose they are, and how many count already."""

    key: int
    paper: views.PaperView
    counted: int
    reasons: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reported:
    """A comment that was reported, and what each reader says of it."""

    said: ShownComment
    paper: views.PaperView
    reports: tuple[tuple[str, Report], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the log, and the path to what it is about."""

    deed: Deed
    path: str


def _moderation(request: Request) -> Response:
    allowed(request, Role.MODERATOR)
    before = _number(request.query_params.get("before", ""))
    with service_of(request).catalogue.reading() as desk:
        deeds = desk.moderation.log(_LINES, before)
        shown = {
            "held": _held(desk),
            "reported": _reported(desk),
            "lines": _lines(desk, deeds),
            "earlier": deeds[-1].key if len(deeds) == _LINES else None,
        }
    return page(request, "moderation.html", shown, headers=UNKEPT)


def _settle_votes(request: Request, form: Form) -> Response:
    """Release or drop the held votes of a paper."""
    asker, key = allowed(request, Role.MODERATOR), _number(first(form, "paper"))
    action = first(form, "action")
    if key is None or action not in ("release", "drop"):
        raise InputError("Say which paper, and whether to release its votes or to drop them.")
    with service_of(request).catalogue.writing() as desk:
        why = first(form, "why")[: commenting.LONGEST_REASON]
        voting.settle(desk, key, asker.reader, present(), release=action == "release", why=why)
    return onward(PATH)


def _settle_report(request: Request, form: Form) -> Response:
    """Hide a comment that was reported, or dismiss the reports."""
    asker, key = allowed(request, Role.MODERATOR), _number(first(form, "comment"))
    action, why = first(form, "action"), first(form, "why")
    if key is None or action not in ("hide", "dismiss"):
        raise InputError("Say which comment, and whether to hide it or to dismiss the reports.")
    with service_of(request).catalogue.writing() as desk:
        comment = commenting.found(desk, key)
        if action == "hide":
            commenting.hide(desk, comment, asker.reader, why, present())
        # One that was hidden before has its reports settled all the same.
        commenting.dismiss(desk, comment, asker.reader, why, present())
    return onward(PATH)


def _held(desk: Desk) -> list[HeldVotes]:
    votes = desk.votes.held()
    papers = desk.papers.by_keys(vote.paper_key for vote in votes)
    readers = desk.readers.by_keys(vote.reader_key for vote in votes)
    counts = desk.votes.count(papers)
    found = []
    for key, paper in papers.items():
        own = [vote for vote in votes if vote.paper_key == key]
        held = HeldVotes(
            key=key,
            paper=views.paper_view(paper),
            counted=counts[key],
            reasons=tuple(dict.fromkeys(vote.held for vote in own)),
            names=tuple(readers[vote.reader_key].name for vote in own),
        )
        found.append(held)
    return found


def _reported(desk: Desk) -> list[Reported]:
    reports = desk.moderation.open_reports()
    subjects = {one.subject: _number(one.subject.partition(":")[2]) for one in reports}
    keys = [key for key in subjects.values() if key is not None]
    said = described(desk, desk.comments.by_keys(keys).values())
    papers = desk.papers.by_keys(one.comment.paper_key for one in said)
    readers = desk.readers.by_keys(one.reader_key for one in reports if one.reader_key is not None)
    found = []
    for one in said:
        own = [report for report in reports if report.subject == commenting.subject_of(one.comment)]
        told = tuple(
            (reader.name if (reader := readers.get(report.reader_key or 0)) else "deleted", report)
            for report in own
        )
        paper = views.paper_view(papers[one.comment.paper_key])
        found.append(Reported(one, paper, told))
    return found


def _lines(desk: Desk, deeds: list[Deed]) -> list[Line]:
    parts = [deed.subject.partition(":") for deed in deeds]
    keys = {int(rest) for kind, _, rest in parts if kind == "votes" and rest.isdecimal()}
    papers = desk.papers.by_keys(keys)
    found = []
    for deed, (kind, _, rest) in zip(deeds, parts, strict=True):
        path = ""
        if kind == "comment":
            path = f"/comments/{rest}"
        elif kind == "paper":
            path = path_of(rest)
        elif kind == "votes" and (paper := papers.get(int(rest))):
            path = path_of(paper.id)
        found.append(Line(deed, path))
    return found


def _number(text: str) -> int | None:
    """A key as it is written in a form or an address."""
    return min(int(text), _LARGEST_KEY) if text.isdecimal() and len(text) < 20 else None


routes: list[BaseRoute] = [
    Route(PATH, _moderation),
    Route(f"{PATH}/votes", posted(_settle_votes), methods=["POST"]),
    Route(f"{PATH}/reports", posted(_settle_report), methods=["POST"]),
]
