"""The whole instance and its sections, each with a cut-off, and where their editions are."""

from datetime import UTC, datetime
from urllib.parse import quote

from broadsheet.catalogue import Desk, EditionKind, Section
from broadsheet.editions import open_day
from broadsheet.errors import NotFoundError
from broadsheet.faces.guard import present
from broadsheet.service import Service

WORDS = {
    "date": EditionKind.DAY,
    "week": EditionKind.WEEK,
    "month": EditionKind.MONTH,
    "special": EditionKind.SPECIAL,
}
"""The kinds of editions by the word that addresses have for them."""
_WORD_OF = {kind: word for word, kind in WORDS.items()}


def whole(service: Service) -> Section:
    """The whole instance, as the section without a name that it is."""
    settings = service.settings
    return Section(
        key=0,
        name="",
        title=settings.site_name,
        query="",
        cutoff=settings.edition_at,
        zone=settings.time_zone,
        size=settings.edition_size,
        made=datetime.min.replace(tzinfo=UTC),
    )


def section_of(service: Service, desk: Desk, name: str) -> Section:
    """The section with a name, the whole instance for an empty one; NotFoundError if none."""
    if not name:
        return whole(service)
    found = desk.sections.named(name)
    if found is None:
        raise NotFoundError(f"There is no section {name!r}.", hint="The page /sections lists them.")
    return found


def every_section(service: Service, desk: Desk) -> list[Section]:
    """The whole instance and its sections."""
    return [whole(service), *desk.sections.all()]


def edition_path(section: str, kind: EditionKind, label: str) -> str:
    """The path of an edition's page."""
    word = _WORD_OF[kind]
    if section:
        return f"/sections/{quote(section)}/{word}/{quote(label)}"
    return f"/papers/{word}/{quote(label)}"


def open_days(service: Service) -> str:
    """The days whose editions are being filled now, as one text."""
    with service.catalogue.reading() as desk:
        sections = every_section(service, desk)
    now = present()
    return ",".join(str(open_day(now, *one.cutoff_in_zone)) for one in sections)
