"""kill -9 at random points of import, index, migration, backup and restore."""

import json
import random
import sqlite3
import time
from pathlib import Path

import pytest

from broadsheet.catalogue import Catalogue
from tests.library.commands import broadsheet, started

RECORDS = 2500
CYCLES = [
    pytest.param(seed, marks=[] if seed < 5 else [pytest.mark.nightly]) for seed in range(200)
]


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of invented papers."""
    words = [f"{stem}{end}" for stem in ("kettle", "bee", "tide", "knot") for end in range(50)]
    draw = random.Random(7)
    file = tmp_path_factory.mktemp("papers") / "toy.jsonl"
    with file.open("w", encoding="utf-8") as out:
        for number in range(RECORDS):
            record = {
                "id": str(number),
                "title": f"Paper {number} on {' '.join(draw.sample(words, 4))}",
                "abstract": " ".join(draw.choices(words, k=60)),
            }
            out.write(json.dumps(record) + "\n")
    return file


def run(home: Path, *words: str) -> str:
    """Run a command to its end; what it wrote."""
    return broadsheet(home, *words).stdout


def killed(home: Path, after: float, *words: str) -> str:
    """Run a command and kill it after so many seconds; its log lines until then."""
    running = started(home, *words)
    time.sleep(after)
    running.kill()
    return running.communicate()[1]


def acknowledged(log: str) -> int:
    """How many records the last complete line says are durably filed."""
    done = 0
    for line in log.splitlines():
        if '"filing' in line and line.endswith("}"):
            done = json.loads(line)["done"]
    return done


def count(home: Path) -> int:
    """How many papers the catalogue holds; it must open and be sound."""
    url = f"sqlite:///{home / 'catalogue.db'}"
    catalogue = Catalogue.open(url, locks=home / "locks", create=True)
    assert catalogue.check() == []
    with catalogue.reading() as desk:
        papers = desk.papers.count()
    catalogue.close()
    return papers


FIRST_TABLES = {"alembic_version", "meta", "counters", "papers", "aliases", "records", "changes"}


def take_back_to_first_revision(file: Path) -> None:
    """Make the catalogue one of the first revision: what later steps made is dropped."""
    with sqlite3.connect(file, isolation_level=None) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        for (table,) in names.fetchall():
            if table not in FIRST_TABLES:
                connection.execute(f"DROP TABLE {table}")
        connection.execute("DELETE FROM counters WHERE name NOT IN ('paper', 'record', 'change')")
        connection.execute("DROP INDEX papers_announced")
        connection.execute("ALTER TABLE papers DROP COLUMN summary_by")
        connection.execute("ALTER TABLE changes DROP COLUMN former_id")
        connection.execute("ALTER TABLE records DROP COLUMN as_received")
        connection.execute("UPDATE alembic_version SET version_num = '0001'")


@pytest.mark.parametrize("seed", CYCLES)
def test_a_kill_loses_nothing_acknowledged(seed: int, papers: Path, tmp_path: Path) -> None:
    draw = random.Random(seed)
    home = tmp_path / "home"
    log = killed(home, draw.uniform(0.05, 1.6), "import", str(papers), "--no-index")
    assert count(home) >= acknowledged(log)
    report = json.loads(run(home, "import", str(papers), "--no-index", "--format", "json"))
    assert report["new"] + report["unchanged"] == RECORDS
    assert count(home) == RECORDS

    killed(home, draw.uniform(0.05, 0.8), "index", draw.choice(["catch-up", "rebuild"]))
    run(home, "index", "catch-up")
    run(home, "index", "verify")
    killed(home, draw.uniform(0.1, 2.0), "index", "deepen")
    run(home, "index", "verify")

    copy = tmp_path / "copy.db"
    killed(home, draw.uniform(0.02, 0.3), "backup", str(copy))
    assert count(home) == RECORDS
    if not copy.exists():
        run(home, "backup", str(copy))
    other = tmp_path / "other"
    killed(other, draw.uniform(0.02, 0.8), "restore", str(copy))
    assert count(other) in (0, RECORDS)
    run(other, "restore", str(copy), "--replace")
    assert count(other) == RECORDS
    run(other, "index", "verify")


@pytest.mark.parametrize("seed", CYCLES)
def test_a_kill_in_a_migration_leaves_old_or_new(seed: int, tmp_path: Path) -> None:
    home = tmp_path / "home"
    run(home, "init")
    take_back_to_first_revision(home / "catalogue.db")
    killed(home, random.Random(seed).uniform(0.02, 0.4), "doctor")
    assert count(home) == 0
