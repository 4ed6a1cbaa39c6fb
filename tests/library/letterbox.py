"""The letters that a site without a mail server has put into its home."""

import re
import time
from email import message_from_bytes, policy
from pathlib import Path

from broadsheet.catalogue import Catalogue

_LINK = re.compile(r"https?://[^/\s]+(/sign-in/link\?pass=[\w-]+(?:&next=\S+)?)")


def links_sent(home: Path, catalogue: Catalogue) -> list[str]:
    """The paths of the links in all letters that were asked for, the oldest first.

    Waits until each of them was put down, which a site does by itself.
    """
    with catalogue.reading() as desk:
        letters = desk.outbox.listed(None, 1000)[::-1]
    found = []
    for letter in letters:
        message = message_from_bytes(
            _read(home / "letters" / f"{letter.message_id}.eml"), policy=policy.default
        )
        body = message.get_body(("plain",))
        assert body
        found += _LINK.findall(body.get_content())[:1]
    return found


def _read(file: Path) -> bytes:
    for _ in range(300):
        if file.exists():
            return file.read_bytes()
        time.sleep(0.05)
    raise AssertionError(f"nobody wrote {file}")
