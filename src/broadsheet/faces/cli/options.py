"""The options that the commands which list papers share."""

from typing import Annotated

import typer

SortOption = Annotated[str, typer.Option(help="relevance, date, votes or citations.")]
YearOption = Annotated[str | None, typer.Option(help="2024, 2020..2024, 2020.. or ..2024.")]
CategoryOption = Annotated[list[str] | None, typer.Option(help="Any one of these.")]
VenueOption = Annotated[str, typer.Option(help="Words of the venue.")]
AuthorOption = Annotated[str, typer.Option(help="Words of an author's name.")]
HasOption = Annotated[list[str] | None, typer.Option(help="code, pdf, project or abstract.")]
LiteralOption = Annotated[
    bool, typer.Option("--literal", help='Read "since 2020" and the like as words alone.')
]
