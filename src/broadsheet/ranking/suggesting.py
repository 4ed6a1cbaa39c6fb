"""What a reader who is typing may be looking for: titles that begin so."""

from broadsheet.catalogue import Catalogue
from broadsheet.index import Index
from broadsheet.text import plain

LONGEST = 200
"""Characters; who has typed more knows what to look for."""
LEAST = 2


def suggested(catalogue: Catalogue, index: Index, text: str, limit: int) -> list[str]:
    """At most `limit` different titles that hold what is typed, the newest papers first.

    Nothing for a text of fewer than 2 or more than 200 characters. Raises SearchIndexError if there
    is no index.
    """
    if not len(text.strip()) >= LEAST or len(text) > LONGEST:
        return []
    keys = index.reader().begun(text, limit)
    with catalogue.reading() as desk:
        papers = desk.papers.by_keys(keys)
    return list(dict.fromkeys(plain(papers[key].title) for key in keys if key in papers))
