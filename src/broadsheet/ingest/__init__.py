"""From sources to the catalogue: curate, match, fold, save and report."""

from broadsheet.ingest.curating import Curated, curate
from broadsheet.ingest.examples import (
    Example,
    Examples,
    Unread,
    examples_named,
    read_examples,
    together,
)
from broadsheet.ingest.harvesting import HarvestProgress, Order, harvest
from broadsheet.ingest.importing import ImportProgress, Reading, import_files
from broadsheet.ingest.joining import join, leave_as_received, release, separate
from broadsheet.ingest.links import file_links, links_said
from broadsheet.ingest.matching import names_of
from broadsheet.ingest.named_sources import (
    Access,
    NamedSource,
    chosen_sources,
    named_source,
    public_name,
)
from broadsheet.ingest.preparing import Prepared
from broadsheet.ingest.report import Report
from broadsheet.ingest.status import Standing, State, standings
from broadsheet.ingest.submitted import (
    LONGEST_SUBMITTED,
    Submitted,
    file_submitted,
    known_as,
    looked_up,
    named_by,
    presented,
    read_submitted,
    readied,
    sealed,
    unsealed,
)

__all__ = [
    "LONGEST_SUBMITTED",
    "Access",
    "Curated",
    "Example",
    "Examples",
    "HarvestProgress",
    "ImportProgress",
    "NamedSource",
    "Order",
    "Prepared",
    "Reading",
    "Report",
    "Standing",
    "State",
    "Submitted",
    "Unread",
    "chosen_sources",
    "curate",
    "examples_named",
    "file_links",
    "file_submitted",
    "harvest",
    "import_files",
    "join",
    "known_as",
    "leave_as_received",
    "links_said",
    "looked_up",
    "named_by",
    "named_source",
    "names_of",
    "presented",
    "public_name",
    "read_examples",
    "read_submitted",
    "readied",
    "release",
    "sealed",
    "separate",
    "standings",
    "together",
    "unsealed",
]
