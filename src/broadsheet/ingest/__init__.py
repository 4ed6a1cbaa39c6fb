"""From sources to the catalogue: curate, match, fold, save and report."""

from broadsheet.ingest.asked import Access, Asked, asked, chosen, public
from broadsheet.ingest.brought import (
    LONGEST_BROUGHT,
    Brought,
    file_brought,
    file_links,
    known_as,
    links_said,
    looked_up,
    named_by,
    presented,
    read_brought,
    readied,
    sealed,
    unsealed,
)
from broadsheet.ingest.curating import Curated, curate
from broadsheet.ingest.given import Given, GivenPapers, Unread, named, read_given, together
from broadsheet.ingest.harvesting import HarvestProgress, Order, harvest
from broadsheet.ingest.importing import ImportProgress, Reading, import_files
from broadsheet.ingest.joining import join, leave_as_received, release, separate
from broadsheet.ingest.matching import names_of
from broadsheet.ingest.preparing import Prepared
from broadsheet.ingest.report import Report
from broadsheet.ingest.standing import Standing, State, standings

__all__ = [
    "LONGEST_BROUGHT",
    "Access",
    "Asked",
    "Brought",
    "Curated",
    "Given",
    "GivenPapers",
    "HarvestProgress",
    "ImportProgress",
    "Order",
    "Prepared",
    "Reading",
    "Report",
    "Standing",
    "State",
    "Unread",
    "asked",
    "chosen",
    "curate",
    "file_brought",
    "file_links",
    "harvest",
    "import_files",
    "join",
    "known_as",
    "leave_as_received",
    "links_said",
    "looked_up",
    "named",
    "named_by",
    "names_of",
    "presented",
    "public",
    "read_brought",
    "read_given",
    "readied",
    "release",
    "sealed",
    "separate",
    "standings",
    "together",
    "unsealed",
]
