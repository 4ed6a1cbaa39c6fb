"""Older catalogues become new ones, and a kill in between leaves one or the other."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from broadsheet import catalogue as package
from broadsheet.catalogue import Catalogue
from broadsheet.catalogue.schema import REVISIONS
from broadsheet.catalogue.sqlite import connected, keep_journal
from tests.catalogue.killing import die_after_statements, run_and_kill

TABLES = {
    "0001": {"meta", "counters", "papers", "aliases", "records", "changes"},
    "0002": {"signals"},
    "0003": {"quarantine", "bands", "pairs"},
    "0004": set(),
    "0005": {"citations", "harvests"},
    "0006": {"findings", "templates"},
    "0007": {"leases", "steps", "alerts", "free_space"},
    "0008": {
        "answered",
        "api_tokens",
        "identities",
        "notices",
        "outbox",
        "passes",
        "passkeys",
        "readers",
        "sessions",
        "tries",
    },
    "0009": {
        "claims",
        "comment_texts",
        "comments",
        "edition_changes",
        "edition_papers",
        "editions",
        "members",
        "moderation",
        "organisations",
        "paper_organisations",
        "reactions",
        "reports",
        "section_curators",
        "sections",
        "submissions",
        "votes",
    },
    "0010": {
        "bounces",
        "interests",
        "letter_papers",
        "search_matches",
        "searches",
        "subscriptions",
        "suppressed",
        "unknown_mail",
    },
    "0011": set(),
}


def make_older(file: Path, revision: str) -> None:
    """Make a catalogue as an older program did, with one paper in it."""
    steps = Path(package.__file__).parent / "migrations"
    with connected(file) as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(steps))
        command.upgrade(config, revision)
        connection.exec_driver_sql(
            "INSERT INTO papers (key, id, title, abstract, authors, announced, revised, year,"
            " venue, categories, keywords, links, licence, withdrawn, retracted, arxiv_id, doi,"
            " title_key, provenance) VALUES (1, 'toy:1', 'Knots', '', '', NULL, NULL, NULL, '', '',"
            " '', '', '', 0, 0, NULL, NULL, 'knots', '')"
        )
        connection.exec_driver_sql("INSERT INTO aliases VALUES ('toy:1', 1)")
        connection.exec_driver_sql("INSERT INTO changes (paper_key, seq, gone) VALUES (1, 1, 0)")
        connection.exec_driver_sql("UPDATE counters SET value = 1 WHERE name <> 'record'")
        connection.commit()
    keep_journal(file, "WAL")


def revision_and_tables(file: Path) -> tuple[str, set[str]]:
    """What a plain SQLite finds in a file."""
    with closing(sqlite3.connect(file)) as connection:
        (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        return revision, {name for (name,) in names} - {"alembic_version"}


@pytest.mark.parametrize("revision", REVISIONS)
def test_an_older_catalogue_is_brought_up_to_date(
    catalogue_file: Path, locks: Path, revision: str
) -> None:
    make_older(catalogue_file, revision)
    catalogue = Catalogue.open(f"sqlite:///{catalogue_file}", locks=locks)
    with catalogue.reading() as desk:
        found = desk.papers.get("toy:1")
        assert found is not None
        assert found[1].title == "Knots"
    assert catalogue.check() == []
    catalogue.close()
    assert revision_and_tables(catalogue_file) == (REVISIONS[-1], set().union(*TABLES.values()))


@pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.nightly)])
def test_a_kill_at_any_statement_leaves_the_old_or_the_new(
    catalogue_file: Path, locks: Path, tmp_path: Path, step: int
) -> None:
    seen = set()
    for statements in range(1, 200, step):
        file = tmp_path / f"c{statements}.sqlite3"
        make_older(file, "0001")

        def migrate(file: Path = file, statements: int = statements) -> None:
            die_after_statements(statements)
            Catalogue.open(f"sqlite:///{file}", locks=locks)

        killed = run_and_kill(migrate)
        revision, tables = revision_and_tables(file)
        whole = REVISIONS[: REVISIONS.index(revision) + 1]
        assert tables == set().union(*(TABLES[step] for step in whole))
        seen.add(revision)
        catalogue = Catalogue.open(f"sqlite:///{file}", locks=locks)
        assert catalogue.check() == []
        catalogue.close()
        if not killed:
            break
    else:
        pytest.fail("the migration never came to its end")
    assert seen == set(REVISIONS) or (step > 1 and len(seen) > 2)


def test_a_kill_while_a_catalogue_is_made_leaves_none_or_a_whole_one(
    tmp_path: Path, locks: Path
) -> None:
    for statements in range(1, 250, 7):
        file = tmp_path / "new.sqlite3"

        def create(file: Path = file, statements: int = statements) -> None:
            die_after_statements(statements)
            Catalogue.open(f"sqlite:///{file}", locks=locks, create=True)

        killed = run_and_kill(create)
        assert file.exists() != killed
        Catalogue.open(f"sqlite:///{file}", locks=locks, create=True).close()
        assert {left.name for left in tmp_path.iterdir()} == {"new.sqlite3", "locks"}
        file.unlink()
        if not killed:
            return
    pytest.fail("the catalogue was never made")


def test_two_openers_migrate_once(catalogue_file: Path, locks: Path) -> None:
    make_older(catalogue_file, "0001")
    opened: list[Catalogue] = []

    def open_it() -> None:
        opened.append(Catalogue.open(f"sqlite:///{catalogue_file}", locks=locks))

    threads = [threading.Thread(target=open_it) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 3
    assert opened[0].check() == []
    for catalogue in opened:
        catalogue.close()
