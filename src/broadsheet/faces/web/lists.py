"""One list of papers, the latest or a search's, as page, feed and export show it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast, get_args
from urllib.parse import urlencode

from starlette.requests import Request

from broadsheet.papers import Paper
from broadsheet.ranking import Filters, Mode, Page, Sort, Understood, search
from broadsheet.ranking.cursors import read_spot, write_spot
from broadsheet.service import Service

EXPORTED = 100
"""Papers of a list that an export or feed holds."""
_FACETS = 12
HAS = ("code", "pdf", "project", "abstract")
_FILTERS = ("year", "category", "has", "venue", "author")
_OFF = ("", "0", "false", "no", "off")


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a list was asked for: a query, its mode and filters, and whether it is literal."""

    q: str
    mode: Mode
    sort: Sort
    year: str
    categories: tuple[str, ...]
    has: tuple[str, ...]
    venue: str
    author: str
    literal: bool

    @property
    def is_search(self) -> bool:
        """Whether something is looked for."""
        return bool(self.q or self.year or self.categories or self.has or self.venue or self.author)

    def filters(self) -> Filters:
        """As the search takes them; QueryError for a year that is none."""
        return Filters.given(self.year, self.categories, self.venue, self.author, self.has)

    def parameters(self) -> list[tuple[str, str]]:
        """As an address has them, without what is not set."""
        listed = [("q", self.q), ("mode", "" if self.mode == "hybrid" else self.mode)]
        listed += [("sort", "" if self.sort == "relevance" else self.sort), ("year", self.year)]
        listed += [("category", name) for name in self.categories]
        listed += [("has", name) for name in self.has]
        listed += [("venue", self.venue), ("author", self.author)]
        listed.append(("literal", "1" if self.literal else ""))
        return [(name, value) for name, value in listed if value]

    def address(self, path: str = "/papers", **more: str) -> str:
        """The address of this list, with further parameters."""
        query = urlencode([*self.parameters(), *more.items()])
        return f"{path}?{query}" if query else path

    def of(self, query: str) -> str:
        """The address of the same list for another query."""
        return replace(self, q=query).address()

    def in_words(self, understood: Iterable[Understood] = ()) -> str:
        """The whole list as one query: the filters in the query language, before the words.

        What was understood otherwise than to the letter is written as it was read.
        """
        text, read = self.q, list[str]()
        for one in understood:
            if not one.given_up:
                text = text.replace(one.typed, " ", 1)
                read += [one.read_as] if one.read_as else []
        if self.year:
            read.append(f"year:{self.year}")
        read += [" OR ".join(f"category:{_quoted(name)}" for name in self.categories)]
        read += [f"has:{name}" for name in self.has]
        read += [f"venue:{_quoted(word)}" for word in self.venue.split()]
        read += [f"author:{_quoted(word)}" for word in self.author.split()]
        return " ".join([*filter(None, read), text])

    def literally(self, literal: bool) -> str:
        """The address of the same list with the query read to the letter, or as it is meant."""
        return replace(self, literal=literal).address()

    def with_filter(self, name: str, value: str) -> str:
        """The address of this list with one filter more."""
        kept = [(key, held) for key, held in self.parameters() if not (key == name == "year")]
        return f"/papers?{urlencode([*kept, (name, value)])}"

    def without(self, name: str, value: str) -> str:
        """The address of this list with one filter less."""
        kept = [pair for pair in self.parameters() if pair != (name, value)]
        return f"/papers?{urlencode(kept)}" if kept else "/papers"

    def active(self) -> list[tuple[str, str, str]]:
        """Each filter that is set: its name, its value and the address without it."""
        return [
            (name, value, self.without(name, value))
            for name, value in self.parameters()
            if name in _FILTERS
        ]


def asked_of(request: Request) -> ListQuery:
    """What the address of a list asks for; unknown values are left out."""
    given = request.query_params
    mode, sort = given.get("mode", "hybrid"), given.get("sort", "relevance")
    return ListQuery(
        q=given.get("q", "").strip(),
        mode=cast(Mode, mode) if mode in get_args(Mode) else "hybrid",
        sort=cast(Sort, sort) if sort in get_args(Sort) else "relevance",
        year=given.get("year", "").strip(),
        categories=_several(given.getlist("category")),
        has=tuple(name for name in _several(given.getlist("has")) if name in HAS),
        venue=given.get("venue", "").strip(),
        author=given.get("author", "").strip(),
        literal=given.get("literal", "").strip().lower() not in _OFF,
    )


def asked_for(*, category: str = "", author: str = "") -> ListQuery:
    """The list of a category or of an author, the newest first."""
    categories = (category,) if category else ()
    return ListQuery("", "hybrid", "date", "", categories, (), "", author, False)


def found(
    service: Service, asked: ListQuery, *, limit: int, cursor: str | None, facets: bool
) -> Page:
    """The page of hits that was asked for; QueryError as `search` raises it."""
    return _searched(service, asked, limit, cursor, facets, service.settings.search_budget)


def _searched(
    service: Service,
    asked: ListQuery,
    limit: int,
    cursor: str | None,
    facets: bool,
    budget: float | None,
) -> Page:
    return search(
        service.catalogue,
        service.index,
        asked.q,
        mode=asked.mode,
        filters=asked.filters(),
        limit=limit,
        cursor=cursor,
        sort=asked.sort,
        weights=service.weights,
        facets=_FACETS if facets else 0,
        literal=asked.literal,
        budget=budget,
    )


def latest(service: Service, *, limit: int, cursor: str | None) -> tuple[list[Paper], str | None]:
    """The latest papers and the cursor of the next page; QueryError if the cursor is damaged."""
    spot = read_spot(cursor) if cursor else None
    with service.catalogue.reading() as desk:
        papers = desk.papers.latest(spot, limit + 1)
    following = write_spot(*papers[limit - 1]) if len(papers) > limit else None
    return [paper for _, paper in papers[:limit]], following


def exported(service: Service, asked: ListQuery) -> Sequence[Paper]:
    """The papers of a list that an export or feed holds."""
    if not asked.is_search:
        return latest(service, limit=EXPORTED, cursor=None)[0]
    # What is taken away must be whole, however long it takes.
    page = _searched(service, asked, EXPORTED, None, facets=False, budget=None)
    return [hit.paper for hit in page.hits]


def takeaways(asked: ListQuery, base: str) -> Mapping[str, str]:
    """The addresses under which a list can be had otherwise."""
    which = "search" if asked.is_search else "latest"
    calls = {
        "api": asked.address("/api/v1/search") if asked.is_search else "/api/v1/papers",
        "atom": asked.address("/papers.atom"),
        "rss": asked.address(f"/feeds/{which}.rss"),
        "feed": asked.address(f"/feeds/{which}.json"),
        "bib": asked.address("/papers.bib"),
        "ris": asked.address("/papers.ris"),
        "json": asked.address("/papers.json"),
        "jsonl": asked.address("/papers.jsonl"),
        "csv": asked.address("/papers.csv"),
        "export": asked.address("/api/v1/papers/export"),
        "page": asked.address(),
    }
    return {name: base + path for name, path in calls.items()}


def _quoted(value: str) -> str:
    """A value as the query language takes it, in quotation marks where it is not one word."""
    bare = " ".join(value.replace('"', " ").split())
    return f'"{bare}"' if " " in bare else bare


def _several(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value.strip() for value in values if value.strip()))
