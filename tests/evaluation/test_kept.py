"""Measurements kept in a home."""

from pathlib import Path

from broadsheet import __version__
from broadsheet.evaluation import keep, measured


def test_the_last_of_each_set_is_kept(tmp_path: Path) -> None:
    for figure in (1, 2):
        keep(tmp_path, {"set": "one", "figure": figure})
    keep(tmp_path, {"set": "../t wo", "figure": 3})
    found = measured(tmp_path)
    assert [(one["set"], one["figure"]) for one in found] == [("../t wo", 3), ("one", 2)]
    assert all(one["by"] == __version__ for one in found)
    assert {file.parent for file in tmp_path.rglob("*.json")} == {tmp_path / "measured"}


def test_nothing_is_made_without_a_home_and_damage_is_passed_over(tmp_path: Path) -> None:
    keep(tmp_path / "nowhere", {"set": "one"})
    assert not (tmp_path / "nowhere").exists()
    assert measured(tmp_path / "nowhere") == []
    keep(tmp_path, {"set": "one"})
    (tmp_path / "measured" / "two.json").write_text("{")
    assert [one["set"] for one in measured(tmp_path)] == ["one"]
