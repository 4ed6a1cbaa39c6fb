"""Telling somebody: alerts by webhook and letter, each once until it clears, and a good round."""

from datetime import datetime, timedelta

import structlog
from pydantic import SecretStr

from broadsheet.catalogue import Alert, Desk, Fate, Letter, StepOutcome
from broadsheet.errors import FetchError, OutsideError
from broadsheet.faces.mail.status import LATE
from broadsheet.faces.scheduler.disk import days_until_full
from broadsheet.faces.scheduler.editions import overdue
from broadsheet.faces.scheduler.rounds import Errand
from broadsheet.faces.source_status import standings
from broadsheet.fetch import Client, host_of
from broadsheet.service import Service
from broadsheet.settings import Settings

ALERT = "alert"
PING = "ping"
FULL_WITHIN_DAYS = 14
"""An alert is due if the disk will be full within so many days, going on as it does."""
LOOKED_BACK = timedelta(days=14)
"""The days from which the filling of the disk is drawn."""
_TRIES = 3
_PATIENCE_SECONDS = 60.0


def conditions(service: Service, now: datetime) -> dict[str, str]:
    """What somebody should look at: each condition, and a sentence about it."""
    found = {
        f"source {one.called} is {one.state}": f"{one.called}: {one.statement}"
        for one in standings(service)
        if one.is_alarming
    }
    found |= overdue(service, now)
    with service.catalogue.reading() as desk:
        failing = desk.rounds.failing()
        samples = desk.alerts.space(now - LOOKED_BACK)
        late, uncertain = desk.outbox.overdue(now, LATE), desk.outbox.counts()[Fate.UNCERTAIN]
    for run in failing:
        # Whether telling works is told by the ping that does not come.
        if run.step not in (ALERT, PING):
            found[f"step {run.step} fails"] = f"The step {run.step} failed: {run.detail}"
    if late:
        found["letters are late"] = (
            f"{late:,} {'letter has' if late == 1 else 'letters have'} waited for more than an "
            "hour."
        )
    if uncertain:
        found["letters are uncertain"] = (
            f"Of {uncertain:,} {'letter' if uncertain == 1 else 'letters'} nobody knows whether "
            f"{'it' if uncertain == 1 else 'they'} arrived; the page /letters asks."
        )
    left = days_until_full(samples)
    if left is not None and left < FULL_WITHIN_DAYS:
        found["disk is filling"] = (
            f"{samples[-1].free >> 20:,} MiB are free; at the pace of the last days the disk is "
            f"full in {left:.0f} days."
        )
    return found


def alert(at: Errand) -> str:
    """Note what holds, and tell of what nobody was told of; what cannot be sent stays to be."""
    service = at.service
    found = conditions(service, at.clock())
    with service.catalogue.writing() as desk:
        desk.alerts.settle(found, at.clock())
        unsent = [one for one in desk.alerts.open() if one.sent is None]
    webhook = service.settings.alert_webhook
    by_mail = service.settings.alert_mail
    if by_mail:
        with service.catalogue.writing() as desk:
            for one in unsent:
                _write(desk, by_mail, one, at.clock())
    # After the letters, which a webhook that is down must not hold back.
    for one in unsent:
        structlog.get_logger().warning("alert", condition=one.condition, message=one.message)
        if webhook is not None:
            _send(service.settings, webhook, one)
        if by_mail or webhook is not None:
            with service.catalogue.writing() as desk:
                desk.alerts.mark_sent(one.key, at.clock())
    if not found:
        return "Nothing to tell."
    told = f"{len(found)} to look at: {', '.join(found)}"
    if not by_mail and webhook is None:
        return f"{told}; neither a webhook nor an address is set."
    return f"{told}; {len(unsent)} sent."


def ping(at: Errand) -> str:
    """Ask for the address that is set, if all other steps of the day's round went well."""
    address = at.service.settings.ping_url
    if address is None:
        return "No address is set."
    with at.service.catalogue.reading() as desk:
        runs = desk.rounds.of_day(at.day)
    bad = [run.step for run in runs.values() if run.step != PING and not _is_done(run.outcome)]
    if bad:
        return f"Not pinged: {', '.join(bad)} did not go well."
    if not runs:
        return "Not pinged: there was no round."
    url = address.get_secret_value()
    try:
        with _client(at.service.settings, url) as client:
            client.get(url)
    except FetchError as error:
        raise _failed("ping_url", error) from None
    return "Pinged."


def _is_done(outcome: StepOutcome) -> bool:
    return outcome is StepOutcome.DONE


def _write(desk: Desk, address: str, one: Alert, now: datetime) -> None:
    """Ask for the letter about an alert; one that was asked for is not asked for again."""
    letter = Letter(
        kind="alert",
        subject=f"alert:{one.key}",
        recipient=address,
        values={
            "condition": one.condition,
            "message": one.message,
            "since": f"{one.raised:%Y-%m-%d %H:%M} UTC",
        },
        due=now,
    )
    desk.outbox.add(letter, now)


def _send(settings: Settings, webhook: SecretStr, one: Alert) -> None:
    """Tell the webhook of an alert; `text` is what chat programs show."""
    body = {
        "id": one.key,
        "site": settings.site_name,
        "condition": one.condition,
        "message": one.message,
        "since": one.raised.isoformat(),
        "text": f"{settings.site_name}: {one.message}",
    }
    url = webhook.get_secret_value()
    try:
        with _client(settings, url) as client:
            client.tell_json(url, body)
    except FetchError as error:
        raise _failed("alert_webhook", error) from None


def _client(settings: Settings, url: str) -> Client:
    """A client that the operator lets reach this host, wherever it is."""
    return Client(
        contact=settings.contact,
        allowed_hosts=(*settings.fetch_allow, host_of(url)),
        tries=_TRIES,
        patience=_PATIENCE_SECONDS,
    )


def _failed(setting: str, error: FetchError) -> OutsideError:
    """What to say of an address whose path may be secret."""
    status = getattr(error, "status", None)
    what = f"HTTP {status}" if status else "no usable answer"
    return OutsideError(f"The address in `{setting}` gave {what}.", hint="Check the setting.")
