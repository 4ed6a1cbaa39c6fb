"""GitHub: how many stars the repositories have that the catalogue's papers link to."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from broadsheet.errors import FetchError, SettingError, SourceError
from broadsheet.fetch import Client
from broadsheet.papers import Link, LinkKind, Paper, Record, Signal, SignalKind
from broadsheet.sources.remote import Entry, Options, Page, Tally, Wanted, replies
from broadsheet.sources.remote.wantedpapers import wanted_papers

NAME: Final = "github"
BASE: Final = "https://api.github.com"
FORMAT: Final = "github-repository"

_ADDRESS: Final = re.compile(
    r"(?:https?://)?(?:www\.)?github\.com/([A-Za-z\d](?:[A-Za-z\d-]{0,38}))/([\w.-]{1,100})",
    re.ASCII | re.IGNORECASE,
)
# What the site itself has under the names of owners.
_NO_OWNERS: Final = frozenset(
    "about apps collections contact explore features login marketplace orgs pricing search "
    "settings site sponsors topics trending".split()
)
_HEADERS: Final = {
    "Accept": "application/vnd.github+json",
    "X-GitHub-Api-Version": "2022-11-28",
}
_FULL_NAME: Final = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
_GONE: Final = (404, 410, 451)


@dataclass(frozen=True, slots=True)
class GitHub:
    """What the site counts for papers that the catalogue has; it brings no new ones."""

    base: str = BASE
    key: str | None = field(default=None, repr=False)
    name: str = NAME

    def pages(self, client: Client, wanted: Wanted) -> Iterator[Page]:
        """One page for each paper that names a repository; stars are dated `wanted.now`.

        A paper with several has the stars of the one with most. A repository that is gone or was
        renamed is a SourceError among the entries. Where the hour's questions are used up,
        FetchError says so behind the last page, and the next harvest goes on there.
        """
        papers = wanted_papers(wanted, self.name)
        named = ((one, at) for one in papers if (at := repositories(one)))
        site = _Site(self, client)
        now = next(named, None)
        while now:
            paper, addresses = now
            found = [said for address in addresses if (said := site.repository(address))]
            entries: list[Entry] = site.noted()
            if found:
                best = max(found, key=lambda one: one.stars)
                stars = Signal(SignalKind.STARS, value=best.stars, at=wanted.now)
                entries.append(Tally(paper.id, (stars,)))
                if not _linked(paper) and (paper.arxiv_id or paper.doi):
                    entries.append(_code_record(paper, found[0]))
            now = next(named, None)
            yield Page(entries=tuple(entries), cursor={"paper": paper.id} if now else None)

    def expected(self, now: datetime) -> datetime | None:
        """None: stars are given all the time."""
        return None


def open_source(what: str, options: Options) -> GitHub:
    """The source; SettingError if anything is asked of it but what papers link to."""
    if what:
        raise SettingError(
            f"`github:{what}`: this source is asked about what the catalogue's papers link to",
            hint="give it as `github`",
        )
    return GitHub((options.base or BASE).rstrip("/"), options.key)


def repositories(paper: Paper) -> list[str]:
    """The repositories, as `owner/name`, that a paper links to; else those its abstract names."""
    return _named(_linked(paper)) or _named([paper.abstract])


@dataclass(frozen=True, slots=True)
class _Repository:
    """What the site says of one repository."""

    name: str
    stars: int


class _Site:
    """The site during one harvest: no repository is asked about twice."""

    def __init__(self, source: GitHub, client: Client) -> None:
        self._source, self._client = source, client
        self._known: dict[str, _Repository | None] = {}
        self._notes: list[SourceError] = []
        self._is_used_up = False

    def repository(self, address: str) -> _Repository | None:
        """What is said of `owner/name`, None if nothing; FetchError if no more may be asked."""
        key = address.lower()
        if key not in self._known:
            if self._is_used_up:
                raise _used_up()
            try:
                self._known[key] = self._asked(address)
            except SourceError as error:
                self._notes.append(error)
                self._known[key] = None
        return self._known[key]

    def noted(self) -> list[Entry]:
        """What was amiss since the last call."""
        notes, self._notes = self._notes, []
        return list(notes)

    def _asked(self, address: str) -> _Repository:
        where = f"{NAME}/repos/{address}"
        key = self._source.key
        headers = _HEADERS | ({"Authorization": f"Bearer {key}"} if key else {})
        url = f"{self._source.base}/repos/{address}"
        try:
            answer = self._client.get(url, headers=headers, conditional=True)
        except FetchError as error:
            if error.status not in _GONE:
                raise
            raise SourceError(
                "the repository is gone, or not public", place=where, hint="the link is dead"
            ) from error
        # What is unchanged costs nothing, and its headers may be those of another hour.
        left = None if answer.unchanged else answer.headers.get("x-ratelimit-remaining")
        self._is_used_up = left == "0"
        value = replies.parsed(answer, where)
        said = replies.entry_of(value, source=NAME, format=FORMAT, where=where, position=1)
        name = replies.text_at(value, "full_name", said)
        stars = replies.at(value, "stargazers_count", said)
        if type(stars) is not int or stars < 0 or not _FULL_NAME.fullmatch(name):
            raise said.fault("the answer has no name or no number of stars")
        if name.lower() != address.lower():
            moved = f"the repository is now `{name}`"
            self._notes.append(SourceError(moved, place=where, hint="the old link still leads on"))
        return _Repository(name, stars)


def _linked(paper: Paper) -> list[str]:
    """The addresses of a paper's code and project."""
    return [at.url for at in paper.links if at.kind in (LinkKind.CODE, LinkKind.PROJECT)]


def _named(texts: Iterable[str]) -> list[str]:
    """The repositories that texts name, each once."""
    found: dict[str, str] = {}
    for owner, name in (pair for text in texts for pair in _ADDRESS.findall(text)):
        name = name.rstrip(".").removesuffix(".git")
        if name and owner.lower() not in _NO_OWNERS:
            found.setdefault(f"{owner}/{name}".lower(), f"{owner}/{name}")
    return list(found.values())


def _code_record(paper: Paper, said: _Repository) -> Record:
    """That the repository that a paper's abstract names is there, as a link to its code."""
    url = f"https://github.com/{said.name}"
    return Record(
        title=paper.title,
        links=(Link(LinkKind.CODE, url),),
        arxiv_id=paper.arxiv_id,
        doi=paper.doi,
        source=NAME,
        format=FORMAT,
        raw=json.dumps({"full_name": said.name, "html_url": url}),
    )


def _used_up() -> FetchError:
    return FetchError(
        "GitHub answers no more questions this hour.",
        hint="The next harvest goes on from here; with a token it may ask 5,000 an hour, not 60.",
    )
