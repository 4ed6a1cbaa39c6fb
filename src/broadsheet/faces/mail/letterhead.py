"""What all letters of a site have in common: from whom, from where, and how they are signed."""

import hashlib
import hmac
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from broadsheet.errors import InputError, SettingError
from broadsheet.faces.mail.addresses import Address, read_address
from broadsheet.faces.mail.dkim import Signer, read_signer
from broadsheet.faces.mail.headers import one_line
from broadsheet.settings import Settings

_MARK_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The site's name, its address without a slash at the end, and who letters are from.

    `returns` is where failures are told; with `marks` each letter has one of its own there (VERP).
    """

    site: str
    base: str
    sender: Address
    returns: Address
    marks: bytes | None = None
    signer: Signer | None = None

    def return_path(self, key: int) -> Address:
        """Where failures of the letter with a key are told."""
        if self.marks is None:
            return self.returns
        return self.returns.marked(f"{key}-{_mark(self.marks, key)}")

    def marked_letter(self, local: str) -> int | None:
        """The key of the letter that the left part of a return path is of, None if it is forged."""
        if self.marks is None:
            return None
        key, _, mark = local.rpartition("+")[2].partition("-")
        if not key.isdecimal() or not key.isascii():
            return None
        is_ours = hmac.compare_digest(mark.encode(), _mark(self.marks, int(key)).encode())
        return int(key) if is_ours else None


def letterhead_of(settings: Settings, signing_key: bytes) -> Letterhead:
    """The letterhead that the settings choose; SettingError for one that cannot be."""
    if settings.mail_url is not None and settings.base_url is None:
        # Whoever asks for a page names its host; that is nothing to put into a letter.
        raise SettingError(
            "There is a `mail_url` and no `base_url`: links in letters would lead nowhere.",
            hint="Set `base_url` to the public address of the pages.",
        )
    base = (settings.base_url or f"http://{settings.host}:{settings.port}").rstrip("/")
    host = urlsplit(settings.base_url or "").hostname or socket.gethostname()
    sender = _address("mail_from", settings.mail_from or f"broadsheet@{host}")
    returns = _address("mail_return_path", settings.mail_return_path or str(sender))
    return Letterhead(
        site=one_line(settings.site_name) or "Broadsheet",
        base=base,
        sender=sender,
        returns=returns,
        marks=signing_key if settings.mail_return_path else None,
        signer=_signer(settings, sender),
    )


def _signer(settings: Settings, sender: Address) -> Signer | None:
    if settings.mail_dkim_key is None:
        return None
    if not settings.mail_dkim_selector:
        raise SettingError(
            "There is a `mail_dkim_key` and no `mail_dkim_selector`.",
            hint="Name the selector that the key is published under.",
        )
    domain = settings.mail_dkim_domain or sender.domain
    return read_signer(
        settings.mail_dkim_key.get_secret_value(), domain, settings.mail_dkim_selector
    )


def _address(setting: str, text: str) -> Address:
    try:
        return read_address(text)
    except InputError as error:
        raise SettingError(
            f"`{setting}` is no address for mail: {text!r}.", hint=error.hint
        ) from None


def _mark(key: bytes, number: int) -> str:
    """What nobody else can put behind the number of a letter."""
    return hmac.new(key, b"return\0%d" % number, hashlib.sha256).hexdigest()[:_MARK_DIGITS]
