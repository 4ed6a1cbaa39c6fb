"""The pages that letters lead to: what one chose, what one says of a paper, and the way out."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from broadsheet.catalogue import Choice, Desk
from broadsheet.digests import (
    LONGEST_SEARCH,
    PREFERENCES_PATH,
    UNSUBSCRIBE_PATH,
    chosen,
    existing,
    forget_search,
    is_paused,
    keep_search,
    read_by,
    searches_of,
    stop,
)
from broadsheet.errors import InputError, NotFoundError
from broadsheet.faces.answers import UNKEPT, service_of
from broadsheet.faces.guard import present
from broadsheet.faces.web import views
from broadsheet.faces.web.forms import Form, first, number_in, onward, posted
from broadsheet.faces.web.rendering import page
from broadsheet.faces.web.wishes import choices, told, wishes_in
from broadsheet.papers import Paper

LEFT = "Left by the link in a letter."
_PREFERENCES = f"{PREFERENCES_PATH}/{{token}}"
_UNSUBSCRIBE = f"{UNSUBSCRIBE_PATH}/{{token}}"
_PROMISES = {
    Choice.SAVE: ("Save this paper", "It is kept for you."),
    Choice.MORE: ("More like this", "Papers like it are worth more to you."),
    Choice.LESS: ("Less like this", "Papers like it are worth less to you."),
}


def _preferences(request: Request) -> Response:
    key = _key(request)
    with service_of(request).catalogue.reading() as desk:
        found = existing(desk, key)
        sections = desk.sections.all()
        searches = searches_of(desk, subscription_key=key)
        own = searches_of(desk, reader_key=found.reader_key)
        said = desk.interests.said(subscription_key=key)
        papers = desk.papers.by_keys(one.paper_key for one in said)
    shown = {
        **choices(found.wishes),
        "subscription": found,
        "when": told(found.wishes),
        "is_paused": is_paused(present(), found.wishes),
        "sections": sections,
        "searches": searches,
        "own": own,
        "longest": LONGEST_SEARCH,
        "said": [(views.paper_view(papers[one.paper_key]), one.choice) for one in said],
        "address": _address(request),
        "way_out": f"{UNSUBSCRIBE_PATH}/{request.path_params['token']}",
    }
    return page(request, "subscription.html", shown, headers=UNKEPT)


def _choose(request: Request, form: Form) -> Response:
    key = _key(request)
    with service_of(request).catalogue.writing() as desk:
        found = existing(desk, key)
        desk.subscriptions.choose(key, chosen(desk, wishes_in(form, found.wishes)))
    return onward(_address(request))


def _keep_search(request: Request, form: Form) -> Response:
    """Keep a query, or forget one; InputError for one that cannot be kept."""
    key, gone = _key(request), first(form, "drop")
    with service_of(request).catalogue.writing() as desk:
        existing(desk, key)
        if gone:
            forget_search(desk, number_in(gone), subscription_key=key)
        else:
            keep_search(desk, first(form, "query"), present(), subscription_key=key)
    return onward(f"{_address(request)}#searches")


def _choice(request: Request) -> Response:
    """The page of the choice that a link made, or of all three where it made none."""
    key, made = _key(request), request.query_params.get("choice", "")
    choices = [_choice_of(made)] if made else list(_PROMISES)
    with service_of(request).catalogue.reading() as desk:
        _, paper = _paper(desk, key, request.query_params.get("paper", ""))
    shown = {
        "paper": views.paper_view(paper),
        "choices": [(choice, *_PROMISES[choice]) for choice in choices],
        "address": f"{_address(request)}/say",
    }
    return page(request, "subscription_say.html", shown, headers=UNKEPT)


def _say(request: Request, form: Form) -> Response:
    key, choice = _key(request), _choice_of(first(form, "choice"))
    with service_of(request).catalogue.writing() as desk:
        paper_key, _ = _paper(desk, key, first(form, "paper"))
        reader_key = existing(desk, key).reader_key
        desk.interests.say(
            paper_key, choice, present(), subscription_key=key, reader_key=reader_key
        )
    return onward(f"{_address(request)}#said")


def _way_out(request: Request) -> Response:
    key = _key(request)
    with service_of(request).catalogue.reading() as desk:
        found = existing(desk, key)
    shown = {"subscription": found, "address": request.url.path, "preferences": _address(request)}
    return page(request, "unsubscribe.html", shown, headers=UNKEPT)


def _leave(request: Request) -> Response:
    """End the letters at once, whoever sends this and whatever else it holds (RFC 8058)."""
    key = _key(request)
    with service_of(request).catalogue.writing() as desk:
        stop(desk, key, LEFT, present())
        found = desk.subscriptions.get(key)
    if "text/html" not in request.headers.get("accept", ""):
        return HTMLResponse("You get no further letters.\n", headers=UNKEPT)
    return page(request, "unsubscribed.html", {"subscription": found}, headers=UNKEPT)


def _key(request: Request) -> int:
    """The subscription whose letter led here; NotFoundError if it was none of ours."""
    key = read_by(service_of(request).signing_key, request.path_params["token"])
    if key is None:
        raise NotFoundError(
            "This link is of no letter of ours.", hint="Open the whole link, as the letter has it."
        )
    return key


def _address(request: Request) -> str:
    return f"{PREFERENCES_PATH}/{request.path_params['token']}"


def _choice_of(text: str) -> Choice:
    try:
        return Choice(text)
    except ValueError:
        raise InputError("One may save a paper, or want more or less like it.") from None


def _paper(desk: Desk, key: int, name: str) -> tuple[int, Paper]:
    existing(desk, key)
    found = desk.papers.get(name) if name and "\0" not in name else None
    if found is None:
        raise NotFoundError("That paper is not here any more.")
    return found


routes: list[BaseRoute] = [
    Route(_PREFERENCES, _preferences),
    Route(_PREFERENCES, posted(_choose), methods=["POST"]),
    Route(f"{_PREFERENCES}/searches", posted(_keep_search), methods=["POST"]),
    Route(f"{_PREFERENCES}/say", _choice),
    Route(f"{_PREFERENCES}/say", posted(_say), methods=["POST"]),
    Route(_UNSUBSCRIBE, _way_out),
    Route(_UNSUBSCRIBE, _leave, methods=["POST"]),
]
