"""The numbers that the page of formulas explains, taken from where they are used."""

from typing import Any

from broadsheet.community import suspicion
from broadsheet.editions.making import PAST
from broadsheet.index.embedded.compiling import (
    ADJACENT_WEIGHT,
    AUTHOR_WEIGHT,
    MOST_WORDS,
    TITLE_WEIGHT,
    WHOLE_WEIGHT,
)
from broadsheet.index.embedded.variants import JOINED_WEIGHT, SPELLING_WEIGHT
from broadsheet.ranking.alike import HANDS, NEAREST_SHARE
from broadsheet.ranking.alike import WEIGHTS as ALIKE_WEIGHTS
from broadsheet.ranking.choosing import DEFAULT_SHARES, NEAR_DUPLICATE
from broadsheet.ranking.flagged import PLACES
from broadsheet.ranking.formulas import NORMALISED_OVER, Weights
from broadsheet.ranking.fusion import (
    FEEDBACK_PAPERS,
    FEEDBACK_WEIGHT,
    FIRST_PAGE,
    FUSED_OVER,
    ROOM_FOR_NEAR,
)
from broadsheet.ranking.interests import HALVING_VOTES, INTEREST_SHARE, LEAST_READERS
from broadsheet.ranking.nearness import NEIGHBOURS, NEIGHBOURS_WEIGHT
from broadsheet.ranking.related import WEIGHTS as RELATED_WEIGHTS


def constants(weights: Weights, share: float | None) -> dict[str, Any]:
    """Every named constant of the ranking, by the name the page gives it.

    `share` is how much of the index the contextual encoder has read, None without one.
    """
    return {
        "weight": weights.at(share or 0.0),
        "weights": weights,
        "share": share,
        "fused_over": FUSED_OVER,
        "feedback_papers": FEEDBACK_PAPERS,
        "feedback_weight": FEEDBACK_WEIGHT,
        "neighbours": NEIGHBOURS,
        "neighbours_weight": NEIGHBOURS_WEIGHT,
        "normalised_over": NORMALISED_OVER,
        "flagged_places": PLACES,
        "first_page": FIRST_PAGE,
        "room": ROOM_FOR_NEAR,
        "title_weight": TITLE_WEIGHT,
        "adjacent_weight": ADJACENT_WEIGHT,
        "whole_weight": WHOLE_WEIGHT,
        "author_weight": AUTHOR_WEIGHT,
        "most_words": MOST_WORDS,
        "spelling_weight": SPELLING_WEIGHT,
        "joined_weight": JOINED_WEIGHT,
        "related_weights": RELATED_WEIGHTS,
        "alike_weights": ALIKE_WEIGHTS,
        "nearest_share": NEAREST_SHARE,
        "hands": HANDS,
        "held": suspicion,
        "near_duplicate": NEAR_DUPLICATE,
        "shares": DEFAULT_SHARES,
        "past_days": PAST.days,
        "interest_share": INTEREST_SHARE,
        "halving_votes": HALVING_VOTES,
        "least_readers": LEAST_READERS,
    }
