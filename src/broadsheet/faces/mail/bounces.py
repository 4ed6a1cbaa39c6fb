"""What came back: failure reports, complaints and other mail, read whatever state it is in."""

import quopri
import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message as Mail
from email.utils import getaddresses
from itertools import chain

from broadsheet.catalogue import BounceKind
from broadsheet.faces.mail.headers import one_line
from broadsheet.faces.mail.letterhead import Letterhead

_LONGEST_DETAIL = 300
_MOST_PARTS = 50
# A code of RFC 3463, and no part of an address on the internet.
_STATUS = re.compile(r"(?<![\d.])[245]\.[0-7]\.\d{1,3}(?!\.?\d)")
_FIELD = re.compile(r"^([A-Za-z][A-Za-z0-9-]*)[ \t]*:[ \t]*(.*(?:\n[ \t].*)*)", re.MULTILINE)
_OUR_ID = re.compile(r"<?([0-9a-f]{40})@")
_TOLD_ID = re.compile(r"^Message-ID:\s*<([0-9a-f]{40})@", re.MULTILINE | re.IGNORECASE)
# A full mailbox, a letter too large, a server's own troubles, loops, a way that took too long,
# content, and refusals for the sake of a policy: the address is not wrong (RFC 3463).
_NOT_FOR_GOOD = re.compile(r"5\.(?:2\.[23]$|3\.|4\.(?:[67]$|3\d\d)|5\.[1-9]|6\.|7\.)")
# What qmail's reports begin with, and what comes before the letter in those of qmail and Exim.
_QMAIL = "hi. this is the"
_COPY = re.compile(r"^-+ ?(?:below this line is|this is) a copy of", re.MULTILINE | re.IGNORECASE)
_ANSWERED = ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress")
_SENT_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
_COMPLAINTS = ("abuse", "fraud", "opt-out", "virus")
_FAILED, _GOES_ON = "failed", ("delayed", "relayed", "delivered", "expanded")


@dataclass(frozen=True, slots=True)
class Returned:
    """What a mail says: a bounce of a `kind`, or why it is `ignored`, or why it is `unknown`.

    The letter is told by the mark of its return path (`letter_key`) or by the left part of its
    Message-ID, neither of which anybody can guess who did not get the letter.
    """

    kind: BounceKind | None = None
    detail: str = ""
    letter_key: int | None = None
    message_id: str | None = None
    ignored: str = ""
    unknown: str = ""


def read_returned(raw: bytes, head: Letterhead) -> Returned:
    """Read a mail that came to the return path (RFC 3464, 5965, 3834); never raises."""
    try:
        return _read(raw, head)
    # The email package meets malformed mail with errors of many kinds.
    except Exception as error:
        return Returned(unknown=f"It cannot be read: {type(error).__name__}.")


def _read(raw: bytes, head: Letterhead) -> Returned:
    mail = message_from_bytes(raw, policy=policy.compat32)
    parts = _parts(mail)
    kinds = {part.get_content_type() for part in parts}
    if "message/feedback-report" in kinds:
        kind, detail = _complaint(parts)
    elif kinds & {"message/delivery-status", "message/global-delivery-status"}:
        kind, detail = _failure(parts)
    elif failure := _plain_failure(mail):
        kind, detail = refusal_of(failure), failure
    elif _is_automatic(mail):
        return Returned(ignored="An automatic answer.")
    else:
        return Returned(unknown="It is no report that is known.")
    if kind is None:
        return Returned(ignored=detail) if detail else Returned(unknown="It reports of nobody.")
    letter, message_id = _marked(parts, head), _message_id(parts)
    if letter is None and message_id is None:
        return Returned(unknown="It reports of no letter of ours.")
    return Returned(kind, one_line(detail)[:_LONGEST_DETAIL], letter, message_id)


def kind_of(code: str) -> BounceKind:
    """Whether a failure is for good or for now by its code (RFC 3463); for good without one."""
    is_soft = code.startswith("4") or bool(_NOT_FOR_GOOD.match(code))
    return BounceKind.SOFT if is_soft else BounceKind.HARD


def refusal_of(told: str) -> BounceKind:
    """What a server's refusal of an address says of it (RFC 5321, 4.2).

    Without a code of RFC 3463 it is one for now: 550 also means that a server does not like ours.
    """
    status = _STATUS.search(told)
    return kind_of(status[0]) if status else BounceKind.SOFT


def _failure(parts: list[Mail]) -> tuple[BounceKind | None, str]:
    """Whether a delivery failed for good or for now; without either what else is said."""
    goes_on = ""
    for fields in _groups(parts, "delivery-status"):
        action = fields.get("action", "").split(" ")[0].lower()
        if action == _FAILED:
            diagnosis = fields.get("diagnostic-code", "")
            code = _code(fields.get("status", ""), diagnosis)
            return kind_of(code), f"{code} {diagnosis}".strip() or _FAILED
        if action in _GOES_ON:
            goes_on = "It says that nothing failed so far."
    return None, goes_on


def _code(status: str, diagnosis: str) -> str:
    """The code of a failure: what the other server said where the report has none but x.0.0."""
    codes = [found[0] for told in (status, diagnosis) if (found := _STATUS.search(told))]
    return next((code for code in codes if not code.endswith(".0.0")), codes[0] if codes else "")


def _plain_failure(mail: Mail) -> str:
    """What a report says that is text alone, as qmail and old Exims write it; empty for others."""
    text = _text(mail)
    if "X-Failed-Recipients" in mail or text.lstrip().lower().startswith(_QMAIL):
        return " ".join(_COPY.split(text)[0].split())
    return ""


def _text(mail: Mail) -> str:
    """The text of a mail without parts, empty if it has any."""
    content = mail.get_payload(decode=True)
    return _lines(content.decode("utf-8", "replace")) if isinstance(content, bytes) else ""


def _complaint(parts: list[Mail]) -> tuple[BounceKind | None, str]:
    """That somebody called a letter spam; without it what else is said."""
    for fields in _groups(parts, "feedback-report"):
        kind = fields.get("feedback-type", "").lower()
        if kind in _COMPLAINTS:
            return BounceKind.COMPLAINT, kind
        if kind:
            return None, "A report that is no complaint."
    return None, ""


def _parts(mail: Mail) -> list[Mail]:
    """A mail's parts, each once, however deep; not more than anybody needs."""
    found: list[Mail] = []
    for part in mail.walk():
        found.append(part)
        if len(found) == _MOST_PARTS:
            break
    return found


def _groups(parts: list[Mail], kind: str) -> Iterator[dict[str, str]]:
    """The groups of fields of a report, by names in lower case."""
    for part in parts:
        if not part.get_content_type().endswith(kind):
            continue
        content = part.get_payload()
        held = content if isinstance(content, list) else [content]
        text = _decoded(part, "\n\n".join(_lines(one).strip("\n") for one in held))
        for block in re.split(r"\n[ \t]*\n", text):
            fields = {name.lower(): one_line(value) for name, value in _FIELD.findall(block)}
            if fields:
                yield fields


def _decoded(part: Mail, text: str) -> str:
    """The text of a part that is a report: some servers encode it, against RFC 3464, 2.1."""
    match str(part.get("Content-Transfer-Encoding", "")).strip().lower():
        case "base64":
            return _lines(b64decode("".join(text.split())).decode("utf-8", "replace"))
        case "quoted-printable":
            return _lines(quopri.decodestring(text.encode()).decode("utf-8", "replace"))
    return text


def _marked(parts: list[Mail], head: Letterhead) -> int | None:
    """The key of the letter whose mark is in an address of a report.

    In one that it was sent to, or in the return path of the letter that it tells of.
    """
    told = [value for name in _SENT_TO for value in parts[0].get_all(name, [])]
    told += [value for part in parts[1:] for value in part.get_all("Return-Path", [])]
    told += [fields.get("original-mail-from", "") for fields in _groups(parts, "feedback-report")]
    # One by one: a value that is malformed would take the others with it.
    for _, address in chain.from_iterable(getaddresses([str(value)]) for value in told):
        letter = head.marked_letter(address.rpartition("@")[0])
        if letter is not None:
            return letter
    return None


def _message_id(parts: list[Mail]) -> str | None:
    """The left part of the Message-ID of the letter that a report brings back, if it is ours."""
    if copied := _TOLD_ID.search(_text(parts[0])):
        return copied[1]
    answers = [str(parts[0].get(name, "")).split() for name in ("In-Reply-To", "References")]
    if found := next(filter(None, map(_OUR_ID.match, chain(*answers))), None):
        return found[1]
    for part in parts[1:]:
        told = [str(part.get("Message-ID", ""))]
        if part.get_content_type() == "text/rfc822-headers":
            fields = _FIELD.findall(_lines(part.get_payload()))
            told += [value for name, value in fields if name.lower() == "message-id"]
        for text in told:
            if found := _OUR_ID.match(text.strip()):
                return found[1]
    return None


def _is_automatic(mail: Mail) -> bool:
    """Whether a program answered: on holiday, out of office, a list's own replies."""
    submitted = str(mail.get("Auto-Submitted", "no")).strip().lower()
    precedence = str(mail.get("Precedence", "")).strip().lower()
    is_marked = any(name in mail for name in _ANSWERED)
    return (
        submitted.startswith("auto-") or is_marked or precedence in ("auto_reply", "bulk", "junk")
    )


def _lines(text: object) -> str:
    return str(text).replace("\r\n", "\n")
