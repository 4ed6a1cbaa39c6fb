"""Letters as messages: text and HTML by the templates of a kind, headers that nobody forges."""

from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound

from broadsheet.catalogue import DIGEST, Letter, Posted
from broadsheet.errors import InputError
from broadsheet.faces.mail.addresses import read_address
from broadsheet.faces.mail.digests import list_headers, spread
from broadsheet.faces.mail.headers import encoded, one_line, phrase
from broadsheet.faces.mail.letterhead import Letterhead
from broadsheet.faces.mail.mime import alternatives
from broadsheet.faces.mail.transports import Message
from broadsheet.faces.mail.wrapping import wrapped

LARGEST_HTML = 100_000
"""Bytes above which mail programs cut a letter off."""
_LONGEST_SUBJECT = 200
_LONGEST_VALUE = 8_000
_HTTP = ("https://", "http://")


def compose(posted: Posted, head: Letterhead, now: datetime) -> Message:
    """The message that a letter is, signed if the letterhead can; `now` is its date (aware).

    Raises InputError for a kind that there is not, for values that it lacks, for an address that
    cannot be one, and for a letter that is too long.
    """
    recipient = read_address(posted.letter.recipient)
    subject, text, html = written(posted, head)
    if len(html.encode()) > LARGEST_HTML:
        raise InputError(f"The letter has more than {LARGEST_HTML:,} bytes.")
    is_international = recipient.is_international or head.sender.is_international
    head_of_it = {
        "From": f"{phrase(head.site)} <{head.sender}>",
        "To": str(recipient),
        "Subject": encoded(subject),
        "Date": format_datetime(now),
        "Message-ID": f"<{posted.message_id}@{head.sender.domain}>",
        "Auto-Submitted": "auto-generated",
        **(list_headers(posted.letter, head) if posted.letter.kind == DIGEST else {}),
        "MIME-Version": "1.0",
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head_of_it.items())
    content = lines.encode() + alternatives(text, html)
    return Message(
        name=posted.message_id,
        sender=str(head.return_path(posted.key)),
        recipient=str(recipient),
        content=head.signer.sign(content) if head.signer else content,
        international=is_international,
    )


def written(posted: Posted, head: Letterhead) -> tuple[str, str, str]:
    """Subject, text and HTML of a letter; InputError as `compose`."""
    kind = posted.letter.kind
    values: Mapping[str, object] = {
        **_values(posted.letter, head),
        "site": head.site,
        "base": head.base,
        "until": posted.letter.expires,
    }
    try:
        told = _environment().get_template(f"{kind}.txt").render(values)
        html = _environment().get_template(f"{kind}.html").render(values)
    except TemplateNotFound:
        raise InputError(f"There is no kind of letter named {kind!r}.") from None
    except (TemplateError, ValueError) as error:
        raise InputError(f"A letter of the kind {kind} cannot be written: {error}.") from None
    subject, _, text = told.partition("\n")
    return one_line(subject)[:_LONGEST_SUBJECT], wrapped(text), _inliner().inline(html)


def _values(letter: Letter, head: Letterhead) -> Mapping[str, object]:
    """What the templates of a letter's kind are given of its values."""
    if letter.kind == DIGEST:
        return spread(letter, head)
    return {name: _value(name, text, head.base) for name, text in letter.values.items()}


def _value(name: str, text: str, base: str) -> str:
    """A value as templates get it; a `link` is made whole and leads to a page, never elsewhere."""
    line = one_line(text)[:_LONGEST_VALUE]
    if name != "link":
        return line
    whole = base + line if line.startswith("/") else line
    if not whole.startswith(_HTTP) or " " in whole:
        raise InputError("A letter's link leads to no page.")
    return whole


@lru_cache
def _environment() -> Environment:
    """The templates: what ends with `.html` is escaped."""
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@lru_cache
def _inliner() -> css_inline.CSSInliner:
    """Writes the style into the elements; what depends on the reader's screen stays a sheet."""
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
