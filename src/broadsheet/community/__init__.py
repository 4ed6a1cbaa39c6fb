"""What readers do together: they bring papers, claim those that are theirs, vote and comment.

The rules of each are here; where they are shown is the faces' affair. Every verb works in the
transaction of the desk that it is given, and `now` is the caller's clock. Votes and comments are
in `voting` and `commenting`, which are called by their names.
"""

from broadsheet.community.claiming import (
    authors_mark,
    authors_of,
    claim,
    is_author,
    likely_author,
    orcid_of,
    settle_claim,
    told_apart,
    withdraw_claim,
)
from broadsheet.community.neighbours import Neighbourhood, neighbourhood
from broadsheet.community.organisations import assign, made_organisation
from broadsheet.community.rules import Check, Rules, day_of
from broadsheet.community.screening import screened
from broadsheet.community.submitting import (
    FREE,
    LONGEST_COMMENT,
    MOST_MEDIA,
    Filed,
    Found,
    Offer,
    checks_of,
    file_offer,
    found,
    offered,
)
from broadsheet.community.urls import fit_address

__all__ = [
    "FREE",
    "LONGEST_COMMENT",
    "MOST_MEDIA",
    "Check",
    "Filed",
    "Found",
    "Neighbourhood",
    "Offer",
    "Rules",
    "assign",
    "authors_mark",
    "authors_of",
    "checks_of",
    "claim",
    "day_of",
    "file_offer",
    "fit_address",
    "found",
    "is_author",
    "likely_author",
    "made_organisation",
    "neighbourhood",
    "offered",
    "orcid_of",
    "screened",
    "settle_claim",
    "told_apart",
    "withdraw_claim",
]
