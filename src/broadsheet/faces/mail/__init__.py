"""Letters: what they look like, how they are handed over, and what is told of that."""

from broadsheet.faces.mail.checking import Finding, Inquiry, Verdict, examine, read_server
from broadsheet.faces.mail.hooks import message_of, told_by_postmark, told_by_ses
from broadsheet.faces.mail.imap import Imap, read_box
from broadsheet.faces.mail.letterhead import Letterhead, letterhead_of
from broadsheet.faces.mail.letters import compose, written
from broadsheet.faces.mail.opening import folder_of, open_post, remove_strays, transport_of
from broadsheet.faces.mail.post import LetterQueue, Pace, Post, letters_sent
from broadsheet.faces.mail.previewing import previewed, subscription_of
from broadsheet.faces.mail.returning import Taken, act_on, mailboxes_of, take_returned
from broadsheet.faces.mail.smtp import Relay, Smtp, read_relay
from broadsheet.faces.mail.sns import certificate_of, is_signed
from broadsheet.faces.mail.status import (
    MailStanding,
    checks,
    mail_standing,
    posted_json,
    standing_json,
)
from broadsheet.faces.mail.timeouts import Patience
from broadsheet.faces.mail.transports import Folder, Message, Outcome, Transport

__all__ = [
    "Finding",
    "Folder",
    "Imap",
    "Inquiry",
    "LetterQueue",
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
    "Verdict",
    "act_on",
    "certificate_of",
    "checks",
    "compose",
    "examine",
    "folder_of",
    "is_signed",
    "letterhead_of",
    "letters_sent",
    "mail_standing",
    "mailboxes_of",
    "message_of",
    "open_post",
    "posted_json",
    "previewed",
    "read_box",
    "read_relay",
    "read_server",
    "remove_strays",
    "standing_json",
    "subscription_of",
    "take_returned",
    "told_by_postmark",
    "told_by_ses",
    "transport_of",
    "written",
]
