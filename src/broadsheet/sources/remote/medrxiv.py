"""medRxiv, which has the interface of bioRxiv."""

from broadsheet.sources.remote import Options
from broadsheet.sources.remote.biorxiv import Preprints, open_server


def open_source(what: str, options: Options) -> Preprints:
    """The preprints of medRxiv, of the category `what` or, if that is empty, of all."""
    return open_server("medrxiv", what, options)
