"""The command line as a user runs it: a process, its output, its exit code."""

import gzip
import json
import re
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.library.commands import Run, broadsheet, started

TITLES = [
    "Tidal Attention for Very Long Documents",
    "Counting Bees with Cheap Microphones",
    "On the Fréchet Distance between Kettles",
    "A Survey of Kettles",
]


def as_json(done: Run) -> Any:
    return json.loads(done.stdout)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with four papers, indexed."""
    records = [
        {"id": str(number), "title": title, "abstract": f"We write about {title.lower()}."}
        | {"year": 2020 + number, "authors": ["Ana Holm"], "categories": ["cs.SD"]}
        for number, title in enumerate(TITLES)
    ]
    records[0]["arxiv_id"] = "2502.90001"
    records[1]["github"] = "https://code.example/bees"
    file = tmp_path / "toy.jsonl.gz"
    file.write_bytes(gzip.compress("".join(json.dumps(r) + "\n" for r in records).encode()))
    broadsheet(tmp_path / "home", "import", str(file))
    return tmp_path / "home"


def found(home: Path, *words: str) -> list[str]:
    page = as_json(broadsheet(home, "search", *words, "--format", "json"))
    return [hit["id"] for hit in page["hits"]]


def test_version_and_help_name_what_there_is(tmp_path: Path) -> None:
    assert re.fullmatch(r"broadsheet \d+\.\d+\.\d+\n", broadsheet(tmp_path, "--version").stdout)
    told = broadsheet(tmp_path, "--help").stdout
    for command in ("init", "import", "search", "paper", "index", "quarantine", "backup"):
        assert command in told


def test_a_search_explains_each_hit(home: Path) -> None:
    page = as_json(broadsheet(home, "search", "kettles survey", "--format", "json"))
    assert page["query"] == "kettles survey"
    assert page["mode"] == "hybrid"
    first = page["hits"][0]
    assert first["id"] == "toy:3"
    assert first["title"] == "A Survey of Kettles"
    assert first["authors"] == ["Ana Holm"]
    assert first["date"] == "2023"
    assert "<mark>survey</mark> of <mark>kettles</mark>" in first["snippet"]
    assert first["lexical"]["rank"] == 1
    assert first["all_words"]
    assert first["score"] == first["fused"]


def test_accents_filters_and_exclusions(home: Path) -> None:
    assert found(home, "Frechet", "--mode", "lexical") == ["toy:2"]
    assert found(home, "kettles -survey", "--mode", "lexical") == ["toy:2"]
    assert found(home, "kettles", "--year", "2023", "--mode", "lexical") == ["toy:3"]
    assert found(home, "write has:code") == ["toy:1"]
    assert set(found(home, "kettle year:2022..2023")) == {"toy:2", "toy:3"}


def test_an_address_leads_straight_to_its_paper(home: Path) -> None:
    assert found(home, "https://arxiv.org/abs/2502.90001v3") == ["2502.90001"]
    assert found(home, "toy:0") == ["2502.90001"]


def test_paging_visits_every_hit_once(home: Path) -> None:
    seen, cursor = [], None
    for _ in range(9):
        words = ["search", "write about", "--limit", "1", "--format", "json"]
        page = as_json(broadsheet(home, *words, *(["--cursor", cursor] if cursor else [])))
        seen += [hit["id"] for hit in page["hits"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen) == ["2502.90001", "toy:1", "toy:2", "toy:3"]


def test_lists_are_tab_separated_when_piped_and_ids_on_request(home: Path) -> None:
    rows = broadsheet(home, "search", "kettles").stdout.splitlines()
    assert all(len(row.split("\t")) == 6 for row in rows)
    ids = broadsheet(home, "search", "kettles", "--format", "ids").stdout.split()
    assert ids == [row.split("\t")[0] for row in rows]


def test_a_paper_is_shown_with_who_said_what(home: Path) -> None:
    paper = as_json(broadsheet(home, "paper", "show", "arXiv:2502.90001", "--format", "json"))
    assert paper["id"] == "2502.90001"
    assert paper["aliases"] == ["toy:0"]
    assert paper["provenance"]["title"][0]["source"] == "toy"
    missing = broadsheet(home, "paper", "show", "2502.99999", code=1)
    assert missing.stderr.startswith("broadsheet: There is no paper 2502.99999.")


def test_malformed_queries_get_a_reading_and_a_note(home: Path) -> None:
    done = broadsheet(home, "search", '"survey of kettles')
    assert done.stdout.startswith("toy:3")
    assert "Note: a quotation mark is missing" in done.stderr
    long = broadsheet(home, "search", "kettle " * 1500, code=2)
    assert "the limit is 4,096" in long.stderr


def test_a_question_is_understood_unless_literally(home: Path) -> None:
    words = ["search", "papers on kettles by Ana Holm since 2023"]
    done = broadsheet(home, *words, "--mode", "lexical", "--format", "ids")
    assert done.stdout.split() == ["toy:3"]
    assert "Read as: year:2023.., from “since 2023” (--literal undoes it)" in done.stderr
    assert 'Read as: author:"Ana Holm", from “by Ana Holm”' in done.stderr
    assert "Left out: “papers on”" in done.stderr
    literal = broadsheet(home, *words, "--literal", "--format", "ids")
    assert len(literal.stdout.split()) == 4
    assert "Read as" not in literal.stderr
    given_up = broadsheet(home, "search", "kettles before 1950")
    assert "Note: no paper on this is year:..1949" in given_up.stderr
    assert "Read as" not in given_up.stderr
    page = as_json(broadsheet(home, *words, "--format", "json"))
    assert page["understood"][0]["read_as"] == 'author:"Ana Holm"'


def test_the_index_can_be_deleted_rebuilt_and_verified(home: Path) -> None:
    before = found(home, "kettles")
    for file in sorted((home / "index").rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    assert broadsheet(home, "index", "verify", code=3).stderr
    assert found(home, "kettles") == before
    broadsheet(home, "index", "rebuild")
    broadsheet(home, "index", "verify")
    status = as_json(broadsheet(home, "index", "status", "--format", "json"))
    assert (status["state"], status["papers"], status["behind"]) == ("level", 4, 0)
    assert found(home, "kettles") == before


def test_backup_and_restore(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    broadsheet(home, "backup", str(target))
    assert "copy.db" in broadsheet(home, "backup", str(target), code=3).stderr
    other = tmp_path / "other"
    broadsheet(other, "restore", str(target))
    assert found(other, "survey of kettles")[0] == "toy:3"
    assert broadsheet(other, "restore", str(target), code=3).stderr
    broadsheet(other, "restore", str(target), "--replace")


def test_doctor_and_config_tell_the_state_and_no_secret(home: Path) -> None:
    checks = as_json(broadsheet(home, "doctor", "--format", "json"))
    assert {check["check"] for check in checks} >= {"catalogue", "integrity", "index", "encoder"}
    assert all(check["ok"] for check in checks)
    shown = broadsheet(home, "config", "show", BROADSHEET_ENCODER_KEY="hunter2").stdout
    assert "hunter2" not in shown
    assert "semantic_weight\t0.4\tdefault" in shown
    bad = broadsheet(home, "search", "x", code=2, BROADSHEET_SEMANTIC_WEIGHT="2")
    assert "BROADSHEET_SEMANTIC_WEIGHT" in bad.stderr


def test_without_a_catalogue_a_search_says_what_to_do(tmp_path: Path) -> None:
    done = broadsheet(tmp_path / "none", "search", "kettles", code=3)
    assert "broadsheet init" in done.stderr


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.xyz", b"neither this nor that\n", "none that is known"),
        ("a.xyz", b"neither this nor that\n", "with `--as`: "),
        ("a.jsonl", b'{"title": "A\xff"}\n', "not utf-8"),
        ("a.jsonl", b'{"id": "1", "title": "A"}\n{"id": "2", "title": ["B"]}\n', "a.jsonl:2"),
        (
            "a.jsonl.gz",
            gzip.compress(b'{"title": "On Kettles"}\n' * 99, mtime=0)[:-12],
            "a.jsonl.gz",
        ),
        ("a.bib", b"@article{a, title={A}}\n@article{b, title={B\n", "a.bib:2"),
        ("a.jsonl", b"", "empty"),
    ],
)
def test_bad_files_are_refused_with_their_place_and_nothing_is_kept(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    done = broadsheet(tmp_path / "home", "import", str(file), code=2)
    assert name in done.stderr
    assert says in done.stderr
    doctor = as_json(broadsheet(tmp_path / "home", "doctor", "--format", "json", code=1))
    assert any(check["found"].startswith("0 papers") for check in doctor)


def test_an_interrupted_import_is_simply_run_again(tmp_path: Path) -> None:
    file = tmp_path / "many.jsonl"
    records = [{"id": str(n), "title": f"Paper {n} about kettles"} for n in range(6000)]
    file.write_text("".join(json.dumps(r) + "\n" for r in records), "utf-8")
    words = ("import", str(file), "--format", "json")
    running = started(tmp_path / "home", *words)
    while '"filing' not in running.told() and running.returncode is None:
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    out, _ = running.communicate()
    first = json.loads(out)
    assert running.returncode == 130
    assert first["stopped"]
    again = as_json(broadsheet(tmp_path / "home", *words))
    assert again["unchanged"] == first["new"]
    assert again["new"] == 6000 - first["new"]
    assert found(tmp_path / "home", "2345 kettles")[0] == "many:2345"


def test_shell_completion_is_there(tmp_path: Path) -> None:
    script = broadsheet(tmp_path, _BROADSHEET_COMPLETE="source_bash").stdout
    assert "_BROADSHEET_COMPLETE" in script


@pytest.mark.shared_data
def test_the_four_pages_are_found_as_a_reader_expects(tmp_path: Path, shared: Path) -> None:
    pages = [str(page) for page in sorted((shared / "pages").glob("*.txt"))]
    report = as_json(broadsheet(tmp_path, "import", *pages, "--format", "json"))
    assert report == {
        "read": 663,
        "new": 638,
        "merged": 25,
        "updated": 0,
        "unchanged": 0,
        "quarantined": 0,
        "pairs": 0,
        "stopped": False,
        "stages": {
            "duplicate: same title and abstract": 25,
            "repair: glued": 12,
            "repair: latex": 36,
        },
    }
    words = ("search", "language model output", "--mode", "lexical", "--limit", "300")
    page = as_json(broadsheet(tmp_path, *words, "--format", "json"))
    assert page["holding_all_words"] == 202
    assert [hit["all_words"] for hit in page["hits"]] == [True] * 202 + [False] * 98
