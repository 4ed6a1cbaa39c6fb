"""What a reader typed, read as a Query: words, phrases, fields, ranges, ids; never an error.

    graph "message passing" -survey title:molecule author:"Ada Example" year:2020..2024 has:code
    transformers OR attention
    2502.08025    doi:10.1145/3292500    https://arxiv.org/abs/hep-th/9901001

A malformed part is read in the sensible way, with a note that says so. In a text of more than
twelve words, quotation marks and hyphens are those of prose: nothing is required or left out.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from broadsheet.errors import QueryError
from broadsheet.identifiers import read_reference
from broadsheet.index import Clause, Either, Phrase, Tagged, WordQuery, Words, Years
from broadsheet.papers import PaperId
from broadsheet.text import clean, plain

LONGEST_QUERY = 4096
"""Characters; a longer query is refused."""
PROSE_WORDS = 12
"""A text of more words is prose, such as a pasted sentence."""
_TEXT_FIELDS = {"title": "title", "abstract": "abstract", "author": "author", "venue": "venue"}
_HAS = ("code", "pdf", "project", "abstract")
_TOKEN = re.compile(
    r"""(?P<not>-(?=["\w]))?                       # -word, -"phrase", -field:value
        (?:(?P<field>[A-Za-z]+):(?=[^\s]))?        # field:
        (?:"(?P<phrase>[^"]*)(?P<close>"|$)|(?P<word>[^\s"]+))""",
    re.VERBOSE,
)
_LATEX = re.compile(r"\\[A-Za-z\"'`^~=.]|\$[^$]+\$")
_YEARS = re.compile(r"(\d{4})?(\.\.)?(\d{4})?")


@dataclass(frozen=True, slots=True)
class Filters:
    """What papers must be, besides the query: as the fields of the query language say it."""

    years: tuple[int | None, int | None] = (None, None)
    categories: tuple[str, ...] = ()
    venue: str = ""
    author: str = ""
    has: tuple[str, ...] = ()

    @classmethod
    def given(
        cls,
        year: str | None,
        categories: Iterable[str] | None,
        venue: str,
        author: str,
        has: Iterable[str] | None,
    ) -> "Filters":
        """Filters as a reader writes them; QueryError for a year that is none."""
        return cls(read_years(year), tuple(categories or ()), venue, author, tuple(has or ()))

    def clauses(self) -> tuple[Clause, ...]:
        """As clauses that must hold; a paper has to be in any one of the categories."""
        found: list[Clause] = []
        if self.years != (None, None):
            found.append(Years(*self.years))
        if self.categories:
            found.append(Either(tuple(Tagged("category", name) for name in self.categories)))
        if self.venue:
            found.append(Words(self.venue, "venue"))
        if self.author:
            found.append(Words(self.author, "author"))
        found += [Tagged("has", value) for value in self.has]
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Query:
    """A query as it was understood.

    `words` asks the word index; `meaning` is the text that nearness is measured to; `reference` is
    the id that the whole query names, if it names one; `notes` say what was read in another way.
    """

    text: str
    words: WordQuery
    meaning: str
    reference: PaperId | None
    notes: tuple[str, ...]


@dataclass(slots=True)
class _Reading:
    """The parts of a query as they are found."""

    wanted: list[Clause]
    required: list[Clause]
    excluded: list[Clause]
    meaning: list[str]
    notes: list[str]
    is_prose: bool
    last: list[Clause] | None = None


def read_query(text: str, filters: Filters | None = None, *, is_prose: bool | None = None) -> Query:
    """Read a query; QueryError only if it is longer than 4,096 characters.

    `is_prose` says whether it is part of a text that is prose; by default its length decides.
    """
    if len(text) > LONGEST_QUERY:
        raise QueryError(
            f"The query has {len(text):,} characters; the limit is {LONGEST_QUERY:,}.",
            hint="Search for the sentences that matter most.",
        )
    # Half of a surrogate pair, as a broken command line gives it, is no character.
    text = text.encode("utf-8", "replace").decode("utf-8")
    text = " ".join(text.replace("\0", " ").split())
    if _LATEX.search(text):
        # As papers are cleaned before they are indexed.
        text = plain(clean(text))
    if is_prose is None:
        is_prose = len(text.split()) > PROSE_WORDS
    reading = _Reading([], [], [], [], [], is_prose)
    pending_or = False
    for token in _TOKEN.finditer(text):
        if token[0] == "OR":
            pending_or = True
            continue
        _take(token, reading, pending_or)
        pending_or = False
    if pending_or:
        reading.notes.append("`OR` needs a word on both sides: it was left out")
    required = ((filters or Filters()).clauses()) + tuple(reading.required)
    if reading.excluded and not (reading.wanted or required):
        reading.notes.append("only words to leave out were given: name some to look for")
    return Query(
        text=text,
        words=WordQuery(tuple(reading.wanted), required, tuple(reading.excluded)),
        meaning=" ".join(reading.meaning),
        reference=read_reference(text),
        notes=tuple(dict.fromkeys(reading.notes)),
    )


def read_years(text: str | None) -> tuple[int | None, int | None]:
    """First and last year of `2020`, `2020..2024`, `2020..` or `..2024`; QueryError otherwise."""
    if not text:
        return None, None
    years = _years(text)
    if years is None:
        raise QueryError(f"{text!r} is no year or range.", hint="Write 2024 or 2020..2024.")
    return years.first, years.last


def _take(token: re.Match[str], reading: _Reading, is_alternative: bool) -> None:
    """Put one token where it belongs."""
    if reading.is_prose and not token["field"] and (token["not"] or token["phrase"] is not None):
        reading.notes.append("in so long a text, quotation marks and hyphens rule nothing out")
        value = token["phrase"] if token["phrase"] is not None else token["word"]
        reading.wanted.append(Words(value))
        reading.last = reading.wanted
        reading.meaning.append(value)
        return
    if token["phrase"] is not None and not token["close"]:
        reading.notes.append("a quotation mark is missing: the phrase was read to the end")
    field = (token["field"] or "").lower()
    value = token["phrase"] if token["phrase"] is not None else token["word"]
    if not value.strip():
        reading.notes.append("an empty phrase was left out")
        return
    is_phrase = token["phrase"] is not None
    clause = _fielded(field, value, is_phrase, reading) if field else None
    if clause is None:
        # A field that is none is a word like any other ("CRISPR:Cas9").
        words = f"{token['field']}:{value}" if field else value
        clause, field = (Phrase(value) if is_phrase else Words(words)), ""
    _put(clause, field, reading, bool(token["not"]), is_alternative)
    tells = not isinstance(clause, Years | Tagged) and field not in ("author", "venue")
    if tells and not token["not"]:
        reading.meaning.append(value)


def _put(
    clause: Clause, field: str, reading: _Reading, is_excluded: bool, is_alternative: bool
) -> None:
    """Join a clause to the one before it, or put it into the list where it belongs."""
    if is_alternative:
        if reading.last and not is_excluded:
            before = reading.last.pop()
            options = before.clauses if isinstance(before, Either) else (before,)
            reading.last.append(Either((*options, clause)))
            return
        reading.notes.append("`OR` needs a word on both sides: it was left out")
    if is_excluded:
        reading.excluded.append(clause)
        reading.last = None
        return
    reading.last = reading.wanted if isinstance(clause, Words) and not field else reading.required
    reading.last.append(clause)


def _fielded(field: str, value: str, quoted: bool, reading: _Reading) -> Clause | None:
    """The clause of `field:value`; None, perhaps noted, if there is no such field or value."""
    if field in _TEXT_FIELDS:
        name = _TEXT_FIELDS[field]
        return Phrase(value, name) if quoted else Words(value, name)  # type: ignore[arg-type]
    if field == "category":
        return Tagged("category", value)
    if field == "has":
        if value.lower() in _HAS:
            return Tagged("has", value.lower())
        reading.notes.append(f"`has:{value}` is none of {', '.join(_HAS)}: read as words")
    if field == "year":
        if (years := _years(value)) is not None:
            return years
        reading.notes.append(
            f"`year:{value}` is no year or range such as 2020..2024: read as words"
        )
    return None


def _years(value: str) -> Years | None:
    """`2020`, `2020..2024`, `2020..` or `..2024`, either way round; None for anything else."""
    found = _YEARS.fullmatch(value)
    if not found or not (found[1] or found[3]) or (found[1] and found[3] and not found[2]):
        return None
    first = int(found[1]) if found[1] else None
    last = int(found[3]) if found[3] else None
    if not found[2]:
        last = first
    if first is not None and last is not None and first > last:
        first, last = last, first
    return Years(first, last)
