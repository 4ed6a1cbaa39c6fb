"""How the sources that are set stand, for pages and the API: they say the same."""

from datetime import UTC, datetime

from broadsheet import ingest
from broadsheet.ingest import Standing
from broadsheet.service import Service, source_access


def standings(service: Service) -> list[Standing]:
    """How each source that is set stands at this moment, in the order in which they are set."""
    access = source_access(service.settings)
    asked = [ingest.named_source(spec, access) for spec in dict.fromkeys(service.settings.sources)]
    return ingest.standings(service.catalogue, asked, datetime.now(UTC))


def alarm(service: Service) -> str:
    """One line about the sources that somebody should look at; empty if there are none."""
    worrying = [one for one in standings(service) if one.is_alarming]
    return ", ".join(f"{one.called} is {one.state}" for one in worrying)
