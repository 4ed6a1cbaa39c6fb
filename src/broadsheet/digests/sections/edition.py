"""The edition: the papers that were picked for the day, the week or the month."""

from datetime import date, timedelta

from broadsheet.catalogue import Cadence, EditionKind, Pick
from broadsheet.digests.sections.section import Item, Matter, Part
from broadsheet.editions import (
    Issue,
    Origin,
    in_brief,
    issue_of,
    last_day,
    preceding,
    read_label,
    span_of,
)

_DAYS_BACK = 4
"""An edition of a day may be so old: a long weekend lies between."""
_ISSUES = 3
"""Editions that are looked at, the last first: what a letter that was lost held comes again."""
_WORDS = {EditionKind.DAY: "date", EditionKind.WEEK: "week", EditionKind.MONTH: "month"}
_ORIGINS = {
    Origin.TOLD: "As a source told of it, by votes",
    Origin.GATHERED: "From the editions of its days, by votes",
}
_KINDS = {Cadence.WEEKLY: EditionKind.WEEK, Cadence.MONTHLY: EditionKind.MONTH}


def gather(matter: Matter) -> list[Part]:
    """The last editions: the main ones, or those of a section or of the chosen sections."""
    wishes, section = matter.subscription.wishes, matter.subscription.section
    kind = _KINDS.get(wishes.cadence, EditionKind.DAY)
    chosen = () if section else wishes.sections
    names = chosen or (section,)
    parts = (_part(matter, name, kind, is_chosen=bool(chosen)) for name in names)
    return [part for part in parts if part]


def _part(matter: Matter, section: str, kind: EditionKind, *, is_chosen: bool) -> Part | None:
    return matter.shared.once(
        ("edition", section, kind, matter.day, is_chosen),
        lambda: _read(matter, section, kind, is_chosen=is_chosen),
    )


def _read(matter: Matter, section: str, kind: EditionKind, *, is_chosen: bool) -> Part | None:
    held = matter.desk.sections.named(section) if is_chosen else None
    if is_chosen and held is None:
        return None
    issues = _issues(matter, section, kind)
    if not issues:
        return None
    items = [
        Item(pick.paper_key, _reason(issue, pick, is_last=issue is issues[0]))
        for issue in issues
        for pick in issue.picks
    ]
    prefix = f"/sections/{section}" if section else "/papers"
    path = f"{prefix}/{_WORDS[kind]}/{issues[0].span.label}"
    reason = _origin(issues[0])
    title = _title(matter, issues[0])
    return Part(f"{held.title or section}: {title}" if held else title, reason, path, items)


def _issues(matter: Matter, section: str, kind: EditionKind) -> list[Issue]:
    """The last editions with papers, the last first."""
    desk = matter.desk
    found: list[Issue] = []
    if kind is EditionKind.DAY:
        oldest = (matter.day - timedelta(days=_DAYS_BACK)).isoformat()
        label = last_day(desk, section)
        while label is not None and label >= oldest and len(found) < _ISSUES:
            found.append(issue_of(desk, section, read_label(kind, label)))
            label = last_day(desk, section, label)
        return found
    span = preceding(span_of(kind, matter.day))
    for _ in range(_ISSUES - 1):
        issue = issue_of(desk, section, span)
        found += [issue] if issue.picks else []
        span = preceding(span)
    return found


def _title(matter: Matter, issue: Issue) -> str:
    first = issue.span.first
    titled = issue.edition.title if issue.edition else ""
    if titled:
        return titled
    match issue.span.kind:
        case EditionKind.WEEK:
            return f"The week from {_spelt(first)}"
        case EditionKind.MONTH:
            return f"{first:%B %Y}"
    return "Today\u2019s edition" if first == matter.day else f"The edition of {_spelt(first)}"


def _origin(issue: Issue) -> str:
    """How an edition came about, and how much there is of it."""
    count = len(issue.picks)
    papers = f"{count:,} {'paper' if count == 1 else 'papers'} in all."
    if issue.edition is not None:
        by = issue.edition.made_by
        return f"Chosen by {by}; {papers}" if by else f"It made itself, by a formula; {papers}"
    return f"{_ORIGINS.get(issue.origin, 'By votes')}; {papers}"


def _reason(issue: Issue, pick: Pick, *, is_last: bool) -> str:
    """Why a paper is in a letter: of an older edition, also which one."""
    why = in_brief(pick)
    if is_last or pick.line:
        return why
    if issue.span.kind is EditionKind.DAY:
        of = f"From the edition of {_spelt(issue.span.first)}"
    else:
        of = f"From the {issue.span.kind} that began on {_spelt(issue.span.first)}"
    return f"{of}: {why[:1].lower()}{why[1:]}" if why else of


def _spelt(day: date) -> str:
    return f"{day.day} {day:%B}"
