"""Who stands at the other end of a connection: whom a trusted proxy names, before all else."""

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from broadsheet.faces.guard import NAMED, asker, is_among
from broadsheet.settings import Settings


class Peers:
    """Takes the header that names who asks out of every request, and believes it of proxies only.

    The connection's own address counts, so this stands before anything that believes
    `X-Forwarded-For`.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        """Stand in front of `app`."""
        self._app, self._settings = app, settings
        self._header = settings.account_header.lower().encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, without the header."""
        if scope["type"] == "http" and self._settings.accounts == "header":
            names = [value for name, value in scope["headers"] if name == self._header]
            rest = [pair for pair in scope["headers"] if pair[0] != self._header]
            scope = {**scope, "headers": rest}
            peer = asker(HTTPConnection(scope))
            # Two names are none: somebody else may have added one of them.
            if len(names) == 1 and is_among(peer, self._settings.account_proxies):
                scope[NAMED] = names[0].decode("utf-8", "replace").strip()
        await self._app(scope, receive, send)
