"""What readers of this instance keep as interests, gathered for the choice of an edition."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

import numpy as np

from broadsheet.catalogue import Choice as Wish
from broadsheet.catalogue import Desk
from broadsheet.index.engine import Vectors
from broadsheet.papers import Paper
from broadsheet.ranking.interests import Tastes

LASTS = timedelta(days=180)
"""What was said longer ago says nothing of today."""
MOST_SAID = 2000
"""Of many readers the last that each said."""


def tastes_of(
    desk: Desk,
    paper_keys: Collection[int],
    now: datetime,
    vectors_of: Callable[[Sequence[Paper]], Vectors],
) -> list[Tastes]:
    """The tastes of everybody who keeps any, without a name, of the last things that they said.

    `paper_keys` are the candidates that saved searches may have found.
    """
    said = desk.interests.lately(now - LASTS, MOST_SAID)
    matched = desk.watches.finders(paper_keys)
    papers = desk.papers.by_keys({one.paper_key for one in said})
    vectors = vectors_of(list(papers.values())) if papers else np.zeros((0, 1), np.float32)
    places = {key: place for place, key in enumerate(papers)}
    wanted: dict[int, dict[int, None]] = {}
    spared: dict[int, dict[int, None]] = {}
    for one in said:
        kept = spared if one.choice is Wish.LESS else wanted
        # Saved and wanted more of, a paper counts once.
        kept.setdefault(one.person, {})[places[one.paper_key]] = None
    return [
        Tastes(
            vectors[list(wanted.get(person, ()))],
            vectors[list(spared.get(person, ()))],
            frozenset(matched.get(person, ())),
        )
        for person in sorted(wanted.keys() | spared.keys() | matched.keys())
    ]
