"""Hugging Face daily papers: each day's edition, with votes, comments and stars as they stand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from broadsheet.errors import FetchError, SettingError, SourceError
from broadsheet.fetch import Answer, Client
from broadsheet.papers import Record
from broadsheet.sources.fields import Entry, record_of
from broadsheet.sources.remote import Entry as PageEntry
from broadsheet.sources.remote import Options, Page, Wanted, replies

NAME: Final = "huggingface"
BASE: Final = "https://huggingface.co"
FORMAT: Final = "hf-daily"
FIRST_DAY: Final = date(2023, 5, 4)
"""The day of the oldest edition."""

_NEW_YORK: Final = ZoneInfo("America/New_York")
_FLIP: Final = time(21, 30)
_TO_MIDNIGHT: Final = timedelta(hours=2, minutes=30)
_GRACE: Final = timedelta(hours=12)
_VOTING: Final = timedelta(days=6)
_PAGE: Final = 100
_SATURDAY = 5
_MONDAY = 7
_NO_SUCH_DAY = (400, 404)


def edition_day(moment: datetime) -> date:
    """The edition that is being filled at a moment: days flip at 21:30 in New York."""
    return (moment.astimezone(_NEW_YORK) + _TO_MIDNIGHT).date()


def opening(day: date) -> datetime:
    """The moment, aware UTC, at which an edition begins to be filled."""
    local = datetime.combine(day - timedelta(days=1), _FLIP, _NEW_YORK)
    return local.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class HuggingFace:
    """The daily papers; machine-written summaries and keywords are left where they are."""

    base: str = BASE
    key: str | None = field(default=None, repr=False)
    name: str = NAME

    def pages(self, client: Client, wanted: Wanted) -> Iterator[Page]:
        """The editions from `since` to `until`, the oldest first, and each edition's pages.

        Counts are dated `wanted.now`, an edition day its midnight in UTC, as files have it. All is
        known of an edition a week after it began, so that each harvest counts its votes again.
        """
        newest = edition_day(wanted.now)
        last = min(wanted.until or newest, newest)
        day, number = self._start(wanted)
        seen: set[str] = set()
        while day <= last:
            where = f"{self.name}/daily_papers?date={day}&p={number}"
            items, more = self._asked(client, day, number, where, is_newest=day == newest)
            edition = _edition(items, day)
            entries = [*_entries(items, where, edition, wanted.now)]
            ids = {entry.native_id or "" for entry in entries if isinstance(entry, Record)}
            # A server that does not know `p` gives the same page for ever.
            following = (day, number + 1) if more and ids - seen else (day + timedelta(days=1), 0)
            seen = seen | ids if following[0] == day else set()
            yield Page(
                entries=tuple(entries),
                cursor={"day": str(following[0]), "page": str(following[1])}
                if following[0] <= last
                else None,
                announced=opening(edition) if ids else None,
                through=opening(min(last + timedelta(days=1), newest - _VOTING)),
            )
            day, number = following

    def expected(self, now: datetime) -> datetime | None:
        """The opening of the last weekday's edition that has had half a day to fill."""
        day = edition_day(now - _GRACE)
        while day.weekday() >= _SATURDAY:
            day -= timedelta(days=1)
        return opening(day)

    def _start(self, wanted: Wanted) -> tuple[date, int]:
        if wanted.cursor is None:
            return max(wanted.since or FIRST_DAY, FIRST_DAY), 0
        day = replies.kept(wanted.cursor, "day", self.name)
        number = replies.kept(wanted.cursor, "page", self.name)
        try:
            return date.fromisoformat(day), int(number)
        except ValueError as error:
            raise SourceError(
                "the place to go on from cannot be read",
                place=self.name,
                hint="begin the harvest anew",
            ) from error

    def _asked(
        self, client: Client, day: date, number: int, where: str, *, is_newest: bool
    ) -> tuple[list[object], bool]:
        """The items of one page, and whether another page follows."""
        query = {"date": str(day), "limit": str(_PAGE), "p": str(number)}
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        try:
            answer = client.get(f"{self.base}/api/daily_papers", query=query, headers=headers)
        except FetchError as error:
            # Around the flip, the source's clock may still be on the day before.
            if is_newest and error.status in _NO_SUCH_DAY:
                return [], False
            raise
        items = replies.listed(replies.parsed(answer, where), where)
        return items, bool(items) and _has_next(answer, len(items))


def open_source(what: str, options: Options) -> HuggingFace:
    """The source; SettingError if anything is asked of it but all daily papers."""
    if what:
        raise SettingError(
            f"`huggingface:{what}`: this source has no parts", hint="give it as `huggingface`"
        )
    return HuggingFace((options.base or BASE).rstrip("/"), options.key)


def _has_next(answer: Answer, found: int) -> bool:
    """Whether a page follows: as the `Link` header says, else if this page is full."""
    link = answer.headers.get("link")
    return 'rel="next"' in link if link else found >= _PAGE


def _edition(items: list[object], asked: date) -> date:
    """The edition that the items are of: an older one may be given for a day that has none.

    That is taken to be so if all items were submitted before the day that was asked for began;
    what comes in over a weekend counts for Monday's at the latest.
    """
    days = []
    for item in items:
        paper = item.get("paper") if isinstance(item, Mapping) else None
        said = paper.get("submittedOnDailyAt") if isinstance(paper, Mapping) else None
        submitted = replies.moment(said)
        if submitted is None:
            return asked
        day = edition_day(submitted)
        if day.weekday() >= _SATURDAY:
            day += timedelta(days=_MONDAY - day.weekday())
        days.append(day)
    return min(asked, max(days, default=asked))


def _entries(items: list[object], where: str, edition: date, now: datetime) -> Iterator[PageEntry]:
    for position, item in enumerate(items, 1):
        try:
            entry = replies.entry_of(
                item, source=NAME, format=FORMAT, where=where, position=position
            )
            record = record_of(replies.filled(_row(item, edition, entry)), entry)
            submitted = replies.moment_at(item, "paper.submittedOnDailyAt", entry)
        except SourceError as error:
            yield error
        else:
            yield from replies.counted(_dated(record, submitted or now), now)


def _row(item: object, edition: date, entry: Entry) -> dict[str, object]:
    """What an item says, by the names of FIELDS; what it says twice, as its `paper` has it."""
    native_id = replies.text_at(item, "paper.id", entry)
    if not native_id:
        raise entry.fault("the item has no `paper` with an `id`")

    def said(name: str) -> object:
        inner = replies.at(item, f"paper.{name}", entry)
        return inner if inner is not None else replies.at(item, name, entry)

    return {
        "id": native_id,
        "arxiv_id": native_id,
        "title": said("title"),
        "abstract": said("summary"),
        "authors": _authors(item, entry),
        "date": replies.at(item, "paper.publishedAt", entry),
        "url": f"{BASE}/papers/{native_id}",
        "github": said("githubRepo"),
        "project": said("projectPage"),
        "withdrawn": bool(replies.at(item, "paper.withdrawnAt", entry)),
        "votes": said("upvotes"),
        "comments": replies.at(item, "numComments", entry),
        "stars": said("githubStars"),
        "organization": _organization(said("organization"), entry),
        "daily_dates": [str(edition)],
    }


def _organization(lab: object, entry: Entry) -> str:
    return replies.text_at(lab, "fullname", entry) or replies.text_at(lab, "name", entry)


def _authors(item: object, entry: Entry) -> list[object]:
    """The authors but those that the site hides; a bare name will do."""
    found = replies.list_at(item, "paper.authors", entry)
    return [one for one in found if not (isinstance(one, Mapping) and one.get("hidden") is True)]


def _dated(record: Record, submitted: datetime) -> Record:
    """The record with its organisation dated by the moment of its submission."""
    signals = (replace(signal, at=signal.at or submitted) for signal in record.signals)
    return replace(record, signals=tuple(signals))
