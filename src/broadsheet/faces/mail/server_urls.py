"""Mail servers as URLs name them, with whatever is secret in them never shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from broadsheet.errors import SettingError

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class ServerUrl:
    """What a URL names: a server, who we are there, and a path without its slashes."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    path: str = ""

    def __str__(self) -> str:
        """The URL without the password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        path = f"/{self.path}" if self.path else ""
        return f"{self.scheme}://{self.user}{'@' * bool(self.user)}{host}:{self.port}{path}"


def is_here(host: str | None) -> bool:
    """Whether a host is this machine."""
    return host in _LOOPBACK


def read_server_url(
    setting: str, url: str, ports: Mapping[str, int], *, clear: str, hint: str
) -> ServerUrl:
    """The server that a setting's URL names; SettingError, which never shows it, if it names none.

    `ports` are those of the schemes that there are. Over the scheme `clear` a password goes only
    to this machine.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
    except ValueError:
        raise SettingError(f"`{setting}` is not a URL.", hint=hint) from None
    path = unquote(parts.path).strip("/")
    if parts.scheme not in ports or not host or parts.query or parts.fragment:
        raise SettingError(f"`{setting}` does not name a mail server.", hint=hint)
    if parts.scheme == clear and user and not is_here(host):
        raise SettingError(
            f"`{setting}` would send a password in the clear.",
            hint=f"Use {' or '.join(f'{one}://' for one in ports if one != clear)}.",
        )
    if any(not text.isprintable() for text in (host, user, password, path)):
        raise SettingError(f"`{setting}` holds control characters.", hint=hint)
    return ServerUrl(parts.scheme, host, port or ports[parts.scheme], user, password, path)
