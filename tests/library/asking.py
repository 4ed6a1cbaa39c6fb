"""A small made-up library with every year, venue, author and thing, and questions about it.

The questions are made as those of KITAB (Abdin et al., "KITAB: Evaluating LLMs on Constraint
Satisfaction for Information Retrieval", 2023): a topic, and constraints that code checks.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product

from broadsheet.papers import Author, Link, LinkKind, Paper, PaperId, PartialDate

TODAY = date(2023, 6, 15)
"""The day on which the questions are asked."""
TOPICS = ("kettle", "frost", "song", "map")
VENUES = (
    "Proceedings of the 2020 Conference of Kettle Makers (EMNLP 2020)",
    "EMNLP",
    "Journal of Slow Reading",
    "Learning at Scale",
    "Workshop on NLP for Kettles",
)
AUTHORS = ("Ada Example", "Ludwig van Holm", "Bo Hinton")
FRAMES = ("{}", "What are the best papers about {}?", "I am looking for articles on {}, please")
Fits = Callable[[Paper], bool]


@dataclass(frozen=True)
class Question:
    """A question, and the papers that answer it."""

    text: str
    topic: str
    constraints: tuple[Fits, ...]

    def is_on_topic(self, paper: Paper) -> bool:
        """Whether a paper is about the topic."""
        return self.topic in paper.title.casefold()

    def is_satisfied(self, paper: Paper) -> bool:
        """Whether a paper fulfils the constraints."""
        return all(fits(paper) for fits in self.constraints)


def library() -> list[Paper]:
    """One paper for each topic and year; no year stands in a text."""
    return [
        Paper(
            id=PaperId(f"toy:{topic}-{year}"),
            title=f"A {topic.title()}, Volume {chr(ord('A') + year - 2014)}",
            abstract=f"Of the {topic} and what it is for.",
            announced=PartialDate(year),
            venue=VENUES[(at + year) % len(VENUES)],
            authors=(Author(AUTHORS[(at * 2 + year) % len(AUTHORS)]), Author("Example Brook")),
            links=tuple(_links(at, year)),
        )
        for at, topic in enumerate(TOPICS)
        for year in range(2014, 2024)
    ]


def questions(papers: list[Paper]) -> list[Question]:
    """Every topic with one constraint or two of different kinds that some paper fulfils."""
    kinds = (_YEARS, _PLACES, _THINGS, _PEOPLE)
    sets: list[tuple[tuple[str, Fits], ...]] = [(one,) for kind in kinds for one in kind.items()]
    sets += [
        pair
        for at, first in enumerate(kinds)
        for second in kinds[at + 1 :]
        for pair in product(first.items(), second.items())
    ]
    made = [
        Question(frame.format(" ".join([topic, *(words for words, _ in one)])), topic, fits)
        for at, (topic, one) in enumerate(product(TOPICS, sets))
        for frame, fits in [(FRAMES[at % len(FRAMES)], tuple(fits for _, fits in one))]
    ]
    return [one for one in made if any(one.is_on_topic(p) and one.is_satisfied(p) for p in papers)]


def _links(at: int, year: int) -> Iterator[Link]:
    if (at + year) % 2:
        yield Link(LinkKind.CODE, f"https://code.example/{at}/{year}")
    if (at + year) % 3 == 0:
        yield Link(LinkKind.PROJECT, f"https://project.example/{at}/{year}")


def _years(first: int, last: int) -> Fits:
    return lambda paper: paper.announced is not None and first <= paper.announced.year <= last


def _has(kind: LinkKind) -> Fits:
    return lambda paper: any(link.kind is kind for link in paper.links)


def _at(name: str) -> Fits:
    return lambda paper: name in paper.venue


def _by(name: str) -> Fits:
    return lambda paper: any(name == author.name for author in paper.authors)


_YEARS = {
    "since 2020": _years(2020, 9999),
    "after 2020": _years(2021, 9999),
    "before 2019": _years(0, 2018),
    "until 2018": _years(0, 2018),
    "from 2018 to 2020": _years(2018, 2020),
    "between 2018 and 2020": _years(2018, 2020),
    "published in 2021": _years(2021, 2021),
    "in the past three years": _years(2020, 2023),
    "this year": _years(2023, 2023),
}
_PLACES = {
    "at EMNLP": _at("EMNLP"),
    "published in the Journal of Slow Reading": _at("Journal of Slow Reading"),
    "presented at Learning at Scale": _at("Learning at Scale"),
}
_THINGS = {
    "with code": _has(LinkKind.CODE),
    "with a project page": _has(LinkKind.PROJECT),
    "with code and a project page": lambda paper: (
        _has(LinkKind.CODE)(paper) and _has(LinkKind.PROJECT)(paper)
    ),
}
_PEOPLE = {f"by {name}": _by(name) for name in AUTHORS}
