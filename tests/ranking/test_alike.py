"""Papers like several: every topic given is found, and nothing that was given."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from broadsheet.catalogue import Catalogue
from broadsheet.errors import QueryError
from broadsheet.index import Index
from broadsheet.index.engine import Vectors
from broadsheet.ingest import Example, examples_named, read_examples
from broadsheet.papers import Paper, PaperId, PartialDate
from broadsheet.ranking import Alike, alike, related
from tests.library.finding import TopicEncoder, file_papers, level, open_index

SEA = "Ships cross the {} sea in winter while the water is cold and the sea is rough"
KETTLE = "A {} kettle of copper boils water, and the kettle sings on the stove in the kitchen"
MOON = "The {} moon moves around the planet, and the moon has craters that nobody named before"
KINDS = ("northern", "southern", "eastern", "western")
ABSTRACT = (
    "Whoever looks at a clock for long enough sees that the clock is late, and that every other "
    "clock in the house is late by another amount; we ask why that is so, count the clocks of "
    "eleven houses, find that no clock agrees with any other clock, and end with the advice to "
    "own one clock only, or a dog that knows when it is time for dinner."
)
PAPERS = [
    Paper(
        id=PaperId(f"toy:{topic}{at}"),
        title=f"On the {kind} {topic}",
        abstract=text.format(kind),
        announced=PartialDate(2020 + at),
    )
    for topic, text in (("sea", SEA), ("kettle", KETTLE), ("moon", MOON))
    for at, kind in enumerate(KINDS)
]
PAPERS.append(Paper(id=PaperId("toy:clock"), title="Late clocks", abstract=ABSTRACT))


class Watched(TopicEncoder):
    """A topic encoder that notes how many texts it was given at a time."""

    def __init__(self) -> None:
        super().__init__("patient")
        self.asked: list[int] = []

    def encode_papers(self, texts: Sequence[str]) -> Vectors:
        """Unit rows."""
        self.asked.append(len(texts))
        return super().encode_papers(texts)


@pytest.fixture
def index(sqlite_catalogue: Catalogue, tmp_path: Path) -> Iterator[Index]:
    """An index over four papers of each of three topics, whose contextual encoder has read none."""
    opened = open_index(sqlite_catalogue, tmp_path, contextual=Watched())
    file_papers(sqlite_catalogue, PAPERS)
    level(opened)
    yield opened
    opened.close()


def text(words: str) -> tuple[Example, ...]:
    return read_examples(words.encode()).papers


def ids(found: Alike) -> list[str]:
    return [hit.paper.id for hit in found.hits]


def test_both_topics_are_found_and_the_given_are_left_out(
    index: Index, sqlite_catalogue: Catalogue
) -> None:
    given = examples_named(["toy:sea0", "toy:sea1", "toy:kettle0"]).papers
    found = alike(sqlite_catalogue, index, given, 5)
    assert set(ids(found)) >= {"toy:sea2", "toy:sea3", "toy:kettle1", "toy:kettle2", "toy:kettle3"}
    assert found.known == 3
    assert not found.unknown
    nearest = {str(hit.paper.id): str(hit.like_id) for hit in found.hits}
    assert nearest["toy:sea2"] in ("toy:sea0", "toy:sea1")
    assert nearest["toy:kettle1"] == "toy:kettle0"
    scores = [hit.score for hit in found.hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    everything = ids(alike(sqlite_catalogue, index, given, 1000))
    assert not {"toy:sea0", "toy:sea1", "toy:kettle0"} & set(everything)
    assert len(everything) == len(set(everything))


def test_texts_that_the_catalogue_does_not_have(index: Index, sqlite_catalogue: Catalogue) -> None:
    found = alike(sqlite_catalogue, index, text("Kettles that whistle\nA moon of our own"), 8)
    assert {one[4:-1] for one in ids(found)} == {"kettle", "moon"}
    assert found.known == 0
    by_id = {hit.paper.id: hit for hit in found.hits}
    assert by_id[PaperId("toy:kettle0")].like == "Kettles that whistle"
    assert by_id[PaperId("toy:kettle0")].like_id is None


def test_a_title_or_an_abstract_of_the_catalogue_is_known_again(
    index: Index, sqlite_catalogue: Catalogue
) -> None:
    titled = alike(sqlite_catalogue, index, text("On the Northern Kettle."), 3)
    assert titled.known == 1
    assert set(ids(titled)) == {"toy:kettle1", "toy:kettle2", "toy:kettle3"}
    edited = ABSTRACT.replace("eleven", "twelve")
    assert "toy:clock" not in ids(alike(sqlite_catalogue, index, text(edited), 20))
    other = "A clock that is never late, and why every house wants it"
    assert "toy:clock" in ids(alike(sqlite_catalogue, index, text(other), 20))


def test_one_paper_is_as_its_similar_papers(index: Index, sqlite_catalogue: Catalogue) -> None:
    found = alike(sqlite_catalogue, index, examples_named(["toy:moon2"]).papers, 3)
    similar = related(sqlite_catalogue, index, found.hits[0].key, found.hits[0].paper, 3)
    assert set(ids(found)) == {"toy:moon0", "toy:moon1", "toy:moon3"}
    assert "toy:moon2" in {paper.id for _, paper in similar}


def test_the_contextual_encoder_is_asked_once_it_has_read(
    index: Index, sqlite_catalogue: Catalogue
) -> None:
    index.deepen(lambda _: None)
    assert isinstance(index.contextual, Watched)
    asked = index.contextual.asked
    asked.clear()
    found = alike(sqlite_catalogue, index, text("toy:sea0\nA frozen sea"), 3)
    assert asked == [1]
    assert set(ids(found)) == {"toy:sea1", "toy:sea2", "toy:sea3"}
    many = text("\n".join(f"Sea number {at} of them" for at in range(80)))
    assert len(ids(alike(sqlite_catalogue, index, many, 3))) == 3
    assert asked == [1]


def test_more_papers_than_hands_all_have_their_say(
    index: Index, sqlite_catalogue: Catalogue
) -> None:
    lines = [f"The sea, part {at} of many" for at in range(19)] + ["One kettle"]
    found = ids(alike(sqlite_catalogue, index, text("\n".join(lines)), 8))
    assert {one[4:-1] for one in found} == {"sea", "kettle"}


def test_what_nobody_can_compare_with_is_refused(index: Index, sqlite_catalogue: Catalogue) -> None:
    some = examples_named(["toy:sea0", "toy:nothing"])
    found = alike(sqlite_catalogue, index, some.papers, 3)
    assert [one.place for one in found.unknown] == ["toy:nothing"]
    for given, limit, says in (
        ((), 3, "No paper was given"),
        (examples_named(["toy:nothing", "\0"]).papers, 3, "None of the ids"),
        (some.papers, 0, "from 1 to 1,000"),
        (some.papers, 1001, "from 1 to 1,000"),
        (some.papers * 101, 3, "At most 200"),
    ):
        with pytest.raises(QueryError, match=says):
            alike(sqlite_catalogue, index, given, limit)


def test_words_of_no_paper_find_nothing(index: Index, sqlite_catalogue: Catalogue) -> None:
    assert ids(alike(sqlite_catalogue, index, text("Xyzzy plugh"), 3)) == []
