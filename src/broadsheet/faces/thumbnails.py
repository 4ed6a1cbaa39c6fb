"""Thumbnails of submitted papers: fetched once, made small and kept in the home."""

import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from broadsheet.cards.thumbnails import thumbnail
from broadsheet.catalogue import Desk
from broadsheet.errors import FetchError, InputError
from broadsheet.service import Service, open_client

NAME = re.compile(r"[0-9a-f]{32}\.webp")
"""How a thumbnail is named: by the digest of the address that its picture was at."""
LATEST = 50
"""Submissions whose pictures are still fetched, the latest."""
MOST_BYTES = 8 << 20
_NONE = ".none"
"""The ending of the mark that an address has no picture of use."""


def folder_of(service: Service) -> Path:
    """Where they are kept."""
    return service.settings.home / "thumbs"


def thumbs_of(service: Service, desk: Desk, keys: Iterable[int]) -> dict[int, str]:
    """The path of the thumbnail of each of the papers that has one."""
    folder = folder_of(service)
    if not folder.is_dir():
        return {}
    names = {
        key: _digest(one.media[0]) + ".webp"
        for key, one in desk.submissions.of_papers(keys).items()
        if one.media
    }
    return {key: f"/thumbs/{name}" for key, name in names.items() if (folder / name).is_file()}


def missing(service: Service) -> list[str]:
    """The addresses of pictures that were not asked for yet."""
    folder = folder_of(service)
    with service.catalogue.reading() as desk:
        first = [one.media[0] for one in desk.submissions.latest(LATEST) if one.media]
    return [
        url
        for url in dict.fromkeys(first)
        if not any((folder / (_digest(url) + ending)).exists() for ending in (".webp", _NONE))
    ]


def fetch_missing(service: Service, stop: Callable[[], bool]) -> int:
    """Ask for each missing picture once; how many came. What is no picture is marked as such."""
    folder = folder_of(service)
    folder.mkdir(parents=True, exist_ok=True)
    came = 0
    with open_client(service.settings) as client:
        for url in missing(service):
            if stop():
                break
            try:
                small = thumbnail(client.get(url, most_bytes=MOST_BYTES).content)
            except (FetchError, InputError):
                small = None
            _put(folder / (_digest(url) + (".webp" if small else _NONE)), small or b"")
            came += small is not None
    if came:
        with service.catalogue.writing() as desk:
            desk.changes.stir()
    return came


def _digest(url: str) -> str:
    return hashlib.blake2b(url.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _put(file: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all."""
    handle, name = tempfile.mkstemp(dir=file.parent)
    with os.fdopen(handle, "wb") as written:
        written.write(content)
    Path(name).replace(file)
