"""How each source stands: fresh, quiet, stale, overdue, dead; and a sentence that says so."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from broadsheet.catalogue import Catalogue, Harvest, History, Outcome
from broadsheet.errors import SettingError
from broadsheet.ingest.named_sources import NamedSource, public_name

LONGEST_PAUSE = timedelta(hours=1)
"""A harvest that has filed nothing for longer is taken to have been cut off."""
_NEWS = ("new", "merged", "updated", "tallied")


class State(StrEnum):
    """How a source stands.

    wrong: it cannot be opened; running: it is being harvested; dead: the last tries failed; never:
    nobody has harvested it; unfinished: its first harvest has not come to its end; stale: the last
    harvest was good, but the source itself should have announced something newer by then; overdue:
    something should have been announced since the last harvest; quiet: the last harvest was good
    and brought nothing new; fresh: it brought something.
    """

    WRONG = "wrong"
    RUNNING = "running"
    DEAD = "dead"
    NEVER = "never"
    UNFINISHED = "unfinished"
    STALE = "stale"
    OVERDUE = "overdue"
    QUIET = "quiet"
    FRESH = "fresh"


ALARMING = frozenset((State.WRONG, State.DEAD, State.STALE))
"""The states in which somebody should look at a source."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a source stands, in a word and in a sentence.

    `announced` is its last batch, `harvested` the end of the last good harvest, `papers` how many
    papers it speaks of, `why` what the last failed try said in full. `is_alone` says that no other
    source that is set files its records under that name.
    """

    spec: str
    source: str
    state: State
    statement: str
    announced: datetime | None = None
    harvested: datetime | None = None
    papers: int = 0
    why: str = ""
    is_alone: bool = True

    @property
    def called(self) -> str:
        """What tells it from the others: what its records are filed under, or how it was named."""
        return self.source if self.is_alone else public_name(self.spec)

    @property
    def is_alarming(self) -> bool:
        """Whether somebody should look at it."""
        return self.state in ALARMING


Expected = Callable[[datetime], datetime | None]


def standings(
    catalogue: Catalogue, sources: Sequence[NamedSource], now: datetime
) -> list[Standing]:
    """How each of the sources stands now (aware UTC), in their order."""
    found = []
    with catalogue.reading() as desk:
        papers = desk.records.papers_of_sources()
        for one in sources:
            if one.remote is None:
                found.append(_wrong(one))
                continue
            history = desk.harvests.history(one.spec)
            count = papers.get(one.name, 0)
            found.append(standing(one.spec, one.name, history, one.remote.expected, count, now))
    of_name = Counter(one.source for one in found)
    return [replace(one, is_alone=of_name[one.source] == 1) for one in found]


def standing(
    spec: str, source: str, history: History, expected: Expected, papers: int, now: datetime
) -> Standing:
    """How a source stands: `expected` is by when it should have announced something (Remote)."""
    state, statement = _stated(history, expected, papers, now)
    last, good = history.last, history.good
    return Standing(
        spec=spec,
        source=source,
        state=state,
        statement=statement,
        announced=last.announced if last else None,
        harvested=good.finished if good else None,
        papers=papers,
        why=last.error if last and state is State.DEAD else "",
    )


def _stated(history: History, expected: Expected, papers: int, now: datetime) -> tuple[State, str]:
    """The state, and the sentence that says it."""
    last, good = history.last, history.good
    if last is None:
        return State.NEVER, "Never harvested."
    is_running = last.outcome is Outcome.RUNNING
    if is_running and now - last.touched <= LONGEST_PAUSE:
        entries = sum(last.counts.get(name, 0) for name in ("read", "tallied", "unknown"))
        so_far = f"{entries:,} {_plural(entries, 'entry', 'entries')} so far"
        return State.RUNNING, f"Being harvested since {_spelt(last.started)}: {so_far}."
    if last.outcome is Outcome.FAILED:
        return State.DEAD, _dead(history, last)
    if good is None:
        told = f"Begun on {_spelt(last.started)} and not finished: {last.pages:,} "
        told += f"{_plural(last.pages, 'page is', 'pages are')} filed. The next harvest goes on."
        return State.UNFINISHED, told
    current = history.reaching if good.until else good
    if current is None:
        told = f"Overdue: only days until {good.until:%-d %B %Y} were harvested, and none since."
        return State.OVERDUE, told
    state, told = _settled(current, last.announced, expected, now)
    if not papers and not any(current.counts.values()):
        told += " Nothing has come of it so far: is it named rightly?"
    return state, told


def _dead(history: History, last: Harvest) -> str:
    since = history.failing_since or last.started
    why = last.error.partition("\n")[0].rstrip(".")
    good = f" Last good harvest: {_good(history.good)}." if history.good else " It never succeeded."
    if history.failed == 1:
        return f"Dead: the last try failed, on {_spelt(since)}: {why}.{good}"
    return f"Dead: the last {history.failed:,} tries failed, since {_spelt(since)}: {why}.{good}"


def _settled(
    good: Harvest, announced: datetime | None, expected: Expected, now: datetime
) -> tuple[State, str]:
    """How a source stands that was harvested well the last time."""
    asked_at = good.finished or good.touched
    due_then, due_now = expected(asked_at), expected(now)
    batch = f" The last batch announced is of {_spelt(announced)}." if announced else ""
    if due_then and announced and announced < due_then:
        told = f"Stale: harvested well on {_spelt(asked_at)}, but a batch was due by "
        return State.STALE, f"{told}{_spelt(due_then)}.{batch}"
    if due_now and due_now > asked_at:
        told = f"Overdue: last harvested on {_spelt(asked_at)}; a batch was due by "
        return State.OVERDUE, f"{told}{_spelt(due_now)}.{batch}"
    news = sum(good.counts.get(name, 0) for name in _NEWS)
    state = State.FRESH if news else State.QUIET
    told = f"{news:,} {_plural(news, 'entry', 'entries')} with news" if news else "nothing new"
    if aside := good.counts.get("quarantined", 0):
        told += f", {aside:,} that could not be taken"
    return state, f"{state.title()}: harvested well on {_spelt(asked_at)}, {told}.{batch}"


def _good(good: Harvest | None) -> str:
    return _spelt(good.finished or good.touched) if good else ""


def _wrong(source: NamedSource) -> Standing:
    fault = source.fault or SettingError("It cannot be opened.")
    told = f"Wrong: {fault.message} {fault.hint}".strip()
    return Standing(source.spec, source.name, State.WRONG, told)


def _plural(count: int, one: str, more: str) -> str:
    return one if count == 1 else more


def _spelt(moment: datetime) -> str:
    """A moment as people write it."""
    return f"{moment:%-d %B %Y, %H:%M} UTC"
