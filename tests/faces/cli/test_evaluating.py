"""`broadsheet evaluate` as it is run: a set's figures, and two measurements compared."""

import json
import os
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from broadsheet.evaluation import changes, keep
from broadsheet.evaluation.robustness import STUFFED
from broadsheet.faces.app import create
from tests.library.commands import Run, Running
from tests.library.judged import write_set
from tests.library.site import fill


def run(home: Path, *words: str) -> Run:
    running = Running(["--home", str(home), "evaluate", *words], os.environ)
    told = running.communicate()
    return Run(words, running.wait(), *told)


def test_a_set_is_measured_saved_and_compared(tmp_path: Path) -> None:
    folder, saved = str(write_set(tmp_path / "toy")), str(tmp_path / "a.json")
    done = run(tmp_path / "home", folder, "--format", "json", "--save", saved)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["set"], told["queries"]) == ("toy", 2)
    runs = {row["run"]: row for row in told["runs"]}
    assert set(runs) == {"hybrid", "lexical", "semantic", "bm25s", "random"}
    assert runs["hybrid"]["ndcg@10"] == runs["hybrid"]["mrr@10"] == 1.0
    assert runs["bm25s"]["chance"] == 1.0
    assert not (tmp_path / "home").exists()

    same = run(tmp_path / "home", "compare", saved, saved, "--format", "json")
    assert same.returncode == 0
    assert json.loads(same.stdout)["refused"] is None

    kept = json.loads(Path(saved).read_text())
    for figures in kept["runs"]["hybrid"].values():
        figures["ndcg@10"] = 0.1
    worse = tmp_path / "b.json"
    worse.write_text(json.dumps(kept))
    refused = run(tmp_path / "home", "compare", saved, str(worse))
    assert refused.returncode == 1
    assert "Not to be released: the mean nDCG@10 fell by 0.9000" in refused.stderr


def test_the_contextual_encoder_has_read_the_set_and_the_home_keeps_the_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROADSHEET_CONTEXTUAL", "true")
    home = tmp_path / "home"
    settings = fill(home)
    done = run(home, str(write_set(tmp_path / "toy")), "--format", "table")
    assert done.returncode == 0, done.stderr
    assert "hybrid, first encoder" in done.stdout
    assert "worst queries" in done.stdout
    done = run(home, "catalogue", "--format", "json")
    assert done.returncode == 0, done.stderr
    rows = {(row["asked_by"], row["mode"]): row for row in json.loads(done.stdout)["own_text"]}
    assert rows["title", "hybrid"]["recall@1"] > 0.9
    with TestClient(create(settings), headers={"Accept": "text/html"}) as site:
        text = site.get("/bench").text
    assert "hybrid, first encoder" in text
    assert "This catalogue" in text


def test_robustness_is_told_for_each_change_and_run_and_shown(tmp_path: Path) -> None:
    home = tmp_path / "home"
    settings = fill(home)
    folder = str(write_set(tmp_path / "toy"))
    done = run(home, folder, "--robust", "--format", "json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    rows = told["robustness"]
    assert {row["run"] for row in rows} == {"hybrid", "lexical", "semantic", "bm25s"}
    assert {row["change"] for row in rows} == {"none", *changes(()), STUFFED}
    unchanged = [row for row in rows if row["change"] == "none"]
    assert all(row["fall"] == row["spread"] == row["queries"] == 0 for row in unchanged)
    assert [row["decoyed"] for row in rows if row["change"] == STUFFED] == [1.0] * 4
    against = {one["run"]: set(one["against"]) for one in told["runs"]}
    assert against["hybrid"] == {"bm25s", "lexical"}
    assert against["bm25s"] == {"lexical"}

    # What a version before this one measured is shown as well.
    for one in told["runs"]:
        del one["against"]
    for row in rows:
        for name in set(row) - {"change", "run", "ndcg@10", "fall", "spread", "worst_tenth"}:
            del row[name]
    keep(home, {**told, "set": "older"})
    with TestClient(create(settings), headers={"Accept": "text/html"}) as site:
        text = site.get("/bench").text
    older, newer = text.split('id="older"')[1].split('id="toy"')
    assert STUFFED in older
    assert STUFFED in newer
    assert "recall@100 against lexical" in newer
    assert "recall@100 against lexical" not in older


def test_tables_show_differences_and_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    folder = str(write_set(tmp_path / "toy"))
    done = run(tmp_path / "home", folder, "--robust", "--format", "table")
    assert done.returncode == 0, done.stderr
    shown = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert f"lexical {'+0.000 (+0.000 to +0.000) ' * 2}".strip() in shown
    assert "typo (1) bm25s 1.000 0.000 0.000 1.000 1.000" in shown
    assert f"{STUFFED} (2) lexical 1.000 0.000 0.000 1.000 1.000 1.000" in shown


@pytest.mark.parametrize("words", [["compare", "a"], ["a", "b"], ["compare"]])
def test_other_words_are_refused(tmp_path: Path, words: list[str]) -> None:
    done = run(tmp_path, *words)
    assert done.returncode == 2
    assert "Give one folder, `catalogue`, or `compare` and two files." in done.stderr


def test_a_folder_without_a_set_and_a_file_without_figures_are_named(tmp_path: Path) -> None:
    done = run(tmp_path, str(tmp_path))
    assert done.returncode == 2
    assert "corpus.jsonl" in done.stderr
    (tmp_path / "x.json").write_text("[]")
    done = run(tmp_path, "compare", str(tmp_path / "x.json"), str(tmp_path / "x.json"))
    assert done.returncode == 2
    assert "holds no figures of a run 'hybrid'" in done.stderr
    assert "Traceback" not in done.stderr
