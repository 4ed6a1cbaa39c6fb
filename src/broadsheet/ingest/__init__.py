"""From sources to the catalogue: curate, match, fold, save and report."""

from broadsheet.ingest.asked import Access, Asked, asked, chosen, public
from broadsheet.ingest.given import Given, GivenPapers, Unread, named, read_given, together
from broadsheet.ingest.harvesting import HarvestProgress, Order, harvest
from broadsheet.ingest.importing import ImportProgress, Reading, import_files
from broadsheet.ingest.joining import join, release, separate
from broadsheet.ingest.report import Report
from broadsheet.ingest.standing import Standing, State, standings

__all__ = [
    "Access",
    "Asked",
    "Given",
    "GivenPapers",
    "HarvestProgress",
    "ImportProgress",
    "Order",
    "Reading",
    "Report",
    "Standing",
    "State",
    "Unread",
    "asked",
    "chosen",
    "harvest",
    "import_files",
    "join",
    "named",
    "public",
    "read_given",
    "release",
    "separate",
    "standings",
    "together",
]
