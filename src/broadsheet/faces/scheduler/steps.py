"""The steps of the daily round, in order; a new one is a function and an entry."""

import re
import shutil
from collections import Counter
from datetime import timedelta
from pathlib import Path

import structlog

from broadsheet import ingest
from broadsheet.catalogue import Harvest, Outcome, Space
from broadsheet.errors import BroadsheetError, BusyError, OutsideError, SettingError, StoreError
from broadsheet.faces import checks, indexing, thumbnails
from broadsheet.faces.mail import remove_strays, take_returned
from broadsheet.faces.scheduler import alerts, editions, letters
from broadsheet.faces.scheduler.rounds import Errand, Step, StoppedError, Watch
from broadsheet.service import open_client, source_access

_BACKUP = re.compile(r"broadsheet-\d{4}-\d{2}-\d{2}\.db")
_PASSES_KEPT = timedelta(days=2)
"""How long used and ended links stay: longer than wrong passwords count."""
_NEWS = ("new", "merged", "updated", "gone", "tallied", "quarantined")


def _harvest(at: Errand) -> str:
    """Get what is new from every source that is set; one that fails stops no other."""
    settings = at.service.settings
    access = source_access(settings)
    told, bad = [], 0
    with open_client(settings) as client:
        for spec in dict.fromkeys(settings.sources):
            source = ingest.named_source(spec, access)
            try:
                run = ingest.harvest(
                    at.service.catalogue,
                    client,
                    source,
                    ingest.Order(),
                    clock=at.clock,
                    stop=at.stop,
                )
            except StoreError:
                raise
            except BroadsheetError as error:
                bad += not isinstance(error, BusyError)
                told.append(f"{source.name}: {error.message}")
            else:
                _unless_stopped(at)
                bad += run.outcome is Outcome.FAILED
                told.append(f"{run.source}: {_became(run)}")
    detail = "; ".join(told) or "No source is set."
    if told and bad == len(told):
        raise OutsideError(detail)
    return detail


def _became(run: Harvest) -> str:
    """What became of one harvest, in a few words."""
    if run.outcome is Outcome.FAILED:
        return "failed: " + run.error.partition("\n")[0]
    counts = Counter({name: run.counts.get(name, 0) for name in _NEWS})
    return ", ".join(f"{count:,} {name}" for name, count in (+counts).items()) or "nothing new"


def _index(at: Errand) -> str:
    """Let the index take in what came."""
    service = at.service
    behind = service.index.behind()
    try:
        if behind >= indexing.MANY:
            indexing.bring_level_apart(service)
        else:
            indexing.bring_level(service, lambda _: None, at.stop)
    except BusyError:
        return f"{behind:,} changes are being taken in by another process."
    _unless_stopped(at)
    return f"{behind:,} changes taken in." if behind else "It was level."


def _backup(at: Errand) -> str:
    """Copy the catalogue into the folder that is set, and remove the oldest copies."""
    settings = at.service.settings
    folder = settings.backup_folder
    if folder is None:
        return "No folder is set."
    file = folder / f"broadsheet-{at.day}.db"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        there = file.exists()
    except OSError as error:
        raise StoreError(f"No backup can be put into {folder}: {error.strerror}.") from error
    if not there:
        at.service.catalogue.backup(file, progress=lambda _: None)
    gone = _thin_out(folder, settings.keep_backups)
    made = "was there" if there else "made"
    return f"{file.name} {made}" + (f", {gone} older removed." if gone else ".")


def _thin_out(folder: Path, keep: int) -> int:
    """Remove all backups of ours but the newest; how many."""
    ours = sorted(file for file in folder.iterdir() if _BACKUP.fullmatch(file.name))
    for file in ours[:-keep]:
        file.unlink(missing_ok=True)
    return len(ours[:-keep])


def _clean(at: Errand) -> str:
    """Forget what is older than the settings say."""
    before = at.clock() - timedelta(days=at.service.settings.keep_days)
    with at.service.catalogue.writing() as desk:
        desk.outbox.sweep(at.clock())
        harvests, letters = desk.harvests.prune(before), desk.outbox.prune(before)
        desk.passes.prune(at.clock() - _PASSES_KEPT)
        desk.sessions.prune(at.clock())
        desk.answered.prune(before)
        rest = desk.rounds.prune(before) + desk.alerts.prune(before)
        desk.bounces.prune(before)
        desk.notices.prune(before)
    remove_strays(at.service)
    at.service.catalogue.empty_log()
    return f"{harvests:,} harvests, {letters:,} letters and {rest:,} notes of rounds forgotten."


def _check(at: Errand) -> str:
    """Check what `doctor` checks, and note the free space."""
    service = at.service
    found = [*checks.of_home(service.settings), *checks.of_catalogue(service)]
    free = shutil.disk_usage(service.settings.home).free
    with service.catalogue.writing() as desk:
        desk.alerts.add_space(Space(at.clock(), free))
    wrong = [f"{name}: {told}" for name, ok, told in found if not ok]
    if wrong:
        raise StoreError("; ".join(wrong), hint="See `broadsheet doctor`.")
    return f"{len(found)} checks passed; {free >> 20:,} MiB free."


def _edition(at: Errand) -> str:
    """Publish what is scheduled, make what is due, and tell at once if an edition is late."""
    done = editions.keep(at.service, at.clock(), at.stop)
    _unless_stopped(at)
    if editions.overdue(at.service, at.clock()):
        done.append(alerts.alert(at))
    return "; ".join(done) or "Nothing was due."


def _letters(at: Errand) -> str:
    """Put the regular letters that are due into the outbox."""
    told = letters.keep(at.service, at.clock(), at.stop)
    _unless_stopped(at)
    return told


def _bounces(at: Errand) -> str:
    """Act on what came back."""
    return str(take_returned(at.service, at.clock()))


def _bounces_in_between(at: Errand) -> str:
    """The same; a mailbox that cannot be read is left until its next time, not asked at once."""
    try:
        return _bounces(at)
    except (OutsideError, SettingError, StoreError) as error:
        structlog.get_logger().error("watch", watch=letters.BOUNCES, problem=error.message)
        return "No mail was read."


def _thumbnails(at: Errand) -> str:
    """Get the pictures of papers that were submitted with one."""
    return f"{thumbnails.fetch_missing(at.service, at.stop):,} pictures came."


def _unless_stopped(at: Errand) -> None:
    """Raise StoppedError if work was broken off."""
    if at.stop():
        raise StoppedError


STEPS = (
    Step("harvest", "Gets what is new from every source.", _harvest),
    Step("index", "Lets the index take in what came.", _index),
    Step(editions.EDITION, "Makes the editions that are due and lets them come out.", _edition),
    Step(letters.LETTERS, "Puts the regular letters that are due into the outbox.", _letters),
    Step(letters.BOUNCES, "Reads the mail that came back, and acts on it.", _bounces),
    Step("backup", "Copies the catalogue into the folder that is set.", _backup),
    Step("clean", "Forgets what is older than the settings say.", _clean),
    Step("check", "Checks the home, the catalogue and the encoder.", _check),
    Step(alerts.ALERT, "Tells of what somebody should look at.", alerts.alert),
    Step(alerts.PING, "Tells a monitor that the round was good.", alerts.ping),
)

WATCHES = (
    Watch(editions.EDITION, editions.due, _edition),
    Watch(letters.LETTERS, letters.due, _letters),
    Watch(letters.BOUNCES, letters.returns_due, _bounces_in_between),
    Watch("thumbnails", lambda service, _: " ".join(thumbnails.missing(service)), _thumbnails),
)
"""What has a time of its own: an edition's cut-off and a subscriber's hour are not the round's."""
