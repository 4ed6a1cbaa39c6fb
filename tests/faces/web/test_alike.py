"""The page of papers like given ones, as a browser without script sends its form."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from broadsheet.faces.app import create
from tests.library.site import fill

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
KIND = "multipart/form-data; boundary=x"
BIBTEX = """
@misc{tides, title = {Another Title}, eprint = {2502.90001}, archiveprefix = {arXiv}}
@misc{own, title = {Swarms that agree on a <script>place</script> without a map}}
@misc{nothing, year = {2020}}
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A whole site in this process."""
    with TestClient(create(fill(tmp_path_factory.mktemp("home"))), headers=BROWSER) as client:
        yield client


def send(site: TestClient, text: str = "", file: tuple[str, bytes] = ("", b"")) -> Any:
    """Send the form as browsers do: an empty file field is sent, too."""
    return site.post("/papers/like", data={"text": text}, files={"file": file})


def part(disposition: str, data: bytes = b"") -> bytes:
    return b"--x\r\nContent-Disposition: " + disposition.encode() + b"\r\n\r\n" + data + b"\r\n"


def send_raw(site: TestClient, kind: str, body: bytes) -> Any:
    """Send a body that no browser would."""
    headers = {b"Content-Type": kind.encode("latin-1")}
    return site.post("/papers/like", content=body, headers=headers)


TEXT = part('form-data; name="text"', b"kettles")


def found(answer: Any) -> list[str]:
    return re.findall(r'<h2 dir="auto"><a href="/papers/([^"]+)"', answer.text)


def test_the_form_is_led_to_and_filled_in(site: TestClient) -> None:
    for path in ("/papers", "/papers?q=attention", "/papers/2502.90001"):
        assert 'href="/papers/like' in site.get(path).text
    answer = site.get("/papers/like?text=2502.90001%22%3E%3Cb%3E")
    assert answer.status_code == 200
    assert "2502.90001&#34;&gt;&lt;b&gt;</textarea>" in answer.text
    assert 'method="post" enctype="multipart/form-data"' in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_a_file_finds_papers_and_says_what_became_of_it(site: TestClient) -> None:
    answer = send(site, file=("refs.bib", BIBTEX.encode()))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "3 entries read, 1 of them in the catalogue, 1 of no use." in answer.text
    assert "refs.bib:4</b>: no title, abstract or id" in answer.text
    assert found(answer)
    assert "2502.90001" not in found(answer)
    assert found(answer)[0] == "2411.90002"
    assert "Like: Swarms that agree on a" in answer.text
    assert 'Like: <a href="/papers/2502.90001">Tidal Attention for' in answer.text
    assert "<script>place" not in answer.text


def test_a_text_and_a_file_count_together(site: TestClient) -> None:
    answer = send(site, "2502.90001\n9912.99999", ("refs.ris", b"TY  - JOUR\nTI  - Bees\nER  - "))
    assert "3 entries read, 1 of them in the catalogue, 1 of no use." in answer.text
    assert "text:2</b>: no paper here has this id" in answer.text
    assert "2502.90001\n9912.99999</textarea>" in answer.text.replace("\r", "")


@pytest.mark.parametrize(
    ("text", "file", "says"),
    [
        ("", ("", b""), "No paper was given"),
        ("", ("refs.bib", b""), "There is nothing in the refs.bib"),
        ("2501.99999", ("", b""), "None of the ids"),
        ("On kettles", ("a.pdf", b"%PDF-1.7"), "the file is a PDF"),
        ("", ("a.txt", "On kettles\n".encode("utf-16-le") * 20), "not utf-8 give it in UTF-8"),
        ("On kettles", ("a.bib", b"@misc{a, title={A"), "the BibTeX entry @misc does not end"),
        ("", ("big.bib", b"a" * (2 << 20) + b"a"), "the limit is 2,097,152"),
    ],
)
def test_what_cannot_be_used_brings_the_form_again(
    site: TestClient, text: str, file: tuple[str, bytes], says: str
) -> None:
    answer = send(site, text, file)
    assert answer.status_code == 400
    assert says in answer.text
    assert 'role="alert"' in answer.text
    assert f"{text}</textarea>" in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_too_much_and_other_kinds_are_refused(site: TestClient) -> None:
    big = send(site, "a" * (3 << 20))
    assert big.status_code == 413
    assert "It may have 2,162,688 bytes" in big.text
    unsaid = site.post(
        "/papers/like",
        content=(b"a" * (1 << 20) for _ in range(3)),
        headers={"Content-Type": KIND},
    )
    assert unsaid.status_code == 413
    assert site.put("/papers/like").status_code == 405


def test_fields_are_taken_by_name_the_first_of_several(site: TestClient) -> None:
    name = "Übung.bib"
    body = (
        part(f'form-data; name="file"; filename="{name}"', BIBTEX.encode() + b"\r\n--y")
        + part('form-data; name="text"; filename="pasted.txt"', b"2502.90001\r\n9912.99999")
        + part('form-data; name="text"', b"Bees")
        + part('form-data; name="other"', b"\xff\0")
        + b"--x--\r\nand what comes after"
    )
    answer = send_raw(site, 'Multipart/Form-Data; charset=UTF-8; boundary="x"', body)
    assert answer.status_code == 200
    assert "5 entries read, 2 of them in the catalogue, 2 of no use." in answer.text
    assert f"{name}:4</b>: no title, abstract or id" in answer.text
    assert "2502.90001\n9912.99999</textarea>" in answer.text.replace("\r", "")
    nameless = part('form-data; name="file"', BIBTEX.encode()) + TEXT + b"--x--"
    assert "file:4</b>: no title" in send_raw(site, KIND, nameless).text


@pytest.mark.parametrize(
    ("kind", "body", "says"),
    [
        ("", b"", "comes as multipart/form-data"),
        ("application/x-www-form-urlencoded", b"text=kettles", "comes as multipart/form-data"),
        ("multipart/mixed; boundary=x", TEXT + b"--x--", "comes as multipart/form-data"),
        ("multipart/form-data", TEXT + b"--x--", "comes as multipart/form-data"),
        ("multipart/form-data; boundary=", TEXT + b"--x--", "comes as multipart/form-data"),
        (f"{KIND}; charset=punycode", TEXT + b"--x--", "not in UTF-8"),
        (KIND, b"", "did not arrive in full"),
        (KIND, b"--y--", "did not arrive in full"),
        (KIND, TEXT[:-2], "did not arrive in full"),
        (KIND, TEXT + part('form-data; name="file"; filename="a.bib"'), "did not arrive in full"),
        (KIND, b"kettles\r\n--x--", "cannot be read: Invalid multipart data"),
        (KIND, b"--x\r\n:\r\n" + TEXT + b"--x--", "cannot be read: Invalid multipart data"),
        (KIND, part("form-data") + b"--x--", "must be provided"),
        (KIND, TEXT * 21 + b"--x--", "cannot be read: Too many fields"),
        (KIND, part('form-data; name="file"; filename=""') * 21 + b"--x--", "Too many files"),
        (f"multipart/form-data; boundary={'x' * 300}", b"--" + b"x" * 300 + b"--", "cannot be"),
    ],
)
def test_what_is_no_whole_form_brings_the_form_again(
    site: TestClient, kind: str, body: bytes, says: str
) -> None:
    answer = send_raw(site, kind, body)
    assert answer.status_code == 400
    assert says in answer.text
    assert 'role="alert"' in answer.text
    assert 'enctype="multipart/form-data"' in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_twenty_fields_are_not_too_many(site: TestClient) -> None:
    assert send_raw(site, KIND, TEXT * 20 + b"--x--").status_code == 200


@given(
    st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=40),
    st.binary(max_size=200),
)
def test_whatever_is_sent_is_answered(site: TestClient, kind: str, body: bytes) -> None:
    whole = TEXT[:-9] + body + b"\r\n--x--"
    for asked, sent in ((kind, body), (f"{KIND};{kind}", body), (f"{KIND};{kind}", whole)):
        assert send_raw(site, asked, sent).status_code in (200, 400)
