"""Harvests: what is new at a source, page by page, each filed together with how far it came."""

import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from broadsheet.catalogue import Catalogue, Harvest, History, Outcome, Spot
from broadsheet.errors import BroadsheetError, InputError, SourceError, StoreError
from broadsheet.fetch import Client
from broadsheet.ingest.importing import Stop
from broadsheet.ingest.named_sources import NamedSource
from broadsheet.ingest.paging import file_page, ready_page
from broadsheet.ingest.parallel import Preparer
from broadsheet.papers import Paper
from broadsheet.sources.remote import Page, Remote, Wanted

OVERLAP = timedelta(days=1)
"""What is asked for again each time: sources date what they announce by the day, and correct it."""
_PAPERS_AT_A_TIME = 500
_MASK = "********"


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked of a harvest.

    The days from `since` to `until`, both inclusive; with neither, what came since the last good
    harvest. At most `limit` entries. `dry_run`: nothing is kept. `anew`: an unfinished harvest of
    the same days is not gone on with.
    """

    since: date | None = None
    until: date | None = None
    limit: int | None = None
    dry_run: bool = False
    anew: bool = False

    def __post_init__(self) -> None:
        """Raise InputError for days that cannot be."""
        if self.since and self.until and self.since > self.until:
            raise InputError(
                f"There is no day from {self.since} to {self.until}.",
                hint="--since is the first day, --until the last.",
            )


@dataclass(frozen=True, slots=True)
class HarvestProgress:
    """Where a harvest is: `done` entries are durably filed, of `total`, 0 while not known."""

    source: str
    done: int
    total: int


Clock = Callable[[], datetime]
Expected = Callable[[datetime], datetime | None]
Progress = Callable[[HarvestProgress], None]


def harvest(
    catalogue: Catalogue,
    client: Client,
    source: NamedSource,
    order: Order,
    *,
    clock: Clock,
    progress: Progress = lambda _: None,
    stop: Stop = lambda: False,
) -> Harvest:
    """Get what is wanted of one source; the try as it is recorded, with its outcome.

    A try of the same days that did not come to its end is gone on with from the last page filed.
    What goes wrong at the source fails the try and is not raised. `stop` is asked between pages.
    Raises SettingError if the source cannot be opened, BusyError if another process harvests it,
    and StoreError if the catalogue fails. `clock` gives aware UTC.
    """
    remote = source.opened()
    with catalogue.alone(f"harvest:{remote.name}"), Preparer() as preparer:
        run = _Run.begun(catalogue, client, source, remote, order, clock, preparer)
        return run.work(progress, stop)


@dataclass(slots=True)
class _Run:
    """A harvest under way.

    `known_to` is what the pages so far say of `Page.through`; `failed_here` says that the try
    before failed at the place where this one begins.
    """

    catalogue: Catalogue
    client: Client
    source: NamedSource
    remote: Remote
    order: Order
    clock: Clock
    preparer: Preparer
    good: Harvest | None
    now: Harvest
    known_to: datetime | None
    failed_here: bool
    entries: int = 0
    pages: int = 0

    @classmethod
    def begun(
        cls,
        catalogue: Catalogue,
        client: Client,
        source: NamedSource,
        remote: Remote,
        order: Order,
        clock: Clock,
        preparer: Preparer,
    ) -> "_Run":
        """Begin a try, recorded unless nothing is to be kept."""
        moment = clock()
        with catalogue.reading() as desk:
            history = desk.harvests.history(source.spec)
            since = _since(order, history.good, remote.expected)
            before = desk.harvests.unfinished(source.spec, since, order.until)
        try_ = _next_try(source.spec, remote.name, moment, since, order, history, before)
        if not order.dry_run:
            with catalogue.writing() as desk:
                last = history.last
                if last and last.outcome is Outcome.RUNNING:
                    why = "The process ended before the harvest did."
                    desk.harvests.write(replace(last, outcome=Outcome.STOPPED, error=why))
                try_ = replace(try_, key=desk.harvests.begin(try_))
        failed_here = before is not None and before.outcome is Outcome.FAILED
        return cls(
            catalogue=catalogue,
            client=client,
            source=source,
            remote=remote,
            order=order,
            clock=clock,
            preparer=preparer,
            good=history.good,
            now=try_,
            known_to=try_.through,
            failed_here=failed_here,
        )

    def work(self, progress: Progress, stop: Stop) -> Harvest:
        """File page after page until the end, the limit, a failure, or until asked to stop."""
        try:
            if stop():
                return self._ended(Outcome.STOPPED)
            for page in self.remote.pages(self.client, self._wanted()):
                is_whole = self._file(page)
                progress(self._progress())
                if not is_whole or (stop() and self.now.outcome is not Outcome.DONE):
                    return self._ended(Outcome.STOPPED)
            return self._ended(Outcome.DONE)
        except StoreError:
            raise
        except Exception as error:
            return self._failed(error)

    def _wanted(self) -> Wanted:
        return Wanted(
            now=self.now.started,
            since=self.now.since,
            until=self.now.until,
            cursor=self.now.cursor,
            papers=lambda: papers_of(self.catalogue),
        )

    def _file(self, page: Page) -> bool:
        """File a page, or as much of it as the limit leaves; whether it was all of it."""
        left = len(page.entries)
        if self.order.limit is not None:
            left = min(left, self.order.limit - self.entries)
        is_whole = left == len(page.entries)
        entries = page.entries[:left]
        ready = ready_page(self.catalogue, entries, self.remote.name, self.preparer)
        moment = self.clock()
        try:
            with self.catalogue.writing() as desk:
                counts = file_page(desk, ready, self.remote.name, moment)
                self.now = self._after(page, counts, moment, is_whole)
                if self.order.dry_run:
                    raise _NothingKept
                desk.harvests.write(self.now)
        except _NothingKept:
            pass
        self.entries += left
        self.pages += 1
        return is_whole and (self.order.limit is None or self.entries < self.order.limit)

    def _after(self, page: Page, counts: Counter[str], moment: datetime, is_whole: bool) -> Harvest:
        """The try as it stands once a page is filed; the last page brings it to its end."""
        counts.update(self.now.counts)
        after = replace(self.now, touched=moment, counts=dict(counts))
        if not is_whole:
            # What is left of the page comes again with the next try.
            return after
        self.known_to = _earliest(self.known_to, page.through)
        after = replace(
            after,
            cursor=page.cursor,
            pages=after.pages + 1,
            total=page.total if page.total is not None else after.total,
            announced=_latest(after.announced, page.announced),
            through=self.known_to,
            finished=None,
            outcome=Outcome.RUNNING,
        )
        return self._done(after, moment) if page.cursor is None else after

    def _done(self, now: Harvest, moment: datetime) -> Harvest:
        through = reached(now.since, now.until, self.known_to, self.good)
        return replace(now, outcome=Outcome.DONE, through=through, finished=moment, touched=moment)

    def _ended(self, outcome: Outcome, error: str = "") -> Harvest:
        """Record how the try ended, unless its last page said so already."""
        if self.now.outcome is Outcome.DONE and outcome is not Outcome.FAILED:
            return self.now
        moment = self.clock()
        if outcome is Outcome.DONE:
            self.now = replace(self._done(self.now, moment), cursor=None)
        else:
            self.now = replace(
                self.now,
                outcome=outcome,
                error=error,
                finished=moment,
                touched=moment,
                through=self.known_to,
            )
        if not self.order.dry_run:
            with self.catalogue.writing() as desk:
                desk.harvests.write(self.now)
        return self.now

    def _failed(self, error: Exception) -> Harvest:
        """Record a failure in full."""
        if isinstance(error, SourceError) and self.failed_here and not self.pages:
            # Twice at one place: it leads nowhere, and the next try begins at the beginning.
            self.now = replace(self.now, cursor=None)
        told = said(error)
        if self.source.secret:
            told = told.replace(self.source.secret, _MASK)
        return self._ended(Outcome.FAILED, told)

    def _progress(self) -> HarvestProgress:
        counts = self.now.counts
        done = counts["read"] + counts["tallied"] + counts["unknown"]
        return HarvestProgress(self.remote.name, done, max(self.now.total or 0, 0))


class _NothingKept(Exception):  # noqa: N818
    """Undoes the transaction of a dry run."""


def reached(
    since: date | None, until: date | None, known_to: datetime | None, good: Harvest | None
) -> datetime | None:
    """The moment up to which nothing is missing after a good harvest of these days.

    It moves on only where no gap is left between it and what was known before (`good`).
    """
    before = good.through if good else None
    leaves_gap = since is not None and before is not None and since > before.date()
    if known_to is None or until is not None or leaves_gap:
        return before
    return max(known_to, before) if before else known_to


def said(error: Exception) -> str:
    """What an error says in full: its message first; its trace where nobody foresaw it."""
    if isinstance(error, BroadsheetError):
        return f"{error.message}\n{error.hint}".strip()
    trace = "".join(traceback.format_exception(error))
    return f"{type(error).__name__}: {error}\n{trace}"


def papers_of(catalogue: Catalogue) -> Iterator[Paper]:
    """The catalogue's papers, newest first, read some at a time."""
    spot: Spot | None = None
    while True:
        with catalogue.reading() as desk:
            papers = desk.papers.latest(spot, _PAPERS_AT_A_TIME)
        for _, paper in papers:
            yield paper
        if len(papers) < _PAPERS_AT_A_TIME:
            return
        key, last = papers[-1]
        spot = Spot(str(last.announced) if last.announced else None, key)


def _since(order: Order, good: Harvest | None, expected: Expected) -> date | None:
    """The first day that is wanted: the one given, or a day before what is known; None for all.

    A source that was stale may give the days that it owes their own dates once it goes on: what is
    known of it then ends with the last batch that it announced.
    """
    if order.since or order.until or good is None or good.through is None:
        return order.since
    known = good.through
    due = expected(good.finished or good.touched)
    if due and good.announced and good.announced < due:
        known = min(known, good.announced)
    return (known.astimezone(UTC) - OVERLAP).date()


def _next_try(
    spec: str,
    name: str,
    moment: datetime,
    since: date | None,
    order: Order,
    history: History,
    before: Harvest | None,
) -> Harvest:
    """The try to begin: on from an unfinished one, or from the beginning."""
    fresh = Harvest(
        source=name,
        spec=spec,
        started=moment,
        touched=moment,
        since=since,
        until=order.until,
        announced=history.last.announced if history.last else None,
    )
    if before is None or before.cursor is None or order.anew:
        return fresh
    return replace(
        fresh,
        cursor=before.cursor,
        counts=before.counts,
        pages=before.pages,
        total=before.total,
        through=before.through,
    )


def _earliest(one: datetime | None, other: datetime | None) -> datetime | None:
    return min(one, other) if one and other else one or other


def _latest(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(one, other) if one and other else one or other
