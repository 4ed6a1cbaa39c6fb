"""Whether a catalogue is sound: the store's own checks, and that its shelves agree."""

from sqlalchemy import Connection, exists, func, select

from broadsheet.catalogue.schema import (
    ALERTS,
    ALIASES,
    BOUNCES,
    CHANGES,
    COMMENTS,
    COUNTERS,
    EDITION_CHANGES,
    EDITIONS,
    HARVESTS,
    INTERESTS,
    MODERATION,
    NOTICES,
    ORGANISATIONS,
    OUTBOX,
    PAPERS,
    QUARANTINE,
    RECORDS,
    REPORTS,
    SEARCHES,
    SECTIONS,
    STEPS,
    SUBMISSIONS,
    SUBSCRIPTIONS,
)

_SHOWN = 20
"""At most so many findings of the store's own check are told."""


def problems(connection: Connection) -> list[str]:
    """What is wrong, one sentence each; empty if the catalogue is sound."""
    if connection.dialect.name == "sqlite" and (found := _file_problems(connection)):
        return found
    return [*_counter_problems(connection), *_shelf_problems(connection)]


def _file_problems(connection: Connection) -> list[str]:
    """What SQLite finds wrong with the file."""
    answers = connection.exec_driver_sql(f"PRAGMA integrity_check({_SHOWN})").scalars()
    found = [f"The file is damaged: {answer}." for answer in answers if answer != "ok"]
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(_SHOWN)
    return found + [
        f"Row {row[1]} of {row[0]} names a row of {row[2]} that is not there." for row in broken
    ]


def _counter_problems(connection: Connection) -> list[str]:
    """Counters that would give a number again."""
    used = {
        "paper": [PAPERS.c.key, CHANGES.c.paper_key],
        "record": [RECORDS.c.key, QUARANTINE.c.key],
        "change": [CHANGES.c.seq],
        "harvest": [HARVESTS.c.key],
        "step": [STEPS.c.key],
        "alert": [ALERTS.c.key],
        "subscription": [SUBSCRIPTIONS.c.key],
        "search": [SEARCHES.c.key],
        "interest": [INTERESTS.c.key],
        "bounce": [BOUNCES.c.key],
        "submission": [SUBMISSIONS.c.key],
        "organisation": [ORGANISATIONS.c.key],
        "comment": [COMMENTS.c.key],
        "notice": [NOTICES.c.key],
        "report": [REPORTS.c.key],
        "moderation": [MODERATION.c.key],
        "letter": [OUTBOX.c.key],
        "edition": [EDITIONS.c.key],
        "edition_change": [EDITION_CHANGES.c.key],
        "section": [SECTIONS.c.key],
    }
    found = []
    for name, columns in used.items():
        counter = select(COUNTERS.c.value).where(COUNTERS.c.name == name)
        value = connection.execute(counter).scalar_one_or_none()
        highest = max(
            connection.execute(select(func.max(column))).scalar_one() or 0 for column in columns
        )
        if value is None or value < highest:
            found.append(f"The counter {name} is at {value}, but {highest} is taken.")
    return found


def _shelf_problems(connection: Connection) -> list[str]:
    """Papers that cannot be found under their id or whose latest change is missing.

    Counts of votes and comments are kept nowhere, so that none can be wrong.
    """
    named = exists().where(ALIASES.c.alias == PAPERS.c.id, ALIASES.c.paper_key == PAPERS.c.key)
    changed = exists().where(CHANGES.c.paper_key == PAPERS.c.key, CHANGES.c.gone.is_(False))
    living = exists().where(PAPERS.c.key == CHANGES.c.paper_key)
    counts = {
        "papers are not found under their id": select(func.count())
        .select_from(PAPERS)
        .where(~named),
        "papers have no change": select(func.count()).select_from(PAPERS).where(~changed),
        "changes name papers that are not there": select(func.count())
        .select_from(CHANGES)
        .where(CHANGES.c.gone.is_(False), ~living),
    }
    found = []
    for what, question in counts.items():
        if count := connection.execute(question).scalar_one():
            found.append(f"{count} {what}.")
    return found
