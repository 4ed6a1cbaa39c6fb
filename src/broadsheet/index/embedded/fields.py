"""The fields of the word index, how their text is cut into words, and a document in them."""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import tantivy
from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from broadsheet.index.engine import Document

PARSED = ("text", "title", "abstract")
NAMES = ("author", "venue")
TAGS = ("category", "has")
STEMMED, FOLDED = "broadsheet_stemmed", "broadsheet_folded"
LONGEST_WORD = 60
_REMEMBERED = 1 << 16


def schema() -> tantivy.Schema:
    """The fields; nothing is stored, since the catalogue holds the papers."""
    builder = tantivy.SchemaBuilder()
    # Signed: tantivy-py deletes by a signed term, which would match no unsigned key.
    builder.add_integer_field("key", stored=False, indexed=True, fast=True)
    for name in ("year", "day"):
        builder.add_integer_field(name, stored=False, indexed=True, fast=True)
    for name in PARSED:
        builder.add_text_field(name, stored=False, tokenizer_name=STEMMED)
    for name in NAMES:
        builder.add_text_field(name, stored=False, tokenizer_name=FOLDED)
    for name in TAGS:
        builder.add_text_field(
            name, stored=False, fast=True, tokenizer_name="raw", index_option="basic"
        )
    # Categories as they are written, for counting.
    builder.add_text_field(
        "shelf", stored=False, fast=True, tokenizer_name="raw", index_option="basic"
    )
    return builder.build()


def analyser(*, stem: bool) -> TextAnalyzer:
    """Words of letters and digits, lower-case, without accents; stemmed (Porter 2) or not."""
    builder = TextAnalyzerBuilder(Tokenizer.simple())
    for step in (Filter.remove_long(LONGEST_WORD), Filter.lowercase(), Filter.ascii_fold()):
        builder = builder.filter(step)
    return (builder.filter(Filter.stemmer("english")) if stem else builder).build()


@lru_cache(maxsize=_REMEMBERED)
def stems(word: str) -> tuple[str, ...]:
    """The stems of a word as written; remembered, since texts repeat their words."""
    return tuple(_STEMMER.analyze(fold(word)))


def fold(text: str) -> str:
    """Compatibility forms as plain letters, so that `x₂` is found by `x2`."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def stored(document: Document) -> tantivy.Document:
    """The engine's document."""
    filed = tantivy.Document()
    title, abstract = fold(document.title), fold(document.abstract)
    filed.add_integer("key", document.key)
    for name, value in (("text", title), ("text", abstract), ("title", title)):
        filed.add_text(name, value)
    filed.add_text("abstract", abstract)
    for author in document.authors:
        filed.add_text("author", fold(author))
    filed.add_text("venue", fold(document.venue))
    for category in _with_archives(document.categories):
        filed.add_text("category", category)
    for category in document.categories:
        filed.add_text("shelf", category)
    for tag in document.has:
        filed.add_text("has", tag)
    if document.year is not None:
        filed.add_integer("year", document.year)
    filed.add_integer("day", document.day)
    return filed


def _with_archives(categories: Iterable[str]) -> dict[str, None]:
    """Categories in lower case, each also by what stands before its first full stop."""
    tags: dict[str, None] = {}
    for category in categories:
        tags[category.casefold()] = None
        tags[category.casefold().split(".")[0]] = None
    return tags


_STEMMER = analyser(stem=True)
