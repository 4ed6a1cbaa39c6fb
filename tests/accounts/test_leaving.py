"""Leaving: what is handed over is all there is, and what is left holds no name and no address."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Float, Integer, LargeBinary, Table, insert, select, update

from broadsheet.accounts import leaving, letters, signing_in
from broadsheet.accounts.signing_in import Visit
from broadsheet.catalogue import Catalogue, Desk
from broadsheet.catalogue.personal import DELETED
from broadsheet.catalogue.schema import (
    COMMENT_TEXTS,
    COMMENTS,
    COUNTERS,
    EDITION_CHANGES,
    EDITION_PAPERS,
    EDITIONS,
    METADATA,
    MODERATION,
    NOTICES,
    ORGANISATIONS,
    PAPER_ORGANISATIONS,
    SECTIONS,
    SUPPRESSED,
    UNKNOWN_MAIL,
)
from broadsheet.community import commenting
from broadsheet.errors import ConflictError
from broadsheet.people import Reader, Role
from tests.library import TIDES
from tests.library.dumping import dump
from tests.library.people import enrol
from tests.library.shelving import shelve, toy_paper

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
NAME = "zaphod-beeblebrox"
FULL = "Zaphod Beeblebrox"
EMAIL = "zaphod-beeblebrox@example.org"
SAID = "I said this of the paper"
TRACES = ("beeblebrox", "zaphod", SAID.lower())


def filled(table: Table, **given: object) -> Mapping[str, object]:
    """A row with something in every column."""
    row: dict[str, object] = {}
    for column in table.columns:
        if column.name in given:
            row[column.name] = given[column.name]
        elif column.foreign_keys:
            row[column.name] = None if column.nullable else 1
        elif isinstance(column.type, LargeBinary):
            row[column.name] = f"{table.name}{column.name}".encode()
        elif isinstance(column.type, Boolean):
            row[column.name] = False
        elif isinstance(column.type, Integer | Float):
            row[column.name] = 7
        else:
            row[column.name] = f"{table.name} {column.name}"
    return row


def live_a_life(desk: Desk) -> Reader:
    """A reader with a row in every table that names readers, and texts about them elsewhere."""
    shelve(desk)
    connection = desk.papers.connection
    # The low numbers are for the rows below.
    connection.execute(update(COUNTERS).values(value=COUNTERS.c.value + 100))
    reader = desk.readers.add(
        Reader(
            key=0,
            name=NAME,
            full_name=FULL,
            role=Role.READER,
            joined=NOW,
            email=EMAIL,
            orcid="0000-0001-7777-4242",
            about=f"I am {FULL}",
        )
    )
    for table in (ORGANISATIONS, SECTIONS):
        connection.execute(insert(table).values(filled(table, key=1, name="lab")))
    connection.execute(insert(EDITIONS).values(filled(EDITIONS, key=1, made_by=NAME)))
    mine = {"key": 1, "reader_key": reader.key, "hidden_by": ""}
    connection.execute(insert(COMMENTS).values(filled(COMMENTS, **mine)))
    connection.execute(insert(COMMENT_TEXTS).values(filled(COMMENT_TEXTS, comment_key=1, raw=SAID)))
    for table in METADATA.sorted_tables:
        if "reader_key" in table.columns and table is not COMMENTS:
            row = filled(table, reader_key=reader.key, key=1, why=f"Said by {NAME}", email=EMAIL)
            connection.execute(insert(table).values(row))
    signed = (EDITION_PAPERS, "picked_by"), (EDITION_CHANGES, "actor"), (PAPER_ORGANISATIONS, "by")
    for table, column in signed:
        connection.execute(insert(table).values({**filled(table, key=1), column: NAME}))
    told = {"actor": NAME, "subject": f"reader:{NAME}", "why": f"{FULL.upper()} <{EMAIL}> asked"}
    connection.execute(insert(MODERATION).values(filled(MODERATION, key=8, **told)))
    for suppressed in (EMAIL, "marvin@example.org"):
        connection.execute(insert(SUPPRESSED).values(filled(SUPPRESSED, email=suppressed)))
    for digest, raw in ((b"1", f"To: {EMAIL.upper()}"), (b"2", "To: marvin@example.org")):
        mail = filled(UNKNOWN_MAIL, digest=digest, raw=raw.encode())
        connection.execute(insert(UNKNOWN_MAIL).values(mail))
    letters.ask_for_link(desk, EMAIL, is_open=False, now=NOW)
    visit = Visit("", f"Browser of {NAME}", "192.0.2.1", NOW)
    signing_in.begin_session(desk, reader, visit)
    return reader


def test_nothing_of_a_reader_is_left(catalogue: Catalogue) -> None:
    other = enrol(catalogue, "ford")
    with catalogue.writing() as desk:
        reader = live_a_life(desk)
        notice = filled(NOTICES, key=9, reader_key=other.key, text=f"@{NAME} answered")
        desk.papers.connection.execute(insert(NOTICES).values(notice))
        kept = {**filled(COMMENTS), "key": 2, "reader_key": other.key, "parent_key": 1}
        desk.papers.connection.execute(
            insert(COMMENTS).values({**kept, "hidden_by": NAME, "hidden_why": f"as {FULL} said"})
        )
    before = dump(catalogue).lower()
    assert all(trace in before for trace in TRACES)
    with catalogue.writing() as desk:
        leaving.leave(desk, reader)
    after = dump(catalogue).lower()
    assert not any(trace in after for trace in TRACES)
    assert "0000-0001-7777-4242" not in after
    with catalogue.reading() as desk:
        connection = desk.papers.connection
        comments = connection.execute(select(COMMENTS).order_by(COMMENTS.c.key)).all()
        assert [(row.key, row.reader_key) for row in comments] == [(1, None), (2, other.key)]
        assert comments[1].hidden_by == DELETED
        log = connection.execute(select(MODERATION)).one()
        assert (log.actor, log.subject) == (DELETED, f"reader:{DELETED}")
        assert log.why == f"{DELETED} <{DELETED}> asked"
        texts = connection.execute(select(NOTICES.c.text).where(NOTICES.c.key == 9)).scalar_one()
        assert texts == f"@{DELETED} answered"
        assert desk.readers.named("ford") == other
        assert [row.email for row in connection.execute(select(SUPPRESSED))] == [
            "marvin@example.org"
        ]
        assert [row.digest for row in connection.execute(select(UNKNOWN_MAIL))] == [b"2"]
    assert catalogue.check() == []


def test_the_bytes_of_the_file_hold_nothing_either(
    sqlite_catalogue: Catalogue, catalogue_file: Path
) -> None:
    def bytes_now() -> bytes:
        beside = sorted(catalogue_file.parent.glob(f"{catalogue_file.name}*"))
        return b"".join(file.read_bytes() for file in beside).lower()

    with sqlite_catalogue.writing() as desk:
        reader = live_a_life(desk)
    assert all(trace.encode() in bytes_now() for trace in TRACES)
    with sqlite_catalogue.writing() as desk:
        leaving.leave(desk, reader)
    with sqlite_catalogue.reading() as desk:
        assert desk.readers.count() == 0
        assert not sqlite_catalogue.empty_log()
    assert sqlite_catalogue.empty_log()
    after = bytes_now()
    assert [trace for trace in TRACES if trace.encode() in after] == []


def test_an_export_has_every_table_and_no_secret(catalogue: Catalogue) -> None:
    other = enrol(catalogue, "ford")
    with catalogue.writing() as desk:
        reader = live_a_life(desk)
        desk.readers.set_password(reader.key, "$argon2id$hash")
        told = json.loads(leaving.as_json(leaving.export(desk, reader)))
        packed = leaving.as_zip(leaving.export(desk, reader))
        theirs: dict[str, Any] = leaving.export(desk, other)["tables"]
    tables = {one.name for one in METADATA.sorted_tables if "reader_key" in one.columns}
    assert told["tables"].keys() == tables | {"readers", "comment_texts"}
    assert told["tables"]["readers"][0]["email"] == EMAIL
    assert told["tables"]["comment_texts"][0]["raw"] == SAID
    assert len(told["tables"]["sessions"]) == 2
    text = json.dumps(told["tables"])
    assert not any(secret in text for secret in ("argon2id", "digest", "pass=", "public_key"))
    with zipfile.ZipFile(io.BytesIO(packed)) as parcel:
        assert set(parcel.namelist()) == {"about.txt", *(f"{one}.json" for one in told["tables"])}
        assert json.loads(parcel.read("comment_texts.json")) == told["tables"]["comment_texts"]
    assert theirs.keys() == {"readers"}


def test_the_only_admin_cannot_leave(catalogue: Catalogue) -> None:
    ada = enrol(catalogue, "ada", Role.ADMIN)
    with pytest.raises(ConflictError), catalogue.writing() as desk:
        leaving.leave(desk, ada)
    enrol(catalogue, "grace", Role.ADMIN)
    with catalogue.writing() as desk:
        leaving.leave(desk, ada)
        assert desk.readers.named("ada") is None


@pytest.mark.parametrize("word", ["comment", "hidden", "link", "text", "comments"])
def test_whoever_is_called_by_a_word_of_ours_takes_nothing_along(
    catalogue: Catalogue, word: str
) -> None:
    ford, tricia = enrol(catalogue, "ford"), enrol(catalogue, "tricia")
    with catalogue.writing() as desk:
        (key,) = shelve(desk, [TIDES])
        desk.readers.replace(replace(ford, letters=True))
        leaver = desk.readers.add(
            Reader(key=0, name=word, full_name=word, role=Role.READER, joined=NOW)
        )
        said = commenting.write(desk, key, toy_paper(TIDES), ford, "Rude", NOW, limit=9)
        commenting.report(desk, said, tricia, "Rude.", NOW)
        told = commenting.write(desk, key, toy_paper(TIDES), leaver, "@ford see", NOW, limit=9)
        held = (desk.moderation.open_reports(), desk.notices.of(ford.key, 1)[0].path)
        leaving.leave(desk, leaver)
        assert (desk.moderation.open_reports(), desk.notices.of(ford.key, 1)[0].path) == held
        (letter,) = desk.outbox.listed(None, 9)
        assert letter.letter.values == {
            "text": "deleted mentioned you: " + toy_paper(TIDES).title,
            "link": f"/comments/{told.key}",
        }
