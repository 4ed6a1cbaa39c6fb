"""From sources to the catalogue: curate, match, fold, save and report."""

from broadsheet.ingest.curating import Curated, curate
from broadsheet.ingest.given import Given, GivenPapers, Unread, named, read_given, together
from broadsheet.ingest.importing import ImportProgress, Reading, import_files
from broadsheet.ingest.joining import join, leave_as_received, release, separate
from broadsheet.ingest.report import Report

__all__ = [
    "Curated",
    "Given",
    "GivenPapers",
    "ImportProgress",
    "Reading",
    "Report",
    "Unread",
    "curate",
    "import_files",
    "join",
    "leave_as_received",
    "named",
    "read_given",
    "release",
    "separate",
    "together",
]
