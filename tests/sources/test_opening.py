"""Files opened as lines: every way in which one cannot be read is named with its place."""

import bz2
import contextlib
import gzip
import lzma
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.errors import SettingError, SourceError
from broadsheet.sources import read, read_held
from broadsheet.sources.opening import open_file, open_held

LINE = b'{"title": "On Kettles"}\n'
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "xz": lzma.compress,
    "zstd": zstandard.ZstdCompressor(write_checksum=True).compress,
    "bzip2": bz2.compress,
}
NOISE = random.Random(7).randbytes(300_000).hex().encode() + b"\n"


def lines_of(file: Path, encoding: str = "utf-8", limit: int = 1000) -> list[tuple[int, str]]:
    with open_file(file, encoding=encoding, limit=limit) as opened:
        return list(opened.lines())


def refusal(file: Path, encoding: str = "utf-8", limit: int = 1 << 24) -> tuple[str, str, str]:
    """The place without its folder, the reason and the hint of the error."""
    with pytest.raises(SourceError) as caught:
        lines_of(file, encoding, limit)
    error = caught.value
    return error.place.removeprefix(f"{file.parent}/"), error.reason, error.hint


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "toy"


def test_lines_are_numbered_and_lose_their_ends_only(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbfone\r\n\n two\x0b\xc2\x85\xe2\x80\xa8 \nthree")
    assert lines_of(file) == [(1, "one"), (2, ""), (3, " two\x0b\x85\u2028 "), (4, "three")]


@pytest.mark.parametrize("packing", PACKERS)
def test_packed_files_are_told_by_content_whatever_their_name(file: Path, packing: str) -> None:
    file.write_bytes(PACKERS[packing](LINE) + PACKERS[packing](LINE))
    assert lines_of(file) == [(1, '{"title": "On Kettles"}'), (2, '{"title": "On Kettles"}')]


@pytest.mark.parametrize("packing", PACKERS)
@pytest.mark.parametrize("lost", [1, 9, 100_000])
def test_a_truncated_archive_is_refused(file: Path, packing: str, lost: int) -> None:
    file.write_bytes(PACKERS[packing](NOISE)[:-lost])
    place, *said = refusal(file)
    # What a lost checksum was for has been read by then.
    assert place in ("toy:1", "toy:2")
    assert said == [
        f"the {packing} archive is truncated: it ends before its data does",
        "copy or download the file again",
    ]


@pytest.mark.parametrize("packing", PACKERS)
def test_a_damaged_archive_is_refused(file: Path, packing: str) -> None:
    packed = bytearray(PACKERS[packing](NOISE))
    packed[-3] ^= 0xFF
    file.write_bytes(packed)
    place, reason, _ = refusal(file)
    assert place in ("toy:1", "toy:2")
    assert reason.startswith(f"the {packing} archive is damaged")


def test_an_archive_with_nothing_in_it_is_refused(file: Path) -> None:
    file.write_bytes(gzip.compress(b""))
    assert refusal(file)[:2] == ("toy", "the file holds no text")


def test_missing_folders_pipes_and_forbidden_files_are_refused(file: Path) -> None:
    assert refusal(file) == ("toy", "there is no such file", "check the path")
    os.mkfifo(file)
    assert refusal(file)[:2] == ("toy", "it is not a regular file")
    folder = file.with_name("folder")
    folder.mkdir()
    assert refusal(folder) == (
        "folder",
        "it is a directory, not a file",
        f"name the files in it: {folder}/*",
    )


def test_a_file_that_may_not_be_read_is_refused(file: Path) -> None:
    file.write_bytes(LINE)
    file.chmod(0)
    as_root = os.geteuid() == 0
    if as_root:
        os.seteuid(65534)
    try:
        assert refusal(file) == (
            "toy",
            "permission to read it is denied",
            "make it readable for this user",
        )
    finally:
        if as_root:
            os.seteuid(0)


@pytest.mark.parametrize(
    ("content", "reason", "hint"),
    [
        (b"", "the file is empty", "was it saved or downloaded in full?"),
        (b" \n\n", "the file holds no text", "was it saved or downloaded in full?"),
        (b"%PDF-1.7\n", "the file is a PDF", "export the list of papers as BibTeX, RIS or CSV"),
        (b"PK\x03\x04x", "the file is a ZIP archive or an office document", "unpack it"),
        (b"\0" * 257 + b"ustar", "the file is a tar archive", "unpack it first"),
        (b"ab\0c", "the file is binary, not text: byte 2 is zero", "give JSON Lines"),
        ("{}\n".encode("utf-16"), "the file is in UTF-16, not utf-8", "`--encoding utf-16`"),
        (LINE.decode().encode("utf-32"), "the file is in UTF-32, not utf-8", "`--encoding utf-32`"),
        (
            (LINE * 9).decode().encode("utf-16-le"),
            "the file is in UTF-16-LE, not utf-8",
            "`--encoding utf-16-le`",
        ),
    ],
)
def test_what_is_no_text_is_called_what_it_is(
    file: Path, content: bytes, reason: str, hint: str
) -> None:
    file.write_bytes(content)
    place, said, advice = refusal(file)
    assert (place, said) == ("toy", reason)
    assert hint in advice


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1", "cp1252", "UTF8"])
def test_another_encoding_is_read_when_it_is_named(file: Path, encoding: str) -> None:
    file.write_bytes("Fréchet\nÅngström\n".encode(encoding))
    assert lines_of(file, encoding) == [(1, "Fréchet"), (2, "Ångström")]


def test_a_wrong_byte_is_named_by_offset_and_line(file: Path) -> None:
    before = "é\n".encode() * 200_000
    file.write_bytes(before + b"Fr\xe9chet\n")
    assert refusal(file) == (
        "toy:200001",
        "byte 600002 (0xe9) is not utf-8",
        "say which encoding the file has, for example `--encoding latin-1`",
    )
    file.write_bytes(b"one\ntwo \xc3")
    assert refusal(file)[:2] == ("toy:2", "byte 8 (0xc3) is not utf-8")


@pytest.mark.parametrize("encoding", ["klingon", "hex"])
def test_an_encoding_that_is_none_is_refused(file: Path, encoding: str) -> None:
    file.write_bytes(LINE)
    with pytest.raises(SettingError, match=f"no text encoding named '{encoding}'"):
        lines_of(file, encoding)


def test_a_line_may_be_as_long_as_the_limit_and_no_longer(file: Path) -> None:
    file.write_bytes(b"a\n" + b"b" * 100 + b"\nc")
    assert [len(line) for _, line in lines_of(file, limit=100)] == [1, 100, 1]
    assert refusal(file, limit=99)[:2] == ("toy:2", "the line is longer than 99 characters")


def test_a_line_of_64_mebibytes_is_refused_before_it_is_held(file: Path) -> None:
    with file.open("wb") as out:
        out.write(LINE + b'{"title": "')
        for _ in range(64):
            out.write(b"x" * (1 << 20))
    progress: list[int] = []
    with pytest.raises(SourceError) as caught:
        list(read(file, progress=progress.append))
    assert caught.value.message == f"{file}:2: the line is longer than 16 Mi characters"
    assert 16 << 20 < progress[-1] < 18 << 20


def test_progress_ends_at_the_size_on_disk(file: Path) -> None:
    file.write_bytes(lzma.compress(LINE * 100_000))
    progress: list[int] = []
    assert len(list(read(file, progress=progress.append))) == 100_000
    assert progress == sorted(progress)
    assert progress[-1] == file.stat().st_size


@given(content=st.binary(max_size=400), start=st.sampled_from([b"", b"\x1f\x8b", b"BZh9", b"{"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_raise_anything_but_a_source_error(
    file: Path, content: bytes, start: bytes
) -> None:
    file.write_bytes(start + content)
    with contextlib.suppress(SourceError):
        list(read(file))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1"])
def test_bytes_that_are_held_say_their_encoding(encoding: str) -> None:
    held = open_held("Über\r\nKessel".encode(encoding), "toy")
    assert list(held.lines()) == [(1, "Über"), (2, "Kessel")]
    assert str(held.place(2)) == "toy:2"


@pytest.mark.parametrize("content", [(LINE * 9).decode().encode("utf-16-le"), b"\xff\xfeK\0e"])
def test_bytes_that_are_held_can_be_given_in_another_encoding(content: bytes) -> None:
    with pytest.raises(SourceError) as caught:
        open_held(content, "toy")
    assert caught.value.hint == "give it in UTF-8"


@pytest.mark.parametrize("packing", PACKERS)
def test_bytes_that_are_held_must_not_be_packed(packing: str) -> None:
    with pytest.raises(SourceError, match="packed"):
        open_held(PACKERS[packing](LINE), "toy")


def test_held_bytes_are_records_or_a_text_but_no_document() -> None:
    records = read_held(LINE, "toy", "given")
    assert not isinstance(records, str)
    assert [one.title for one in records if not isinstance(one, SourceError)] == ["On Kettles"]
    assert read_held(b"On\r\nKettles\n", "toy", "given") == "On\nKettles"
    for document in (b"<!doctype html><title>Kettles", b"<?xml version='1.0'?><kettle/>"):
        with pytest.raises(SourceError, match="markup"):
            read_held(document, "toy", "given")
