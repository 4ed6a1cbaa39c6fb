"""What people do with papers: bring them, claim them as theirs, and what is told of either."""

from broadsheet.community.addresses import fit_address
from broadsheet.community.claiming import (
    claim,
    is_author,
    likely_author,
    orcid_of,
    settle_claim,
    withdraw_claim,
)
from broadsheet.community.grouping import assign, made_organisation
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
from broadsheet.community.surroundings import Surroundings, surroundings

__all__ = [
    "FREE",
    "LONGEST_COMMENT",
    "MOST_MEDIA",
    "Check",
    "Filed",
    "Found",
    "Offer",
    "Rules",
    "Surroundings",
    "assign",
    "checks_of",
    "claim",
    "day_of",
    "file_offer",
    "fit_address",
    "found",
    "is_author",
    "likely_author",
    "made_organisation",
    "offered",
    "orcid_of",
    "screened",
    "settle_claim",
    "surroundings",
    "withdraw_claim",
]
