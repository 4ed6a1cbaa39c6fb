"""The post as the settings want it."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from broadsheet.faces.mail.letterhead import letterhead_of
from broadsheet.faces.mail.post import Pace, Post
from broadsheet.faces.mail.smtp import Smtp, read_relay
from broadsheet.faces.mail.transports import Folder, Transport
from broadsheet.service import Service
from broadsheet.settings import Settings


def open_post(service: Service) -> Post:
    """The post of a site; SettingError if the settings about mail cannot be."""
    settings = service.settings
    head = letterhead_of(settings, service.signing_key)
    pace = Pace(connections=settings.mail_connections)
    return Post(
        service.catalogue,
        head,
        transport_of(settings, head.sender.domain),
        pace=pace,
        tidy=partial(remove_strays, service),
    )


def transport_of(settings: Settings, name: str) -> Callable[[], Transport]:
    """What makes a transport: to the relay that is set, else into a folder of the home.

    `name` is how a relay is greeted. SettingError if `mail_url` cannot be.
    """
    if settings.mail_url is None:
        return partial(folder_of, settings)
    relay = read_relay(settings.mail_url.get_secret_value())
    return partial(Smtp, relay, name=name)


def folder_of(settings: Settings) -> Folder:
    """The folder that letters are put into where no relay is set."""
    return Folder(settings.home / "letters", timedelta(days=settings.keep_days))


def remove_strays(service: Service) -> None:
    """Remove the letters in the folder that the outbox does not know: they were forgotten there.

    Raises StoreError if one cannot be removed.
    """
    folder = folder_of(service.settings)
    # Those that are in the folder by now were in the outbox before.
    names = folder.names()
    with service.catalogue.reading() as desk:
        known = desk.outbox.known(names)
    folder.remove(names - known)
