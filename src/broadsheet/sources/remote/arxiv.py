"""arXiv by OAI-PMH: whole categories and archives, with their history and all changes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl

from broadsheet.errors import SettingError
from broadsheet.fetch import Client
from broadsheet.papers import Record
from broadsheet.sources.remote import Options, Page, Wanted
from broadsheet.sources.remote.arxivrecords import (
    announcement_of,
    is_news,
    last_announcement,
    read_arxiv,
    read_arxiv_raw,
)
from broadsheet.sources.remote.oai import Reading, Repository

BASE: Final = "https://oaipmh.arxiv.org/oai"
NAME: Final = "arxiv"
GRACE: Final = timedelta(hours=8)
"""What is announced at 20:00 is in the lists at about 22:30; before 04:00 nobody is blamed."""

_READINGS: Final[dict[str, Reading]] = {"arXivRaw": read_arxiv_raw, "arXiv": read_arxiv}
_GROUPS: Final = ("cs", "econ", "eess", "math", "physics", "q-bio", "q-fin", "stat")
_PHYSICS: Final = (
    "astro-ph cond-mat gr-qc hep-ex hep-lat hep-ph hep-th math-ph nlin nucl-ex nucl-th physics "
    "quant-ph"
).split()
_LOWER: Final = ("cond-mat", "physics")
_SET = re.compile(r"[A-Za-z-]+(?::[A-Za-z-]+){1,2}")
_CATEGORY = re.compile(r"([A-Za-z-]+)(?:\.([A-Za-z-]{2,20}))?")
_HINT = (
    "Give categories (cs.CL, math.CO), archives (cs, hep-th, physics:physics) or sets "
    "(cs:cs:CL), with commas between: arxiv:cs.CL,cs.LG"
)


@dataclass(frozen=True, slots=True)
class Arxiv:
    """arXiv's repository, and the sets of it that are wanted."""

    repository: Repository
    name: str = NAME

    def expected(self, now: datetime) -> datetime | None:
        """The last announcement of Sunday to Thursday, 20:00 in New York, with hours of grace.

        arXiv's holidays are not known here: after one, the source is held to be stale for a day.
        """
        return last_announcement(now, GRACE)

    def pages(self, client: Client, wanted: Wanted) -> Iterator[Page]:
        """The pages of all sets; the last one says what arXiv as a whole has announced.

        Otherwise a category in which nobody submitted would look like an arXiv that stands still.
        """
        expected = last_announcement(wanted.now, GRACE)
        newest: datetime | None = None
        for page in self.repository.pages(client, wanted):
            newest = max(filter(None, (newest, page.announced)), default=None)
            if page.cursor is None and (newest is None or newest < expected):
                page = replace(
                    page, announced=self._announced(client, expected, wanted.now) or newest
                )
            yield page

    def _announced(self, client: Client, expected: datetime, now: datetime) -> datetime | None:
        """The announcement that some paper of any category shows, from the expected one on."""
        return self.repository.newest(client, expected.astimezone(UTC).date(), now)


def arxiv_id(identifier: str) -> str:
    """`hep-th/9901001` for `oai:arXiv.org:hep-th/9901001`."""
    return identifier.removeprefix("oai:arXiv.org:")


def announced(stamp: str, record: Record) -> datetime | None:
    """The announcement that a paper was part of; None for one that was only touched."""
    return announcement_of(stamp) if is_news(stamp, record) else None


def set_of(category: str) -> str:
    """The set of a category or archive: `cs:cs:CL`, `physics:hep-th`, `cs`; SettingError if none.

    `physics` is the group, with `hep-th` and the like; `physics:physics` the archive alone. Sets
    as arXiv writes them are taken as they are.
    """
    if _SET.fullmatch(category) and category.split(":")[0] in _GROUPS:
        return category
    found = _CATEGORY.fullmatch(category)
    archive = found[1].lower() if found else ""
    group = archive if archive in _GROUPS else "physics" if archive in _PHYSICS else ""
    if not found or not group:
        raise SettingError(f"arXiv has no category or archive `{category[:40]}`", hint=_HINT)
    if not found[2]:
        return archive if archive in _GROUPS else f"{group}:{archive}"
    subject = found[2].lower() if archive in _LOWER else found[2].upper()
    return f"{group}:{archive}:{subject}"


def open_source(what: str, options: Options) -> Arxiv:
    """`cs.CL,cs.LG`, sets or nothing for all, perhaps with `?prefix=arXiv`; raises SettingError."""
    listed, _, query = what.partition("?")
    prefix = dict(parse_qsl(query)).get("prefix", "arXivRaw")
    if prefix not in _READINGS:
        raise SettingError(
            f"`arxiv:{what}` asks for the format `{prefix}`",
            hint=f"Formats that are read: {', '.join(_READINGS)}.",
        )
    named = [one.strip() for one in listed.split(",") if one.strip()]
    return Arxiv(
        Repository(
            name=NAME,
            base=options.base or BASE,
            prefix=prefix,
            sets=tuple(dict.fromkeys(set_of(one) for one in named)) or ("",),
            read=_READINGS[prefix],
            id_of=arxiv_id,
            announced=announced,
        )
    )
