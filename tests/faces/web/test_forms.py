"""Forms with files: whatever is sent is read as it was meant, or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.errors import InputError
from broadsheet.faces.web.forms import Part, read_form

KIND = "multipart/form-data; boundary=x"


def part(disposition: str, data: bytes) -> bytes:
    return b"--x\r\nContent-Disposition: " + disposition.encode() + b"\r\n\r\n" + data + b"\r\n"


def test_fields_and_files() -> None:
    body = (
        part('form-data; name="text"', b"a\r\nb\r\n")
        + part('form-data; name="file"; filename="Übung.bib"', b"\xff\0--x")
        + part('form-data; name="text"', b"again")
        + part("form-data", b"nameless")
        + b"--x--\r\n"
    )
    assert read_form('multipart/form-data; boundary="x"', body) == {
        "text": Part(b"a\r\nb\r\n"),
        "file": Part(b"\xff\0--x", "Übung.bib"),
    }
    assert read_form(KIND, b"--x--\r\n") == {}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("", b""),
        ("text/plain; boundary=x", b"--x--"),
        ("multipart/form-data", b"--x--"),
        (KIND, b""),
        (KIND, b"--y--"),
        (KIND, part('form-data; name="text"', b"cut short")),
        (KIND, part('form-data; name="text"', b"") * 30 + b"--x--"),
        ("multipart/form-data; boundary=\xff\r\nX: y", b"--x--"),
    ],
)
def test_what_is_no_whole_form_is_refused(kind: str, body: bytes) -> None:
    with pytest.raises(InputError):
        read_form(kind, body)


@given(st.text(max_size=40), st.binary(max_size=200))
def test_nothing_else_is_raised(kind: str, body: bytes) -> None:
    for asked in (kind, KIND, f"{KIND}{kind}"):
        try:
            read_form(asked, body)
        except InputError:
            continue
