"""The page of papers like given ones, as a browser without script sends its form."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from broadsheet.faces.app import create
from tests.library.site import fill

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
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
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    )
    assert unsaid.status_code == 413
    plain = site.post("/papers/like", content=b"text=kettles")
    assert plain.status_code == 400
    assert "multipart/form-data" in plain.text
    cut = site.post(
        "/papers/like",
        content=b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nkettles',
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    )
    assert "did not arrive in full" in cut.text
    assert site.put("/papers/like").status_code == 405
