"""What acronyms in queries stand for, as the catalogue's own papers say.

A paper that writes "retrieval-augmented generation (RAG)" tells what RAG stands for; the algorithm
that reads it is that of Schwartz and Hearst, "A Simple Algorithm for Identifying Abbreviation
Definitions in Biomedical Text", PSB 2003.
"""

import re
from collections import Counter
from collections.abc import Iterator

from broadsheet.catalogue import Catalogue
from broadsheet.index import WordQuery, Words
from broadsheet.index.engine import Engine
from broadsheet.ranking.query import Query
from broadsheet.text import plain

ASKED = 20
"""Papers with the acronym that are read for what it stands for."""
LEAST_AGREEING = 2
"""Papers that must spell it out alike."""
MOST_ACRONYMS = 2
_ACRONYM = re.compile(r"(?=(?:[^A-Z]*[A-Z]){2})[A-Z][A-Za-z0-9-]{1,7}")
_DEFINED = re.compile(r"\(\s*([A-Za-z][A-Za-z0-9-]{1,9})\s*[;,)]")
_WORDS = re.compile(r"\S+")


def stand_for(catalogue: Catalogue, engine: Engine, query: Query) -> dict[str, str]:
    """What the acronyms of a query stand for in this catalogue.

    It is offered and not looked for by itself: spelt out unasked, acronyms made search worse
    (docs/decisions.md). A text all in capitals has none.
    """
    if query.text.isupper() and len(query.text.split()) > 1:
        return {}
    asked = [
        clause.text
        for clause in query.words.wanted
        if isinstance(clause, Words) and clause.field == "text" and _ACRONYM.fullmatch(clause.text)
    ]
    meant = {short: _meaning(catalogue, engine, short) for short in asked[:MOST_ACRONYMS]}
    return {short: long_form for short, long_form in meant.items() if long_form}


def spelt_out(text: str, short: str, long_form: str) -> str:
    """A query that looks for either an acronym or what it stands for."""
    either = f'{short} OR "{long_form}"'
    return re.sub(rf"(?<!\S){re.escape(short)}(?!\S)", lambda _: either, text, count=1)


def definitions(text: str) -> Iterator[tuple[str, str]]:
    """Each acronym that a text defines in parentheses, with the words it stands for."""
    for found in _DEFINED.finditer(text):
        if long_form := _long_form(found[1], text[: found.start()]):
            yield found[1], long_form


def _meaning(catalogue: Catalogue, engine: Engine, short: str) -> str | None:
    """What most papers with an acronym say that it stands for."""
    hits = engine.words(WordQuery(wanted=(Words(short),)), "all", ASKED)
    with catalogue.reading() as desk:
        papers = desk.papers.by_keys([hit.key for hit in hits])
    said: Counter[str] = Counter()
    for paper in papers.values():
        told = {
            long_form.lower()
            for name, long_form in definitions(plain(paper.abstract))
            if name in (short, f"{short}s")
        }
        said.update(told)
    if not said:
        return None
    long_form, count = min(said.items(), key=lambda one: (-one[1], one[0]))
    return long_form if count >= LEAST_AGREEING else None


def _long_form(short: str, before: str) -> str | None:
    """The fewest words at the end of `before` whose letters hold those of `short` in order."""
    words = list(_WORDS.finditer(before))[-min(len(short) + 5, 2 * len(short)) :]
    if not words:
        return None
    text = before[words[0].start() :].rstrip()
    at = len(text) - 1
    for place in range(len(short) - 1, -1, -1):
        letter = short[place].lower()
        if not letter.isalnum():
            continue
        while at >= 0 and not (
            text[at].lower() == letter and (place > 0 or at == 0 or not text[at - 1].isalnum())
        ):
            at -= 1
        if at < 0:
            return None
        at -= 1
    found = text[at + 1 :]
    is_telling = len(found) > len(short) and short.lower() not in found.lower().split()
    return found if is_telling and not re.search(r"[()\[\];.]", found) else None
