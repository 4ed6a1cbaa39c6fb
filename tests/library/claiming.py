"""Claims of authorship as the desk settles them, for tests of what hangs on them."""

from datetime import datetime

from broadsheet.catalogue import Desk
from broadsheet.catalogue.encoding import to_micros
from broadsheet.catalogue.schema import CLAIMS
from broadsheet.catalogue.statements import insert_all


def claim(desk: Desk, paper_key: int, reader_key: int, now: datetime, state: str) -> None:
    """File that a reader says a paper is their own, in a state."""
    row = {
        "paper_key": paper_key,
        "reader_key": reader_key,
        "author": "Ada Example",
        "state": state,
        "how": "moderator",
        "at": to_micros(now),
        "settled": None,
        "settled_by": "",
    }
    insert_all(desk.papers.connection, CLAIMS, [row])
