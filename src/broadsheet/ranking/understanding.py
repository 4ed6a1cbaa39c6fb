"""A question in plain words, read as a Query: its frame left out, its constraints kept by code.

What is read so is shown with the page and can be undone. A constraint that no paper on the topic
fulfils was hardly meant as one: it is given up, and its words are looked for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from broadsheet.catalogue import Catalogue
from broadsheet.index import Clause, Phrase, WordQuery
from broadsheet.index.engine import Engine
from broadsheet.ranking.constraints import Constraint, constraints, without
from broadsheet.ranking.framing import unframed
from broadsheet.ranking.names import CatalogueNames
from broadsheet.ranking.query import PROSE_WORDS, Filters, Query, read_query
from broadsheet.ranking.spelling import mended

_LONGEST_TITLE = 40
"""Words; a title in the catalogue has hardly more."""


@dataclass(frozen=True, slots=True)
class Understood:
    """A part of a query as it was typed, and what it was read as in the query language.

    `read_as` is empty for the frame of a question, which is left out; `given_up` says that no paper
    on the topic fulfils the constraint, so that its words were looked for.
    """

    typed: str
    read_as: str
    given_up: bool = False


def understand(
    catalogue: Catalogue, engine: Engine, query: Query, filters: Filters | None, today: date
) -> tuple[Query, tuple[Understood, ...]]:
    """A query as it was probably meant, and the parts that were read otherwise than to the letter.

    There are none in a title of the catalogue, nor in prose of more than PROSE_WORDS words that is
    not framed as a question. The text of the query stays as it was typed.
    """
    found = constraints(query.text, CatalogueNames(catalogue, engine), today)
    core, frame = unframed(without(query.text, found))
    is_pasted = len(core.split()) > PROSE_WORDS and not frame
    is_nothing = not (found or (frame and _tells(core)))
    if is_pasted or is_nothing or _is_title(engine, query.text):
        return query, ()
    kept = _fulfilled(engine, _topic(query, core, filters), found)
    if len(kept) < len(found):
        core, frame = unframed(without(query.text, kept))
    if not (kept or _tells(core)):
        core, frame = query.text, ()
    topic = _topic(query, core, filters)
    required = (*topic.words.required, *_clauses(kept))
    given_up = [one for one in found if one not in kept]
    meant = replace(
        topic,
        words=replace(topic.words, required=required),
        notes=(*topic.notes, *(_regret(query.text, one) for one in given_up)),
    )
    parts = [Understood(_typed(query.text, one), one.read_as, one not in kept) for one in found]
    return meant, (*parts, *(Understood(part, "") for part in frame))


def _topic(query: Query, core: str, filters: Filters | None) -> Query:
    """The query for what is left of a text; it stays prose if the whole of it was."""
    is_prose = len(query.text.split()) > PROSE_WORDS
    return replace(read_query(core, filters, is_prose=is_prose), text=query.text)


def _fulfilled(engine: Engine, topic: Query, found: Sequence[Constraint]) -> list[Constraint]:
    """The constraints, from the left, that some paper on the topic fulfils with those before."""
    words = mended(engine, topic).words
    if not _some(engine, words):
        return list(found)
    kept: list[Constraint] = []
    for one in found:
        required = (*words.required, *_clauses([*kept, one]))
        if _some(engine, replace(words, required=required)):
            kept.append(one)
    return kept


def _some(engine: Engine, words: WordQuery) -> bool:
    """Whether any paper holds some of the words and fulfils the rest."""
    return bool(engine.words(words, "some", 1)) or not (words.wanted or words.required)


def _clauses(kept: Iterable[Constraint]) -> tuple[Clause, ...]:
    """What the query language reads the constraints as."""
    return tuple(clause for one in kept for clause in read_query(one.read_as).words.required)


def _is_title(engine: Engine, text: str) -> bool:
    """Whether the text stands in a paper's title, which is then what is looked for."""
    if len(text.split()) > _LONGEST_TITLE:
        return False
    return engine.count_words(WordQuery(required=(Phrase(text, "title"),))) > 0


def _tells(core: str) -> bool:
    return any(letter.isalnum() for letter in core)


def _typed(text: str, one: Constraint) -> str:
    return text[one.start : one.end].strip()


def _regret(text: str, one: Constraint) -> str:
    return (
        f"no paper on this is {one.read_as}, as “{_typed(text, one)}” may mean: "
        "its words were looked for"
    )
