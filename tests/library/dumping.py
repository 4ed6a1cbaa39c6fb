"""All that a catalogue holds, as text, to be compared or looked through."""

from sqlalchemy import select

from broadsheet.catalogue import Catalogue
from broadsheet.catalogue.schema import METADATA


def dump(catalogue: Catalogue) -> str:
    """Every row of every table, one a line, in an order that does not change."""
    with catalogue.reading() as desk:
        connection = desk.papers.connection
        return "\n".join(
            f"{table.name} {row}"
            for table in METADATA.sorted_tables
            for row in sorted(map(repr, connection.execute(select(table))))
        )
