"""Sources as an operator names them."""

import pytest

from broadsheet.errors import SettingError
from broadsheet.ingest import Access, chosen_sources, named_source, public_name

ONE = "jsonl:https://one.example/a.jsonl"
TWO = "jsonl:https://two.example/b.jsonl#daily"
SET = (ONE, TWO)


def specs(*names: str) -> list[str]:
    return [one.spec for one in chosen_sources(names, SET, Access())]


def test_sources_are_chosen_by_name_kind_or_spec() -> None:
    assert specs() == [ONE, TWO]
    assert specs("jsonl") == [ONE, TWO]
    assert specs(TWO) == [TWO]
    assert specs(named_source(ONE, Access()).name, ONE) == [ONE]
    assert specs("jsonl:https://three.example/c", ONE) == ["jsonl:https://three.example/c", ONE]


def test_no_source_at_all_is_an_error() -> None:
    with pytest.raises(SettingError, match="No source is set"):
        chosen_sources((), (), Access())


def test_what_cannot_be_opened_says_why_when_it_is_asked() -> None:
    one = named_source("carrier-pigeon:coop", Access())
    assert (one.remote, one.name) == (None, "carrier-pigeon:coop")
    with pytest.raises(SettingError, match="no source of the kind 'carrier-pigeon'"):
        one.opened()


@pytest.mark.parametrize(
    ("spec", "shown"),
    [
        ("arxiv:cs.CL,cs.LG", "arxiv:cs.CL,cs.LG"),
        ("huggingface", "huggingface"),
        ("feed:https://me:secret@host:8443/x?key=1#f", "feed:https://host:8443/x"),
        ("feed:https://host:port/x?key=1", "feed"),
    ],
)
def test_what_may_be_secret_is_not_shown(spec: str, shown: str) -> None:
    assert public_name(spec) == shown
