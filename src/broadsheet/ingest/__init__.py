"""From sources to the catalogue: curate, match, fold, save and report."""

from broadsheet.ingest.importing import ImportProgress, Reading, import_files
from broadsheet.ingest.joining import join, release, separate
from broadsheet.ingest.report import Report

__all__ = ["ImportProgress", "Reading", "Report", "import_files", "join", "release", "separate"]
