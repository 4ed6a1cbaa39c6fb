"""What requests bring along, read with care: JSON objects, and keys in addresses and forms."""

import json
import re
from typing import Any

from starlette.convertors import Convertor, register_url_convertor

from broadsheet.errors import InputError

_KEY = "[0-9]{1,18}"
"""So long that the database can hold it; nothing has a longer one."""


class _Keys(Convertor[int]):
    """`{name:key}` in a route's path."""

    regex = _KEY

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("key", _Keys())


def key_in(text: str) -> int | None:
    """The key that a form's field is, None if nothing can have such a key."""
    return int(text) if re.fullmatch(_KEY, text) else None


def json_object(sent: bytes) -> dict[str, Any]:
    """The JSON object that was sent; InputError for what is none, or holds half a character.

    JSON may escape a lone surrogate (RFC 8259, 8.2), which no text that is kept or sent on can
    hold.
    """
    try:
        told = json.loads(sent)
        json.dumps(told, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise InputError(
            "The body holds half a character.", hint="Escape both halves, as \\ud83d\\udc4d."
        ) from error
    except (ValueError, RecursionError) as error:
        raise InputError("The body is not JSON.", hint="Send one JSON object.") from error
    if not isinstance(told, dict):
        raise InputError("The body must be one JSON object.")
    return told
