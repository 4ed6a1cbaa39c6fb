"""Kinds of queries, told apart."""

from broadsheet.evaluation.sets import JudgedSet, Text
from broadsheet.evaluation.slices import slices


def judged(queries: dict[str, str], **dates: str) -> JudgedSet:
    """A set of ten documents about kettles, one of which names a zeppelin."""
    documents = tuple(
        Text(f"d{at}", "Kettle", "zeppelin" if at == 4 else "song", dates.get(f"d{at}"))
        for at in range(10)
    )
    return JudgedSet("toy", documents, queries, {name: {"d9": 1, "d1": 0} for name in queries})


def test_kinds() -> None:
    found = slices(
        judged(
            {
                "a": "kettle song",
                "b": "what is known of the song that an old kettle sings before it boils",
                "c": "the RAG of a KeTtle in mRNA vaccines",
                "d": "KETTLE SONG OF ALL",
                "e": "a kettle on a Zeppelin flight",
            }
        )
    )
    assert found == {
        "short": {"a"},
        "long": {"b"},
        "acronyms": {"c"},
        "rare words": {"e"},
    }


def test_new_papers_where_there_are_dates() -> None:
    dates = {f"d{at}": f"20{at:02}" for at in range(10)}
    assert slices(judged({"a": "some words of a kettle"}, **dates)) == {"new papers": {"a"}}
    del dates["d3"]
    assert slices(judged({"a": "some words of a kettle"}, **dates)) == {}
