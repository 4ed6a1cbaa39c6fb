"""The body of a message: the same as text and as HTML, in seven bits, which all servers pass on."""

import quopri
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32

# The policy that reads no header again: the others take twice as long.
_WIRE = compat32.clone(linesep="\r\n", mangle_from_=False)
_LONGEST_LINE = 990


def alternatives(text: str, html: str) -> bytes:
    """A `multipart/alternative` (RFC 2046, 5.1.4) with its headers, the richer part last."""
    parts = [_part("plain", text), _part("html", html)]
    whole = MIMEMultipart("alternative", _subparts=parts, policy=_WIRE)
    del whole["MIME-Version"]
    return whole.as_bytes()


def _part(kind: str, content: str) -> MIMENonMultipart:
    """One part: text that is short and plain stays readable as it is, all else is encoded."""
    lines = content.replace("\r\n", "\n").replace("\r", "\n")
    is_readable = kind == "plain" and _is_plain(lines)
    part = MIMENonMultipart("text", kind, policy=_WIRE, charset="utf-8")
    del part["MIME-Version"]
    part["Content-Transfer-Encoding"] = "7bit" if is_readable else "quoted-printable"
    encoded = lines if is_readable else quopri.encodestring(lines.encode()).decode("ascii")
    part.set_payload(encoded)
    return part


def _is_plain(text: str) -> bool:
    return text.isascii() and all(len(line) < _LONGEST_LINE for line in text.splitlines())
