"""The numbers that the page of formulas explains, taken from where they are used."""

from typing import Any

from broadsheet.index.embedded.lexical import (
    ADJACENT_WEIGHT,
    AUTHOR_WEIGHT,
    MOST_WORDS,
    TITLE_WEIGHT,
    WHOLE_WEIGHT,
)
from broadsheet.ranking.formulas import NORMALISED_OVER
from broadsheet.ranking.related import WEIGHT as RELATED_WEIGHT
from broadsheet.ranking.search import FIRST_PAGE, ROOM_FOR_NEAR


def constants(weight: float) -> dict[str, Any]:
    """Every named constant of the ranking, by the name the page gives it."""
    return {
        "weight": weight,
        "normalised_over": NORMALISED_OVER,
        "first_page": FIRST_PAGE,
        "room": ROOM_FOR_NEAR,
        "title_weight": TITLE_WEIGHT,
        "adjacent_weight": ADJACENT_WEIGHT,
        "whole_weight": WHOLE_WEIGHT,
        "author_weight": AUTHOR_WEIGHT,
        "most_words": MOST_WORDS,
        "related_weight": RELATED_WEIGHT,
    }
