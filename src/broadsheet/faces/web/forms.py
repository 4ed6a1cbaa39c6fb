"""A form with a file, as browsers send it (RFC 7578), read within bounds."""

import re
from dataclasses import dataclass
from email.message import Message

from broadsheet.errors import InputError

_MOST_PARTS = 20
_LONGEST_HEAD = 4_096
_NAME = re.compile(r';\s*name="([^"]*)"', re.IGNORECASE)
_FILE_NAME = re.compile(r';\s*filename="([^"]*)"', re.IGNORECASE)
_HINT = "Use the form of the page."


@dataclass(frozen=True, slots=True)
class Part:
    """One field: its bytes, and what its file is called if it is one."""

    data: bytes
    file_name: str = ""


def read_form(content_type: str, body: bytes) -> dict[str, Part]:
    """The fields of a form by their names, of several alike the first.

    Raises InputError for what is not multipart/form-data, or broken.
    """
    boundary = _boundary(content_type)
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary, _MOST_PARTS)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise InputError("The form did not arrive in full.", hint="Send it once more.")
    parts: dict[str, Part] = {}
    for piece in pieces[1:-1]:
        head, _, data = piece.partition(b"\r\n\r\n")
        told = head[:_LONGEST_HEAD].decode("utf-8", "replace")
        if name := _NAME.search(told):
            file_name = _FILE_NAME.search(told)
            parts.setdefault(name[1], Part(data, file_name[1] if file_name else ""))
    return parts


def _boundary(content_type: str) -> bytes:
    head = Message()
    head["Content-Type"] = content_type.replace("\n", " ").replace("\r", " ")
    boundary = head.get_boundary()
    if head.get_content_type() != "multipart/form-data" or not boundary:
        raise InputError("A form with a file comes as multipart/form-data.", hint=_HINT)
    return boundary.encode("utf-8", "replace")
