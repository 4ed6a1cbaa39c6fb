"""Letters: what they look like, how they are handed over, and what is told of that."""

from broadsheet.faces.mail.hooks import message_of, told_by_postmark, told_by_ses
from broadsheet.faces.mail.letterhead import Letterhead, letterhead_of
from broadsheet.faces.mail.letters import compose, written
from broadsheet.faces.mail.opening import folder_of, open_post, remove_strays, transport_of
from broadsheet.faces.mail.post import Pace, Post, Turns, letters_sent
from broadsheet.faces.mail.previewing import previewed, subscription_of
from broadsheet.faces.mail.returning import Taken, act_on, take_returned
from broadsheet.faces.mail.smtp import Patience, Relay, Smtp, read_relay
from broadsheet.faces.mail.sns import certificate_of, is_signed
from broadsheet.faces.mail.standing import (
    MailStanding,
    checks,
    mail_standing,
    posted_json,
    standing_json,
)
from broadsheet.faces.mail.transports import Folder, Message, Outcome, Transport

__all__ = [
    "Folder",
    "Letterhead",
    "MailStanding",
    "Message",
    "Outcome",
    "Pace",
    "Patience",
    "Post",
    "Relay",
    "Smtp",
    "Taken",
    "Transport",
    "Turns",
    "act_on",
    "certificate_of",
    "checks",
    "compose",
    "folder_of",
    "is_signed",
    "letterhead_of",
    "letters_sent",
    "mail_standing",
    "message_of",
    "open_post",
    "posted_json",
    "previewed",
    "read_relay",
    "remove_strays",
    "standing_json",
    "subscription_of",
    "take_returned",
    "told_by_postmark",
    "told_by_ses",
    "transport_of",
    "written",
]
