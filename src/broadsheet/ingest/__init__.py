"""From sources to the catalogue: curate, match, fold, save and report."""

from broadsheet.ingest.given import Given, GivenPapers, Unread, named, read_given, together
from broadsheet.ingest.importing import ImportProgress, Reading, import_files
from broadsheet.ingest.joining import join, release, separate
from broadsheet.ingest.report import Report

__all__ = [
    "Given",
    "GivenPapers",
    "ImportProgress",
    "Reading",
    "Report",
    "Unread",
    "import_files",
    "join",
    "named",
    "read_given",
    "release",
    "separate",
    "together",
]
