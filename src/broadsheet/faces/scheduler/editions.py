"""Editions when their time has come: scheduled ones come out, others make themselves."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from broadsheet.catalogue import Desk, EditionKind, Section
from broadsheet.editions import (
    Span,
    candidates_of,
    closed,
    has_days,
    lacking,
    make,
    matching,
    release_due,
    window,
)
from broadsheet.errors import ConflictError
from broadsheet.faces.sections import every_section
from broadsheet.service import Service

EDITION = "edition"
LATE = timedelta(hours=1)
"""So long after its cut-off an edition that is not out is somebody's business."""
_KINDS = (EditionKind.DAY, EditionKind.WEEK, EditionKind.MONTH)


def due(service: Service, now: datetime) -> str:
    """What of editions is due at a moment (aware), as a text that changes when papers come."""
    with service.catalogue.reading() as desk:
        waiting = [one.key for one in desk.editions.due(now)]
        to_make = [f"{section.name}/{span.label}" for section, span in _to_make(service, desk, now)]
        state = desk.changes.latest(), desk.changes.stirs()
    late = sorted(overdue(service, now))
    return repr((waiting, to_make, late, state)) if waiting or to_make or late else ""


def keep(service: Service, now: datetime, stop: Callable[[], bool]) -> list[str]:
    """Do what is due; what was done, one text each. Done again it does nothing."""
    done = [
        f"{_called(one.section, one.label)} came out" for one in release_due(service.catalogue, now)
    ]
    with service.catalogue.reading() as desk:
        to_make = list(_to_make(service, desk, now))
    for section, span in to_make:
        if stop():
            break
        found = matching(service.catalogue, service.index, section, span, service.weights)
        try:
            made = make(service.catalogue, section, span, now, found)
        except ConflictError:
            # A curator began it meanwhile.
            continue
        if made is not None:
            done.append(f"{_called(section.name, span.label)} made itself")
    return done


def overdue(service: Service, now: datetime) -> dict[str, str]:
    """The editions of days that were to be out an hour ago and are not, each in a sentence.

    A day for which nothing came in has none, and nobody needs to know.
    """
    found = {}
    with service.catalogue.reading() as desk:
        for section in every_section(service, desk):
            at, zone = section.cutoff_in_zone
            span = closed(EditionKind.DAY, now, at, zone)
            if now < window(span, at, zone)[1] + LATE or not _is_missed(desk, section, span):
                continue
            name = _called(section.name, span.label)
            found[f"no {name}"] = (
                f"The {name} was to be out at {section.cutoff} ({section.zone}) and is not."
            )
    return found


def _to_make(service: Service, desk: Desk, now: datetime) -> Iterator[tuple[Section, Span]]:
    """The last day, week and month whose cut-off has come, where nothing is begun for them."""
    for section in every_section(service, desk):
        for kind in _KINDS:
            span = closed(kind, now, *section.cutoff_in_zone)
            is_day = kind is EditionKind.DAY
            if lacking(desk, section, span) and (is_day or has_days(desk, section, span)):
                yield section, span


def _is_missed(desk: Desk, section: Section, span: Span) -> bool:
    """Whether there was something to bring out for a day and it did not come out."""
    edition = desk.editions.get(section.name, span.kind, span.label)
    if edition is not None and edition.is_published:
        return False
    if edition is not None and desk.editions.picks(edition.key):
        return True
    return not section.query and bool(candidates_of(desk, section, span))


def _called(section: str, label: str) -> str:
    return f"edition {label} of {section}" if section else f"edition {label}"
