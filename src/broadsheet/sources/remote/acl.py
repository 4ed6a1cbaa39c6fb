"""The ACL Anthology's collections, from its repository of data: `acl:2025.acl,2024.emnlp`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from broadsheet.errors import SettingError
from broadsheet.fetch import Client
from broadsheet.sources.acl import SOURCE, read
from broadsheet.sources.opening import open_held
from broadsheet.sources.remote import Options, Page, Wanted, replies

BASE: Final = "https://raw.githubusercontent.com/acl-org/acl-anthology/master/data/xml"

_PAGE: Final = 500
_LARGEST: Final = 128 << 20
_COLLECTION = re.compile(r"\d{4}\.[a-z0-9_]+|[A-Z]\d{2}")


@dataclass(frozen=True, slots=True)
class Anthology:
    """Some collections, each the XML file of that name, whatever days are wanted.

    A collection is one file, and what is corrected or retracted in it bears no date of its own.
    """

    collections: tuple[str, ...]
    base: str = BASE
    name: str = SOURCE

    def pages(self, client: Client, wanted: Wanted) -> Iterator[Page]:
        """The papers of the collections in order, 500 a page."""
        left, at = self.collections, 0
        if wanted.cursor is not None:
            begun = replies.kept(wanted.cursor, "collection", self.name)
            behind = replies.kept(wanted.cursor, "at", self.name)
            # A collection that is not wanted any more: all of those that are.
            if begun in left:
                left = left[left.index(begun) :]
                at = int(behind) if behind.isdecimal() else 0
        for number, collection in enumerate(left):
            following = left[number + 1] if number + 1 < len(left) else None
            yield from self._pages(client, collection, at, following)
            at = 0

    def expected(self, now: datetime) -> datetime | None:
        """None: volumes come when their meetings are held."""

    def _pages(
        self, client: Client, collection: str, at: int, following: str | None
    ) -> Iterator[Page]:
        """The pages of one collection from its entry `at` on; the last leads to the `following`."""
        answer = client.get(f"{self.base}/{collection}.xml", most_bytes=_LARGEST, conditional=True)
        entries = read(open_held(answer.content, f"{collection}.xml"), self.name)
        page = tuple(islice(islice(entries, at, None), _PAGE))
        while True:
            at += len(page)
            ahead = tuple(islice(entries, _PAGE)) if len(page) == _PAGE else ()
            place = (collection, at) if ahead else (following, 0)
            yield Page(
                entries=page,
                cursor={"collection": place[0], "at": str(place[1])} if place[0] else None,
            )
            if not ahead:
                return
            page = ahead


def open_source(what: str, options: Options) -> Anthology:
    """The collections of a list as `2025.acl,2024.emnlp,P18`; SettingError for what is none."""
    collections = tuple(dict.fromkeys(part.strip() for part in what.split(",") if part.strip()))
    wrong = [one for one in collections if not _COLLECTION.fullmatch(one)]
    if wrong or not collections:
        named = f"{wrong[0][:80]!r} is no collection" if wrong else "acl: names no collection"
        raise SettingError(f"{named} of the ACL Anthology", hint="write acl:2025.acl,2024.emnlp")
    return Anthology(collections, (options.base or BASE).rstrip("/"))
