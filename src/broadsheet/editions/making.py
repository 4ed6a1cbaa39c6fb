"""What may be in an edition, in what order and why, and how one makes itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

import numpy as np

from broadsheet.catalogue import Catalogue, Desk, Edition, EditionKind, Pick, Section
from broadsheet.editions.imported import by_votes
from broadsheet.editions.interests import tastes_of
from broadsheet.editions.publishing import placed, release
from broadsheet.editions.reading import days_of
from broadsheet.editions.spans import Span, moment_of, window
from broadsheet.errors import ConflictError
from broadsheet.index.documents import paper_text
from broadsheet.index.engine import Vectors
from broadsheet.papers import Paper, SignalKind
from broadsheet.ranking import votes_of
from broadsheet.ranking.attention import SETTLED
from broadsheet.ranking.choosing import (
    Candidate,
    Choice,
    Reason,
    Shares,
    choose,
    novelties,
    votes_score,
)
from broadsheet.ranking.expected import (
    Predictor,
    expected_votes,
    open_predictor,
    typical_votes,
)
from broadsheet.ranking.interests import interest_share, interests
from broadsheet.ranking.trending import IMPORTED_VOTE, due, pulse_of, surprise, weighed

LATE = timedelta(days=7)
"""A paper that came so long after its announcement is still a candidate."""
PAST = timedelta(days=30)
"""What is new is new beside the editions of so many days."""
MOST_CANDIDATES = 2000
MOST_OF_PERIOD = 100
"""Papers in the edition of a week or month."""
_VOTES, _ADDS = "Votes: ", " (adds "
_STANDS = "It stands for others that came with it"
_REASONS = {
    "relevance": "It fits what is looked for here",
    "novelty": "It is unlike what the last editions had",
    "interest": "It fits what readers here save, ask more of and search for",
}
_MOST_PAST = 1000
_MOST_SETTLED = 100


class Suggestion(NamedTuple):
    """A candidate in its place: why it is one, what it adds, and what was left out as its like."""

    paper_key: int
    came: str
    score: float
    reasons: tuple[str, ...]
    alike: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the choice is made from: each paper's scores, and its votes beside those expected."""

    candidates: list[Candidate]
    vectors: Vectors
    told: Mapping[int, str]
    shares: Shares


def candidates_of(desk: Desk, section: Section, span: Span) -> dict[int, str]:
    """The papers that may be in a day's edition, each with why, without those of earlier ones.

    Those that a source names for that day, were submitted here before its cut-off, were announced
    on that day, or came before it with an announcement of the last week.
    """
    label = span.label
    opens, closes = window(span, *section.cutoff_in_zone)
    opens = min(opens, _frozen_before(desk, section, span) or opens)
    before = (span.first - LATE).isoformat()
    late = desk.candidates.announced(before, (span.first - timedelta(days=1)).isoformat())
    found = dict.fromkeys(desk.candidates.came(late, opens, closes), "Came since the last edition.")
    found |= dict.fromkeys(desk.candidates.announced(label, label), "Announced on this day.")
    found |= dict.fromkeys(desk.candidates.told_of(label), "In a source's edition of this day.")
    found |= dict.fromkeys(desk.candidates.submitted_in(opens, closes), "Submitted here.")
    gone = desk.editions.already_in(section.name, found)
    return {key: found[key] for key in sorted(found) if key not in gone}


def _frozen_before(desk: Desk, section: Section, span: Span) -> datetime | None:
    """When the edition of the day before came out, None if none did.

    Where that was before its cut-off, what came in between is in nobody's window but this one's.
    """
    since = (span.first - timedelta(days=1)).isoformat()
    before = desk.editions.published(
        section.name, EditionKind.DAY, limit=1, before=span.label, since=since
    )
    return before[0].published if before else None


def suggested(
    desk: Desk,
    section: Section,
    span: Span,
    now: datetime,
    count: int,
    matching: Mapping[int, float] | None = None,
) -> list[Suggestion]:
    """At most `count` papers for an edition, the best first, each with the reasons.

    `matching` are the papers of a section, with how well each fits its query (0..1); the whole
    instance has none and takes every candidate. A week's or month's are those of its days.
    """
    if span.kind is not EditionKind.DAY:
        return _of_period(desk, section, span, count)
    came = candidates_of(desk, section, span)
    if matching is not None:
        came = {key: why for key, why in came.items() if key in matching}
    papers = desk.papers.by_keys(list(came)[-MOST_CANDIDATES:])
    papers = {key: one for key, one in papers.items() if not (one.withdrawn or one.retracted)}
    if not papers:
        return []
    scored = _weighed(desk, section, span, papers, now, matching)
    chosen = choose(scored.candidates, scored.vectors, count, scored.shares)
    return [_suggestion(choice, came[choice.key], scored.told[choice.key]) for choice in chosen]


def make(
    catalogue: Catalogue,
    section: Section,
    span: Span,
    now: datetime,
    matching: Mapping[int, float] | None = None,
) -> Edition | None:
    """Let the edition of a span make itself and come out; None if there is nothing for it.

    ConflictError if somebody has begun it: what people pick is theirs. Asked for again, or by two
    processes at once, it is made once.
    """
    with catalogue.reading() as desk:
        if there := _there(desk, section, span):
            return there
        size = section.size if span.kind is EditionKind.DAY else MOST_OF_PERIOD
        found = suggested(desk, section, span, now, size, matching)
    if not found:
        return None
    picks = [
        Pick(paper_key=one.paper_key, place=0, reasons=one.reasons, score=one.score)
        for one in found
    ]
    with catalogue.writing() as desk:
        if there := _there(desk, section, span):
            return there
        edition = desk.editions.begin(
            section.name, span.kind, span.label, window(span, *section.cutoff_in_zone)
        )
        desk.editions.describe(edition.key, title=edition.title, note=edition.note, made_by="")
        desk.editions.put(edition.key, placed(picks))
        release(desk, edition, now)
        return desk.editions.by_key(edition.key)


def lacking(desk: Desk, section: Section, span: Span) -> bool:
    """Whether nothing is published or begun for a span: it may make itself."""
    edition = desk.editions.get(section.name, span.kind, span.label)
    return edition is None or not (edition.is_published or desk.editions.picks(edition.key))


def has_days(desk: Desk, section: Section, span: Span) -> bool:
    """Whether an edition of one of a span's days was published here."""
    first, last = span.first.isoformat(), span.last.isoformat()
    return any(
        first <= label <= last for label in desk.editions.labels(section.name, EditionKind.DAY)
    )


def _there(desk: Desk, section: Section, span: Span) -> Edition | None:
    edition = desk.editions.get(section.name, span.kind, span.label)
    if edition is None or edition.is_published:
        return edition
    if desk.editions.picks(edition.key):
        raise ConflictError(
            f"The edition {span.label} was begun by a curator.",
            hint="Publish it on the desk, or take its papers out.",
        )
    return None


def _weighed(
    desk: Desk,
    section: Section,
    span: Span,
    papers: Mapping[int, Paper],
    now: datetime,
    matching: Mapping[int, float] | None,
) -> Weighed:
    """The scores of the papers, 0..1 each."""
    predictor = open_predictor()
    keys, listed = list(papers), list(papers.values())
    vectors = _vectors(predictor, listed)
    past, picked = _past(desk, section, span)
    novelty = novelties(vectors, _vectors(predictor, past))
    relevance = (
        [matching.get(key, 0.0) for key in keys]
        if matching is not None
        else _nearness(vectors, _vectors(predictor, picked))
    )
    typical, here = _typical(desk, section, span, predictor)
    readers = tastes_of(desk, keys, now, partial(_vectors, predictor))
    interest = interests(keys, vectors, readers)
    signals, cast = desk.signals.of_papers(keys), desk.votes.of_papers(keys)
    begun = moment_of(span.first, *section.cutoff_in_zone) - timedelta(days=1)
    candidates, told = [], {}
    for place, (key, multiplier) in enumerate(
        zip(keys, predictor.multipliers(listed).tolist(), strict=True)
    ):
        votes = [vote.at for vote in cast[key] if not vote.held]
        expected = expected_votes(multiplier, typical)
        pulse = pulse_of(min(begun, now), signals[key], votes, expected=expected)
        received, due_now = weighed(pulse, now, None), due(pulse, now)
        score = votes_score(multiplier, surprise(received, due_now))
        told[key] = (
            f"{received:.1f} votes so far, {due_now:.1f} were to be expected by now; its text lets "
            f"expect {multiplier:.1f} times those of a typical paper"
        )
        candidates.append(
            Candidate(key, relevance[place], score, float(novelty[place]), float(interest[place]))
        )
    return Weighed(candidates, vectors, told, Shares(interest=interest_share(here)))


def _past(desk: Desk, section: Section, span: Span) -> tuple[list[Paper], list[Paper]]:
    """The papers of the editions before a day, and those that curators picked for them."""
    until = span.first - timedelta(days=1)
    days = days_of(desk, section.name, Span(EditionKind.MONTH, "", span.first - PAST, until))
    keys = [key for day in sorted(days, reverse=True) for key in days[day]][:_MOST_PAST]
    since = (span.first - PAST).isoformat()
    editions = desk.editions.published(
        section.name, EditionKind.DAY, limit=PAST.days, since=since, before=span.label
    )
    picks = desk.editions.picks_of([one.key for one in editions])
    picked = [one.paper_key for listed in picks.values() for one in listed if one.picked_by]
    papers = desk.papers.by_keys([*keys, *picked])
    return _those(papers, keys), _those(papers, picked)


def _those(papers: Mapping[int, Paper], keys: Sequence[int]) -> list[Paper]:
    return [papers[key] for key in keys if key in papers]


def _typical(desk: Desk, section: Section, span: Span, predictor: Predictor) -> tuple[float, float]:
    """What a multiplier of 1 stands for, and the votes of readers here for each paper.

    By the settled papers of the last editions.
    """
    first, last = span.first - SETTLED - PAST, span.first - SETTLED
    days = days_of(desk, section.name, Span(EditionKind.MONTH, "", first, last))
    keys = [key for day in sorted(days, reverse=True) for key in days[day]][:_MOST_SETTLED]
    papers, here = desk.papers.by_keys(keys), desk.votes.count(keys)
    told = desk.signals.latest(SignalKind.VOTES, keys)
    received = [here[key] + IMPORTED_VOTE * told.get(key, 0) for key in papers]
    multipliers = predictor.multipliers(list(papers.values())).tolist() if papers else []
    return typical_votes(received, multipliers), sum(here.values()) / max(1, len(here))


def _vectors(predictor: Predictor, papers: Sequence[Paper]) -> Vectors:
    """Unit rows of the papers' texts, (papers, d)."""
    return predictor.encoder.encode_papers([paper_text(paper) for paper in papers])


def _nearness(vectors: Vectors, picked: Vectors) -> list[float]:
    """How near each paper is to the middle of what curators picked; 0 where they picked nothing."""
    middle = picked.sum(axis=0) if len(picked) else np.zeros(vectors.shape[1], np.float32)
    length = float(np.linalg.norm(middle))
    if not length:
        return [0.0] * len(vectors)
    near: list[float] = np.clip(vectors @ (middle / length), 0.0, 1.0).tolist()
    return near


def _of_period(desk: Desk, section: Section, span: Span, count: int) -> list[Suggestion]:
    """The papers of a span's days by votes; a special one's are those of the last month."""
    if span.kind is EditionKind.SPECIAL:
        labels = desk.editions.labels(section.name, EditionKind.DAY)
        told = desk.candidates.told_before("9999")
        last = max([*labels, told or ""])
        if not last:
            return []
        span = _month_until(last)
    days = days_of(desk, section.name, span)
    named = {key: day for day in sorted(days, reverse=True) for key in days[day]}
    keys = [key for day in sorted(days) for key in days[day]]
    votes = votes_of(desk, keys)
    return [
        Suggestion(
            pick.paper_key,
            f"In the edition of {named[pick.paper_key]}.",
            float(pick.votes),
            (f"In the edition of {named[pick.paper_key]}; {pick.votes:,} votes by now.",),
        )
        for pick in by_votes(keys, votes)[:count]
    ]


def _month_until(day: str) -> Span:
    last = datetime.fromisoformat(day).date()
    return Span(EditionKind.MONTH, "", last - PAST, last)


def _suggestion(choice: Choice, came: str, votes: str) -> Suggestion:
    """A choice in words."""
    reasons = [came]
    ordered = sorted(choice.reasons, key=lambda one: (-one.gain, one.name))
    reasons += [_sentence(one, votes) for one in ordered if one.gain > 0]
    if count := len(choice.duplicates):
        papers = "paper much like it was" if count == 1 else "papers much like it were"
        reasons.append(f"{count} {papers} left out.")
    return Suggestion(choice.key, came, choice.gain, tuple(reasons), choice.duplicates)


def _sentence(reason: Reason, votes: str) -> str:
    told = f"{_VOTES}{votes}" if reason.name == "votes" else _REASONS.get(reason.name, _STANDS)
    return f"{told}{_ADDS}{reason.gain:.3f})."


def in_brief(pick: Pick) -> str:
    """Why a paper is in an edition, in one short line.

    The words of a curator, else who picked it and its votes, else the strongest reason; empty if
    nothing is known.
    """
    if pick.line:
        return pick.line
    told = [f"Picked by {pick.picked_by}"] if pick.picked_by else []
    if pick.votes:
        told.append(f"{pick.votes:,} {'vote' if pick.votes == 1 else 'votes'}")
    if told:
        return ", ".join(told)
    # The first says how it came; the others are in order.
    others = (one for one in pick.reasons[1:] if _ADDS in one and not one.startswith(_VOTES))
    return next(others, "").partition(_ADDS)[0]
