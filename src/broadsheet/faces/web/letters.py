"""The operator's page of letters: their fates, those to decide on, what is in the folder."""

from datetime import date, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from broadsheet.catalogue import Desk, Fate, Posted
from broadsheet.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from broadsheet.faces.answers import UNKEPT, service_of
from broadsheet.faces.guard import asker, present
from broadsheet.faces.mail import folder_of, mail_standing
from broadsheet.faces.web.forms import Form, first, onward, posted
from broadsheet.faces.web.operator import may_see
from broadsheet.faces.web.rendering import page
from broadsheet.faces.who import who
from broadsheet.people import Role

PATH = "/letters"
_SHOWN = 100
_RUNS = timedelta(days=14)
"""How far back the runs of regular letters are counted."""
_LARGEST_KEY = 2**63 - 1
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
FRAMED = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; form-action 'none'; "
    "base-uri 'none'; sandbox"
)
"""What the HTML part of a letter may do: be looked at."""
FRAMING = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def _letters(request: Request) -> Response:
    """How the post stands, the last runs, what is to be decided on, and the last letters."""
    operator_only(request)
    service, now = service_of(request), present()
    day = _day(request.query_params.get("day", ""))
    chosen, before = (request.query_params.get(name, "") for name in ("state", "before"))
    if chosen and chosen not in list(Fate):
        raise InputError(f"There is no state {chosen!r}.", hint=f"States are {', '.join(Fate)}.")
    standing = mail_standing(service, now)
    with service.catalogue.reading() as desk:
        runs = desk.mailings.days(now - _RUNS)
        last = _listed(
            desk, day, Fate(chosen) if chosen else None, _key(before) if before else None
        )
        shown = {
            "uncertain": _listed(desk, day, Fate.UNCERTAIN),
            "subscriptions": desk.subscriptions.counts(),
            "refused": desk.bounces.suppressed_count(),
            "odd": desk.bounces.unknown_count(),
        }
    # Letters of an older day are listed, but not counted.
    of_day = [run.counts for run in runs if run.day == day]
    shown |= {
        "standing": standing,
        "runs": runs,
        "counts": (of_day or [{}])[0] if day else standing.counts,
        "letters": last,
        "day": day,
        "state": chosen,
        "more": last[-1].key if len(last) == _SHOWN else None,
        "zone": service.settings.zone,
        "kept_here": service.settings.mail_url is None,
    }
    return page(request, "letters.html", shown, headers=UNKEPT)


def _listed(
    desk: Desk, day: date | None, fate: Fate | None, before: int | None = None
) -> list[Posted]:
    """The last letters, or the last regular ones of a day."""
    if day is None:
        return desk.outbox.listed(fate, _SHOWN, before)
    return desk.mailings.letters(day, fate, _SHOWN, before)


def _letter(request: Request) -> Response:
    """One letter: its fate and, where letters are put into a folder, what it says."""
    operator_only(request)
    service = service_of(request)
    found = _found(request)
    message = _message(request, found)
    shown = {
        "posted": found,
        "zone": service.settings.zone,
        "kept_here": service.settings.mail_url is None,
        "headers": [(name, str(value)) for name, value in message.items()] if message else [],
        "text": _part(message, "plain") if message else None,
    }
    headers = {**UNKEPT, "Content-Security-Policy": FRAMING}
    return page(request, "letter.html", shown, headers=headers)


def _framed(request: Request) -> Response:
    """The HTML part of a letter, which may do nothing but be looked at."""
    operator_only(request)
    message = _message(request, _found(request))
    if message is None:
        raise NotFoundError("What this letter says is not kept here.")
    headers = {**UNKEPT, "Content-Security-Policy": FRAMED}
    return HTMLResponse(_part(message, "html"), headers=headers)


def _decide(request: Request, form: Form) -> Response:
    """Send an uncertain letter again, or drop it."""
    operator_only(request)
    again = _says_again(form)
    key = _key(request.path_params["key"])
    with service_of(request).catalogue.writing() as desk:
        if not desk.outbox.decide(key, present(), again=again):
            raise ConflictError(
                f"Letter {key} cannot be decided on: it is not uncertain, or over.",
                hint="What is over can only be dropped.",
            )
    return onward(_way_back(first(form, "day")))


def _decide_all(request: Request, form: Form) -> Response:
    """Send all the uncertain letters that were shown again, or drop them.

    What cannot be sent any more stays as it is, and that is said.
    """
    operator_only(request)
    again, keys = _says_again(form), [_key(text) for text in first(form, "keys").split()]
    if len(keys) > _SHOWN:
        raise InputError(f"At most {_SHOWN} letters are decided on at once.")
    now = present()
    with service_of(request).catalogue.writing() as desk:
        left = [key for key in keys if not desk.outbox.decide(key, now, again=again)]
    if left:
        raise ConflictError(
            f"{len(left)} of {len(keys)} letters are not uncertain any more, or over. All others "
            f"are {'sent again' if again else 'dropped'}.",
            hint="What is over can only be dropped.",
        )
    return onward(_way_back(first(form, "day")))


def _says_again(form: Form) -> bool:
    choice = first(form, "choice")
    if choice not in ("again", "drop"):
        raise InputError("Say whether the letter is sent again or dropped.")
    return choice == "again"


def _day(text: str) -> date | None:
    """The day that a text is, None for none; InputError for what is no day."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError(f"{text!r} is no day.", hint="Write it like 2026-11-21.") from None


def _way_back(day: str) -> str:
    """The page of letters, of a day if one was shown."""
    found = _day(day)
    return f"{PATH}?day={found}" if found else PATH


def operator_only(request: Request) -> None:
    """Raise ForbiddenError for anybody but an admin and the operator's addresses."""
    if not (_is_admin(request) or may_see(asker(request), service_of(request).settings)):
        raise ForbiddenError(
            "This page is shown to the operator and to admins only.",
            hint="Addresses that may see it are named in the setting `operator_addresses`.",
        )


def _is_admin(request: Request) -> bool:
    found = who(request)
    return found is not None and found.may(Role.ADMIN)


def may_read(request: Request) -> bool:
    """Whether what letters say may be shown: links in them let people in.

    To whoever asks from the operator's addresses only where the site is this machine's own, by its
    own name: behind a proxy that hides who asks everybody seems to be here.
    """
    base = service_of(request).settings.base_url
    is_own = base is None or urlsplit(base).hostname in _LOOPBACK
    return _is_admin(request) or (is_own and request.url.hostname in _LOOPBACK)


def _found(request: Request) -> Posted:
    """The letter that a path names; NotFoundError if there is none."""
    key = _key(request.path_params["key"])
    with service_of(request).catalogue.reading() as desk:
        found = desk.outbox.get(key)
    if found is None:
        raise NotFoundError(f"There is no letter {key}.")
    return found


def _key(text: str) -> int:
    """The key that a text is; NotFoundError for one that no letter can have."""
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= _LARGEST_KEY):
        raise NotFoundError("There is no such letter.")
    return int(text)


def _message(request: Request, found: Posted) -> EmailMessage | None:
    """The message as it was put into the folder, None if it was not or may not be shown."""
    if not may_read(request):
        return None
    content = folder_of(service_of(request).settings).read(found.message_id)
    return None if content is None else message_from_bytes(content, policy=default)


def _part(message: EmailMessage, kind: str) -> str:
    """The text of one part of a message."""
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""


routes: list[BaseRoute] = [
    Route(PATH, _letters),
    Route(f"{PATH}/{{key}}", _letter),
    Route(f"{PATH}/{{key}}/html", _framed),
    Route(f"{PATH}/{{key}}", posted(_decide), methods=["POST"]),
    Route(PATH, posted(_decide_all), methods=["POST"]),
]
