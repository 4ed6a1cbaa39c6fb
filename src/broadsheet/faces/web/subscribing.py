"""The pages on which one subscribes to letters: nothing begins without a button."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from broadsheet.catalogue import Wishes
from broadsheet.digests import (
    ASK_WINDOW,
    CONFIRM_PATH,
    CONFIRM_WITHIN,
    PREFERENCES_PATH,
    add,
    address_in,
    ask,
    chosen,
    confirm,
    confirmed_by,
    existing,
    reader_token,
)
from broadsheet.errors import NotFoundError
from broadsheet.faces.answers import UNKEPT, service_of
from broadsheet.faces.guard import present
from broadsheet.faces.web.forms import Form, first, onward, posted
from broadsheet.faces.web.rendering import page
from broadsheet.faces.web.wishes import choices, told, wishes_in
from broadsheet.faces.who import who

PATH = "/subscribe"
SENT = f"{PATH}/sent"
_HOUR_SECONDS = 3600


def _subscribe(request: Request) -> Response:
    section = request.query_params.get("section", "")
    service, asker = service_of(request), who(request)
    reader = asker.reader if asker else None
    email = (reader.email or "") if reader and reader.confirmed else ""
    with service.catalogue.reading() as desk:
        sections = desk.sections.all()
        held = desk.subscriptions.at(email, section) if email else None
    shown = {
        **choices(held.wishes if held else Wishes(zone=service.settings.time_zone)),
        "section": section,
        "sections": sections,
        "email": email,
        "is_new": held is None,
    }
    return page(request, "subscribe.html", shown, headers=UNKEPT)


def _take(request: Request, form: Form) -> Response:
    """Ask for a confirmation, or begin at once with a reader's own address."""
    email, wishes = address_in(first(form, "email")), wishes_in(form)
    service, asker, now = service_of(request), who(request), present()
    section = first(form, "section")
    with service.catalogue.writing() as desk:
        if section and desk.sections.named(section) is None:
            raise NotFoundError("There is no such section.")
        chosen(desk, wishes)
        reader = asker.reader if asker and asker.reader.suspended is None else None
        if reader and reader.confirmed and reader.email == email:
            held = desk.subscriptions.at(email, section)
            found = add(desk, email, section, wishes, now, reader.key)
            # One that is there already is changed: that is what the form shows.
            if held:
                desk.subscriptions.choose(found.key, wishes_in(form, held.wishes))
            token = reader_token(service.signing_key, found.key)
            return onward(f"{PREFERENCES_PATH}/{token}")
        ask(desk, email, section, wishes, now, service.signing_key)
    return onward(SENT)


def _sent(request: Request) -> Response:
    shown = {
        "days": CONFIRM_WITHIN.days,
        "hours": int(ASK_WINDOW.total_seconds()) // _HOUR_SECONDS,
        "is_shown_to_operator": service_of(request).settings.mail_url is None,
    }
    return page(request, "subscribe_sent.html", shown, headers=UNKEPT)


def _confirmation(request: Request) -> Response:
    with service_of(request).catalogue.reading() as desk:
        found = existing(desk, _asked_for(request))
    shown = {"subscription": found, "when": told(found.wishes)}
    return page(request, "subscribe_confirm.html", shown, headers=UNKEPT)


def _confirm(request: Request, _form: Form) -> Response:
    service, key = service_of(request), _asked_for(request)
    with service.catalogue.writing() as desk:
        confirm(desk, key, present())
    return onward(f"{PREFERENCES_PATH}/{reader_token(service.signing_key, key)}")


def _asked_for(request: Request) -> int:
    """The subscription that a confirmation's link is of; NotFoundError if it is of none."""
    key = confirmed_by(service_of(request).signing_key, request.path_params["token"])
    if key is None:
        raise NotFoundError(
            "This link is of no letter of ours, or it is too old.", hint="Subscribe again."
        )
    return key


routes: list[BaseRoute] = [
    Route(PATH, _subscribe),
    Route(PATH, posted(_take), methods=["POST"]),
    Route(SENT, _sent),
    Route(f"{CONFIRM_PATH}/{{token}}", _confirmation),
    Route(f"{CONFIRM_PATH}/{{token}}", posted(_confirm), methods=["POST"]),
]
