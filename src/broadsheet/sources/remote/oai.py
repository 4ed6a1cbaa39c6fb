"""Any OAI-PMH 2.0 repository: its lists read page by page, and taken up again where they broke."""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from broadsheet.errors import FetchError, SettingError, SourceError
from broadsheet.fetch import Client
from broadsheet.papers import Record
from broadsheet.sources.remote import Cursor, Entry, Gone, Options, Page, Wanted
from broadsheet.sources.remote.oairecords import FORMAT, Item, native_id, read_dublin_core
from broadsheet.sources.remote.xmlpages import Cut, Piece, T, cut

OVERLAP: Final = timedelta(days=1)
"""How far behind the last datestamp a list is asked for anew when its token has expired."""

_RENEWALS = 2
"""So often a list is asked for anew in one run before its records get any newer."""
_SECONDS: Final = "YYYY-MM-DDThh:mm:ssZ"
_REFUSED = frozenset((400, 404, 410, 422))
_SLUG = re.compile(r"[^A-Za-z0-9_-]+")
_HINT = "Give the address that answers `?verb=Identify`, as in oai:https://host/oai?set=x"


Reading = Callable[[Item, str], Record]
"""From an item and the source's name to a record; ValueError with the reason why it cannot be."""


@dataclass(frozen=True, slots=True)
class _Listed:
    """What became of one record of a list."""

    native_id: str
    stamp: str
    entry: Entry


def at_datestamp(stamp: str, record: Record) -> datetime | None:
    """The datestamp itself, where nothing else is known of how a repository announces."""
    return moment_of(stamp)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """One repository and what is read of it: `sets` one after the other, "" for all there is.

    `read` makes the records of `prefix`, `id_of` their ids, `announced` says when one was
    announced. `extra` goes into the query of every request.
    """

    name: str
    base: str
    prefix: str = FORMAT
    sets: tuple[str, ...] = ("",)
    read: Reading = read_dublin_core
    id_of: Callable[[str], str] = native_id
    announced: Callable[[str, Record], datetime | None] = at_datestamp
    extra: tuple[tuple[str, str], ...] = ()

    def expected(self, now: datetime) -> datetime | None:
        """Nothing is known of when a repository has something new."""
        return None

    def pages(self, client: Client, wanted: Wanted) -> Iterator[Page]:
        """The lists of all sets; a token that has expired is replaced by the last datestamp.

        Raises SourceError where the repository answers with an error, goes in a circle or lets its
        tokens expire without any headway, and FetchError for a page that cannot be read, as one
        that was cut short: then the last page's cursor stays good.
        """
        at: _Position | None = self._resumed(wanted) or self._begun(client, wanted)
        seen = set[bytes]()
        renewals, newest = 0, ""
        while at is not None:
            found = self._list(client, at)
            if found is None:
                renewals += 1
                if renewals > _RENEWALS:
                    raise self._fault("its resumption tokens expire before a list has got on")
                at = at.renewed()
                seen.clear()
                continue
            self._check_circle(found.pieces, at, seen)
            page, following = self._page(found, at, wanted.now)
            if following is None or following.set != at.set:
                seen.clear()
                renewals, newest = 0, ""
            elif following.last > newest:
                renewals, newest = 0, following.last
            yield page
            at = following

    def newest(self, client: Client, since: date, now: datetime) -> datetime | None:
        """When the newest record of any set was announced, as far as one page from a day on tells.

        Raises FetchError or SourceError where the repository gives no usable answer.
        """
        found = self._list(client, _Position(set="", begin=str(since)))
        return self._newest(found.pieces, now) if found else None

    def _resumed(self, wanted: Wanted) -> "_Position | None":
        at = _Position.of(wanted.cursor) if wanted.cursor else None
        return at if at and at.set in self.sets else None

    def _begun(self, client: Client, wanted: Wanted) -> "_Position":
        """The start of a harvest, after the repository has said how it counts time."""
        found = self._ask(client, {"verb": "Identify"}, {"Identify": 2}, lambda piece: piece)
        if not found.pieces:
            raise self._error(found)
        said = found.pieces[0]
        began = min(_response_date(found) or wanted.now, wanted.now)
        since = str(wanted.since) if wanted.since else ""
        # Some repositories refuse to be asked for days before their first.
        if since <= said.first("earliestDatestamp")[:10]:
            since = ""
        return _Position(
            set=self.sets[0],
            since=since,
            begin=since,
            until=str(wanted.until) if wanted.until else "",
            began=began.isoformat(),
            granularity=said.first("granularity"),
        )

    def _list(self, client: Client, at: "_Position") -> "Cut[_Listed] | None":
        """The page at a position; None if its token is not taken any more."""
        try:
            found = self._ask(client, self._query(at), {"record": 3}, self._listed)
        except FetchError as error:
            if at.token and getattr(error, "status", None) in _REFUSED:
                return None
            raise
        codes = {code for code, _ in _errors(found)}
        if at.token and "badResumptionToken" in codes:
            return None
        if codes - {"noRecordsMatch"}:
            raise self._error(found)
        if not codes and not any(name == "ListRecords" for name, _ in found.around):
            told = f"{self.base} answered with neither records nor an error."
            raise FetchError(told, hint=_HINT)
        return found

    def _query(self, at: "_Position") -> dict[str, str]:
        if at.token:
            return {"verb": "ListRecords", "resumptionToken": at.token}
        query = {"verb": "ListRecords", "metadataPrefix": self.prefix}
        exact = at.granularity == _SECONDS
        if at.set:
            query["set"] = at.set
        if at.begin:
            query["from"] = f"{at.begin}T00:00:00Z" if exact else at.begin
        if at.until:
            query["until"] = f"{at.until}T23:59:59Z" if exact else at.until
        return query

    def _ask(
        self,
        client: Client,
        query: dict[str, str],
        entries: dict[str, int],
        make: Callable[[Piece], T],
    ) -> Cut[T]:
        answer = client.get(self.base, query=dict(self.extra) | query)
        found = cut(answer.content, entries, self.base, make)
        if found.root != "OAI-PMH":
            told = f"{self.base} answered with `{found.root[:40]}`, which is no OAI-PMH."
            raise FetchError(told, hint=_HINT)
        return found

    def _page(
        self, found: "Cut[_Listed]", at: "_Position", now: datetime
    ) -> tuple[Page, "_Position | None"]:
        """The page that was found, and where to go on."""
        for one in found.pieces:
            at = at.past(one.stamp)
        token, total = _token(found)
        following = replace(at, token=token) if token else self._next_set(at)
        page = Page(
            entries=tuple(one.entry for one in found.pieces),
            cursor=following.cursor() if following else None,
            announced=self._newest(found.pieces, now),
            through=moment_of(at.began),
            total=total if len(self.sets) == 1 and at.begin == at.since else None,
        )
        return page, following

    def _listed(self, piece: Piece) -> _Listed:
        """A record of a list as an entry: what it says, that it is gone, or what is wrong."""
        names = [name for name, _ in piece.values]
        head = names.index("header") if "header" in names else 0
        end = names.index("metadata", head) if "metadata" in names else head
        header = dict(piece.values[:head])
        identifier, stamp = (header.get(name, "").strip() for name in ("identifier", "datestamp"))
        own = self.id_of(identifier)
        if not identifier:
            why = "the record has no identifier"
        elif not piece.is_whole:
            why = "the record holds too many elements"
        elif header.get("@status") == "deleted":
            return _Listed(own, stamp, Gone(own))
        else:
            try:
                item = Item(own, stamp, piece.values[head + 1 : end], piece.raw)
                return _Listed(own, stamp, self.read(item, self.name))
            except ValueError as error:
                why = str(error)
        fault = SourceError(why, place=f"{self.name}:{own or '?'}", raw=piece.raw)
        return _Listed(own, stamp, fault)

    def _newest(self, listed: Sequence[_Listed], now: datetime) -> datetime | None:
        """When the newest of the records was announced, and not in the future."""
        for one in sorted(listed, key=lambda one: one.stamp, reverse=True):
            moment = self.announced(one.stamp, one.entry) if isinstance(one.entry, Record) else None
            if moment and moment <= now:
                return moment
        return None

    def _next_set(self, at: "_Position") -> "_Position | None":
        place = self.sets.index(at.set) + 1
        if place >= len(self.sets):
            return None
        return replace(at, set=self.sets[place], begin=at.since, token="", last="", ordered="yes")

    def _check_circle(self, listed: Sequence[_Listed], at: "_Position", seen: set[bytes]) -> None:
        """SourceError for a page that has come before in the same list."""
        told = "\n".join(f"{one.native_id} {one.stamp}" for one in listed) or at.token
        digest = hashlib.blake2b(told.encode("utf-8", "replace"), digest_size=8).digest()
        if digest in seen:
            raise self._fault("its resumption tokens lead back to a page that has been read")
        seen.add(digest)

    def _error(self, found: Cut[T]) -> SourceError:
        told = "; ".join(f"{code}: {' '.join(text.split())}" for code, text in _errors(found))
        return self._fault(f"it answered {told[:300] or 'nothing of use'}")

    def _fault(self, what: str) -> SourceError:
        return SourceError(what, place=self.base, hint=_HINT)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Position:
    """Where a harvest is: all as text, so that it can be kept.

    `since` and `until` are the days that were asked for, `begin` the day from which the present
    list of `set` was asked for, `last` the day of its newest record. `ordered` is `no` once a
    record was older than one before it: then nothing is known of what is still to come.
    """

    set: str
    since: str = ""
    until: str = ""
    begin: str = ""
    token: str = ""
    last: str = ""
    ordered: str = "yes"
    began: str = ""
    granularity: str = ""

    @classmethod
    def of(cls, cursor: Cursor) -> "_Position":
        """From what was kept; what is not known is left out."""
        known = {field.name for field in fields(cls)}
        return cls(**({"set": ""} | {name: cursor[name] for name in cursor if name in known}))

    def cursor(self) -> dict[str, str]:
        """What is kept."""
        return {name: value for name, value in asdict(self).items() if value}

    def past(self, stamp: str) -> "_Position":
        """The position behind a record of that datestamp."""
        day = stamp[:10]
        if day == self.last or not _is_day(day):
            return self
        if day < self.last:
            return replace(self, ordered="no") if self.ordered == "yes" else self
        return replace(self, last=day)

    def renewed(self) -> "_Position":
        """The position from which the list has to be asked for anew, its token being void."""
        begin = self.begin if self.ordered == "yes" else self.since
        if self.last and self.ordered == "yes":
            begin = max(begin, str(date.fromisoformat(self.last) - OVERLAP))
        return replace(self, begin=begin, token="", last="")


def open_source(what: str, options: Options) -> Repository:
    """`https://host/oai?set=x&prefix=oai_dc&name=mine`, all but the address as one likes.

    Only `oai_dc` is understood of repositories in general. Raises SettingError.
    """
    try:
        parts = urlsplit(what)
        host = parts.hostname if parts.scheme in ("http", "https") else None
    except ValueError:
        host = None
    if not host:
        raise SettingError(f"`oai:{what}` has no address of the web", hint=_HINT)
    given = dict(parse_qsl(parts.query))
    prefix = given.pop("prefix", FORMAT)
    if prefix != FORMAT:
        raise SettingError(
            f"`oai:{what}` asks for `{prefix}`, which is not understood",
            hint=f"Every repository has {FORMAT}; arXiv's own formats are read by `arxiv:`.",
        )
    sets = tuple(dict.fromkeys(one for one in given.pop("set", "").split(",") if one))
    name = given.pop("name", "") or "-".join([host.removeprefix("www."), *sets])
    return Repository(
        name=_SLUG.sub("-", name).strip("-"),
        base=options.base or parts._replace(query="", fragment="").geturl(),
        sets=sets or ("",),
        extra=tuple(sorted((key, value) for key, value in given.items() if key != "verb")),
    )


def moment_of(text: str) -> datetime | None:
    """A UTC time as OAI-PMH writes it, or a day's midnight; None if it is neither."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_day(text: str) -> bool:
    try:
        return str(date.fromisoformat(text)) == text
    except ValueError:
        return False


def _errors(found: Cut[T]) -> list[tuple[str, str]]:
    """The code and text of each error."""
    told = []
    code = ""
    for name, text in found.around:
        if name == "@code":
            code = text
        elif name == "error":
            told.append((code, text))
    return told


def _token(found: Cut[T]) -> tuple[str, int | None]:
    """The resumption token ("" if there is none), and how many records the list has."""
    total = None
    for name, text in found.around:
        if name == "@completeListSize" and text.strip().isdecimal():
            total = int(text)
        elif name == "resumptionToken":
            return text.strip(), total
    return "", total


def _response_date(found: Cut[T]) -> datetime | None:
    return moment_of(next((text for name, text in found.around if name == "responseDate"), ""))
