"""Whether all is well here: what `doctor` and the daily round look at."""

import shutil
from collections.abc import Callable, Iterator

from broadsheet.errors import BroadsheetError
from broadsheet.faces.source_status import standings
from broadsheet.service import Service
from broadsheet.settings import Settings

_LEAST_FREE_MB = 500

Check = tuple[str, bool, str]
"""A check's name, whether it passed, and what was found."""


def of_home(settings: Settings) -> Iterator[Check]:
    """The home and the room that is left there."""
    yield "home", settings.home.is_dir(), str(settings.home)
    if settings.home.is_dir():
        free = shutil.disk_usage(settings.home).free >> 20
        yield "disk", free >= _LEAST_FREE_MB, f"{free:,} MiB free"


def of_catalogue(service: Service) -> Iterator[Check]:
    """The catalogue and the encoders."""

    def papers() -> str:
        with service.catalogue.reading() as desk:
            return f"{desk.papers.count():,} papers, {desk.quarantine.count():,} in quarantine"

    yield _tried("catalogue", papers)
    problems = service.catalogue.check()
    yield "integrity", not problems, "; ".join(problems) or "sound"
    writable = service.catalogue.writable
    yield "writable", writable, "yes" if writable else "no: the catalogue is read-only"
    for encoder in service.index.encoders:
        yield "encoder", bool(encoder.encode_query("papers").any()), encoder.identity


def of_index(service: Service) -> Iterator[Check]:
    """Whether the index is level."""
    status = service.index.status()
    yield "index", status.state == "level", f"{status.state}, {status.papers:,} papers"


def of_sources(service: Service) -> Iterator[Check]:
    """How each source stands."""
    for one in standings(service):
        yield f"source {one.called}", not one.is_alarming, one.statement


def _tried(name: str, check: Callable[[], str]) -> Check:
    """A check that passes unless it raises."""
    try:
        return name, True, check()
    except BroadsheetError as error:
        return name, False, error.message
