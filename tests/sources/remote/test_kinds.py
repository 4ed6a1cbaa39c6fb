"""Every kind that is listed has its module, and any other is refused with the list."""

from importlib import import_module

import pytest

from broadsheet.errors import SettingError
from broadsheet.sources.remote import Options
from broadsheet.sources.remote.kinds import KINDS, kind_of, open_remote


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_opened(kind: str) -> None:
    module = import_module(f"broadsheet.sources.remote.{KINDS[kind]}")
    assert callable(module.open_source)


@pytest.mark.parametrize("spec", ["", ":", "pigeon", "pigeon:x", "JSONL:https://a.example/"])
def test_an_unknown_kind_is_refused_with_those_that_are_known(spec: str) -> None:
    with pytest.raises(SettingError, match="no source of the kind") as caught:
        open_remote(spec, Options())
    assert all(kind in caught.value.hint for kind in KINDS)


def test_what_stands_behind_the_first_colon_is_what_is_wanted() -> None:
    assert kind_of(" jsonl : https://a.example/b") == "jsonl"
    found = open_remote(" jsonl : https://a.example/b ", Options())
    assert found == open_remote("jsonl:https://a.example/b", Options())
