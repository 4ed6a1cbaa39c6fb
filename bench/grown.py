"""Papers for growth: the real ones first, then new ones put together from their sentences."""

import json
import lzma
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from broadsheet.catalogue import Catalogue, FiledPaper
from broadsheet.papers import Author, Paper, PaperId, PartialDate
from broadsheet.text import clean, title_key

CORPORA = ("acl", "arxiv_daily", "hf_daily", "mlanthology")
SEED = 20261121
FILED_TOGETHER = 5_000
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
_SHORTEST_ABSTRACT = 200


@dataclass(frozen=True)
class Real:
    """A real paper: what the benches need of it."""

    title: str
    abstract: str
    authors: tuple[str, ...]
    year: int
    venue: str
    categories: tuple[str, ...]


def real_papers(data: Path) -> list[Real]:
    """Every paper of the corpora once, by its title; those without an abstract are left out."""
    found: dict[str, Real] = {}
    for name in CORPORA:
        with lzma.open(data / "corpora" / f"{name}.jsonl.xz", "rt", encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                title = clean(record.get("title") or "")
                abstract = record.get("abstract") or ""
                if title and len(abstract) >= _SHORTEST_ABSTRACT:
                    found.setdefault(title_key(title), _real(title, clean(abstract), record))
    return list(found.values())


def _real(title: str, abstract: str, record: dict[str, object]) -> Real:
    authors = record.get("authors")
    names = (
        [author for author in authors if isinstance(author, str)]
        if isinstance(authors, list)
        else []
    )
    given = re.search(r"\d{4}", str(record.get("date") or record.get("year") or ""))
    categories = record.get("categories")
    return Real(
        title,
        abstract,
        tuple(names),
        int(given[0]) if given else 2020,
        str(record.get("venue") or ""),
        tuple(map(str, categories)) if isinstance(categories, list) else (),
    )


def growing(real: list[Real]) -> Iterator[Real]:
    """The real papers in a random order, then papers of their sentences and half titles, for ever.

    So the words keep the frequencies that they have in real papers, at any size.
    """
    draw = random.Random(SEED)
    order = draw.sample(real, len(real))
    yield from order
    sentences = [one for paper in order for one in _SENTENCE_END.split(paper.abstract)]
    while True:
        first, second, like = draw.choices(order, k=3)
        begun, ended = first.title.split(), second.title.split()
        title = " ".join([*begun[: len(begun) // 2 + 1], *ended[len(ended) // 2 :]])
        count = len(_SENTENCE_END.split(like.abstract))
        yield Real(
            title,
            " ".join(draw.choices(sentences, k=count)),
            like.authors,
            like.year,
            like.venue,
            like.categories,
        )


def file(catalogue: Catalogue, papers: Iterator[Real], count: int) -> None:
    """Put so many papers into a catalogue, unmatched: what grows here is the index."""
    while count:
        some = [next(papers) for _ in range(min(count, FILED_TOGETHER))]
        count -= len(some)
        with catalogue.writing() as desk:
            first = desk.papers.allocate(len(some))
            desk.papers.add([_filed(first + at, paper) for at, paper in enumerate(some)])


def _filed(key: int, real: Real) -> FiledPaper:
    paper = Paper(
        id=PaperId(f"grown:{key}"),
        title=real.title,
        abstract=real.abstract,
        authors=tuple(Author(name) for name in real.authors if name),
        announced=PartialDate(real.year, 1 + key % 12, 1 + key % 28),
        venue=real.venue,
        categories=real.categories,
    )
    return FiledPaper(key, paper, title_key(real.title))
