"""From draft to published: an edition comes out once, and what changes later is written down."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from broadsheet.catalogue import Catalogue, Desk, Edition, EditionChange, Pick
from broadsheet.errors import ConflictError, InputError
from broadsheet.ranking import votes_of

LONGEST_LINE = 500
LONGEST_NOTE = 2000
LONGEST_TITLE = 120
MOST_PICKS = 200


def release(desk: Desk, edition: Edition, now: datetime) -> bool:
    """Let an edition come out with the votes its papers have now; whether it was not out yet.

    All of it in the caller's transaction. InputError for an edition without papers, and for one of
    days to come: it would be the latest until they have come.
    """
    if edition.opens > now:
        raise InputError(
            f"The edition {edition.label} is of days to come: it opens at "
            f"{edition.opens:%Y-%m-%d %H:%M} UTC.",
            hint="Schedule it for then or later.",
        )
    picks = desk.editions.picks(edition.key)
    if not picks:
        raise InputError(
            f"The edition {edition.label} has no paper.", hint="Pick one, then publish it."
        )
    if not desk.editions.publish(edition.key, now):
        return False
    votes = votes_of(desk, [pick.paper_key for pick in picks])
    frozen = [replace(pick, votes=votes.get(pick.paper_key, 0)) for pick in picks]
    desk.editions.put(edition.key, placed(frozen))
    return True


def release_due(catalogue: Catalogue, now: datetime) -> list[Edition]:
    """Let every edition come out that was scheduled until now; those that did."""
    with catalogue.reading() as desk:
        waiting = desk.editions.due(now)
    out = []
    for edition in waiting:
        with catalogue.writing() as desk:
            is_ready = edition.opens <= now and desk.editions.picks(edition.key)
            if is_ready and release(desk, edition, now):
                out.append(edition)
    return out


def schedule(desk: Desk, edition: Edition, moment: datetime, now: datetime) -> None:
    """Let an edition come out at a moment.

    InputError for one without papers, a moment that is past, and one before the edition opens.
    """
    if not desk.editions.picks(edition.key):
        raise InputError("An edition without papers cannot be scheduled.")
    if moment < now:
        raise InputError("That moment is past.", hint="Give one to come, or publish it now.")
    if moment < edition.opens:
        raise InputError(
            f"The edition {edition.label} opens at {edition.opens:%Y-%m-%d %H:%M} UTC.",
            hint="It cannot come out before.",
        )
    desk.editions.schedule(edition.key, moment)
    desk.changes.stir()


def revise(
    desk: Desk, edition: Edition, picks: Sequence[Pick], *, title: str, note: str, made_by: str
) -> None:
    """Put these papers into an edition that is not out; ConflictError if it is out already."""
    current = desk.editions.by_key(edition.key)
    if current is None or current.is_published:
        raise ConflictError(
            f"The edition {edition.label} is out already.",
            hint="It can be corrected, with the reason for everybody to see.",
        )
    _check(picks, title, note)
    desk.editions.put(edition.key, placed(picks))
    desk.editions.describe(edition.key, title=title, note=note, made_by=made_by)


def correct(
    desk: Desk,
    edition: Edition,
    picks: Sequence[Pick],
    titles: Mapping[int, str],
    *,
    actor: str,
    why: str,
    now: datetime,
) -> list[str]:
    """Change a published edition and write down what was changed, each thing in words.

    `titles` are those of all papers concerned, by their keys. InputError without a reason.
    """
    _check(picks, edition.title, edition.note)
    before = desk.editions.picks(edition.key)
    changed = _differences(before, placed(picks), titles)
    if not changed:
        return []
    if not why.strip():
        raise InputError("A published edition is changed with a reason.", hint="Say why.")
    if not picks:
        raise InputError("A published edition keeps one paper at least.")
    desk.editions.put(edition.key, placed(picks))
    for what in changed:
        desk.editions.note(edition.key, EditionChange(now, actor, what, why.strip()))
    return changed


def placed(picks: Sequence[Pick]) -> list[Pick]:
    """The picks with places from 1 on, in this order, each paper once."""
    once = {pick.paper_key: pick for pick in reversed(picks)}
    ordered = [pick for pick in picks if once.get(pick.paper_key) is pick]
    return [replace(pick, place=place) for place, pick in enumerate(ordered, 1)]


def _differences(
    before: Sequence[Pick], after: Sequence[Pick], titles: Mapping[int, str]
) -> list[str]:
    """What differs between two lists of papers, in sentences."""
    old = {pick.paper_key: pick for pick in before}
    new = {pick.paper_key: pick for pick in after}
    told = [f"“{titles.get(key, 'A paper')}” was taken out." for key in old if key not in new]
    told += [f"“{titles.get(key, 'A paper')}” was added." for key in new if key not in old]
    stayed = [key for key in old if key in new]
    if stayed != [key for key in new if key in old]:
        told.append("The order was changed.")
    told += [
        f"The line on “{titles.get(key, 'a paper')}” was changed."
        for key in stayed
        if old[key].line != new[key].line
    ]
    return told


def _check(picks: Sequence[Pick], title: str, note: str) -> None:
    lengths = [("title", len(title), LONGEST_TITLE), ("note", len(note), LONGEST_NOTE)]
    lengths += [("line", len(pick.line), LONGEST_LINE) for pick in picks]
    for what, length, most in lengths:
        if length > most:
            raise InputError(f"A {what} may have {most:,} characters; this has {length:,}.")
    if len(picks) > MOST_PICKS:
        raise InputError(f"An edition may have {MOST_PICKS} papers; this has {len(picks)}.")
