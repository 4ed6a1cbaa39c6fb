"""What mail providers tell of letters, in the shapes of Postmark and of SES over SNS."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from broadsheet.catalogue import Bounce, BounceKind
from broadsheet.errors import InputError
from broadsheet.faces.bodies import json_object
from broadsheet.faces.mail.headers import one_line

_POSTMARK = {
    "HardBounce": BounceKind.HARD,
    "BadEmailAddress": BounceKind.HARD,
    "ManuallyDeactivated": BounceKind.HARD,
    "SoftBounce": BounceKind.SOFT,
    "Transient": BounceKind.SOFT,
    "DnsError": BounceKind.SOFT,
    "SpamNotification": BounceKind.COMPLAINT,
    "SpamComplaint": BounceKind.COMPLAINT,
}
_SES = {"Permanent": BounceKind.HARD, "Transient": BounceKind.SOFT}
_LONGEST = 300


def told_by_postmark(body: bytes, now: datetime) -> list[Bounce]:
    """The bounces that a webhook of Postmark tells; InputError for what is none of its."""
    told = json_object(body)
    kind = _POSTMARK.get(str(told.get("Type", told.get("RecordType", ""))))
    if kind is None:
        return []
    origin = f"postmark {told.get('ID', '')} {told.get('MessageID', '')}"
    return [_bounce(told.get("Email"), kind, origin, told.get("Description"), now)]


def told_by_ses(body: bytes, now: datetime) -> list[Bounce]:
    """The bounces that a notification of SES over SNS tells; InputError for what is none of its."""
    message = json_object(_text(json_object(body), "Message").encode())
    kind = str(message.get("notificationType", message.get("eventType", "")))
    mail = message.get("mail")
    name = mail.get("messageId", "") if isinstance(mail, Mapping) else ""
    if kind == "Bounce":
        told = _within(message, "bounce")
        found = _SES.get(str(told.get("bounceType")), BounceKind.SOFT)
        recipients, reason = told.get("bouncedRecipients"), "diagnosticCode"
    elif kind == "Complaint":
        told, found = _within(message, "complaint"), BounceKind.COMPLAINT
        recipients, reason = told.get("complainedRecipients"), "complaintFeedbackType"
    else:
        return []
    if not isinstance(recipients, list):
        raise InputError("The notification names no recipients.")
    origin = f"ses {told.get('feedbackId', '')} {name}"
    return [
        _bounce(
            one.get("emailAddress"),
            found,
            f"{origin} {number}",
            one.get(reason) or told.get("bounceSubType"),
            now,
        )
        for number, one in enumerate(recipients)
        if isinstance(one, Mapping)
    ]


def message_of(body: bytes) -> Mapping[str, Any]:
    """An SNS message, which has a type and a topic; InputError for what is none."""
    told = json_object(body)
    _text(told, "Type")
    _text(told, "TopicArn")
    return told


def _bounce(email: Any, kind: BounceKind, origin: str, why: Any, now: datetime) -> Bounce:
    address = one_line(str(email or ""))
    if "@" not in address:
        raise InputError("The notification names no address.")
    detail = one_line(str(why or kind))[:_LONGEST]
    return Bounce(address.lower(), kind, one_line(origin)[:_LONGEST], detail, now)


def _within(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = told.get(name)
    if not isinstance(found, Mapping):
        raise InputError(f"The notification has no `{name}`.")
    return found


def _text(told: Mapping[str, Any], name: str) -> str:
    found = told.get(name)
    if not isinstance(found, str):
        raise InputError(f"The notification has no text `{name}`.")
    return found
