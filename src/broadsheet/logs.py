"""Log lines: one event a line, to standard error, for people or as JSON, and never a secret."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Literal

import structlog

_CREDENTIALS = re.compile(r"(?<=://)[^/?#\s]+@")
_SECRET_NAMES = ("key", "password", "secret", "token", "authorization")
MASK = "********"


def set_up(style: Literal["auto", "console", "json"]) -> None:
    """Send log lines to standard error in a style; `auto` is `console` in a terminal."""
    for_people = style == "console" or (style == "auto" and sys.stderr.isatty())
    last: Any = (
        structlog.dev.ConsoleRenderer(
            # The one for people to admire shows local variables, and so keys and passwords.
            colors=False,
            exception_formatter=structlog.dev.plain_traceback,
        )
        if for_people
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            masked,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )


def masked(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """The event without secrets: values by name, and user and password in any address."""
    for name, value in event.items():
        if any(part in name.lower() for part in _SECRET_NAMES):
            event[name] = MASK
        elif isinstance(value, str):
            event[name] = _CREDENTIALS.sub(f"{MASK}@", value)
    return event
