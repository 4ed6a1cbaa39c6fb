"""The pages as a browser without script asks for them, over a real catalogue and index."""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import bibtexparser
import pytest
import rispy
from starlette.testclient import TestClient

from broadsheet.faces.answers import path_of
from broadsheet.faces.app import create
from broadsheet.papers import Paper
from tests.library.hostile import CROWDED, HOSTILE, SCRIPTED, UNBROKEN
from tests.library.site import fill, fill_empty

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PAGES = ("/", "/papers", "/papers?q=attention", "/papers/2502.90001", "/about", "/formulas")
"""Those that change with the catalogue and the index alone."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A whole site in this process."""
    settings = fill(tmp_path_factory.mktemp("home"))
    with TestClient(create(settings), headers=BROWSER) as client:
        yield client


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A site without any paper."""
    settings = fill_empty(tmp_path_factory.mktemp("bare"))
    with TestClient(create(settings), headers=BROWSER) as client:
        yield client


@pytest.mark.parametrize("path", [*PAGES, "/bench"])
def test_every_page_is_whole_and_guarded(site: TestClient, path: str) -> None:
    answer = site.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["x-request-id"])
    assert answer.text.count("<h1") == 1
    assert answer.text.rstrip().endswith("</html>")
    pattern = r'<(?:script|link rel="(?:icon|stylesheet)")[^>]*(?:src|href)="([^"]+)"'
    loaded = re.findall(pattern, answer.text)
    assert len(loaded) == 3
    assert all(address.startswith("/static/") for address in loaded)
    assert " style=" not in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_what_is_held_already_is_not_sent_again(site: TestClient, path: str) -> None:
    tag = site.get(path).headers["etag"]
    again = site.get(path, headers={"If-None-Match": f'"x", {tag}'})
    assert again.status_code == 304
    assert again.content == b""
    assert site.head(path).status_code == 200


def test_the_front_page_says_what_it_is(site: TestClient) -> None:
    text = site.get("/").text
    assert "The latest of <b>17</b> papers gathered from <b>1</b> source" in text
    assert 'type="application/atom+xml"' in text


def test_a_search_marks_words_gives_reasons_and_can_be_narrowed(site: TestClient) -> None:
    text = site.get("/papers?q=attention").text
    assert "<mark>Attention</mark>" in text
    assert "It holds all of your words." in text
    assert "BM25" in text
    assert "/papers?q=attention&amp;category=cs.CL" in text
    narrowed = site.get("/papers?q=attention&year=1900..1901").text
    assert "Nothing was found" in narrowed
    assert "Remove the filter" in narrowed
    bad = site.get("/papers?q=attention&year=soon")
    assert bad.status_code == 400
    assert "is no year or range" in bad.text


def test_pages_of_a_list_follow_each_other_without_gap(site: TestClient) -> None:
    seen: list[str] = []
    path: str | None = "/papers"
    while path:
        text = site.get(path).text
        seen += re.findall(r'<h2 dir="auto"><a href="(/papers/[^"]+)"', text)
        following = re.search(r'rel="next" href="([^"]+)"', text)
        path = following[1].replace("&amp;", "&") if following else None
    assert len(seen) == len(set(seen)) == 17


def test_a_paper_has_its_facts_citation_and_neighbours(site: TestClient) -> None:
    text = site.get("/papers/2502.90001").text
    assert '<meta name="citation_title" content="Tidal Attention for Very Long Documents">' in text
    assert text.count('<meta name="citation_author"') == 2
    assert "41 votes (toy, 13 February 2025)" in text
    assert "<dt>Organisation</dt><dd>Institute of Slow Reading</dd>" in text
    assert "@inproceedings{ostergaard2025tidal" in text
    assert "Similar papers" in text
    assert '<link rel="canonical" href="http://testserver/papers/2502.90001">' in text


def test_formulas_are_mathml_and_a_summary_says_whose_it_is(site: TestClient) -> None:
    text = site.get("/papers/toy:formulas").text
    assert text.count("<math") == 3
    assert "costs $5" in text
    assert "Written by &lt;script&gt;" in site.get("/papers/toy:script").text


@pytest.mark.parametrize(
    ("ending", "accept"),
    [
        ("bib", "application/x-bibtex"),
        ("ris", "application/x-research-info-systems"),
        ("md", "text/markdown"),
        ("json", "application/json"),
        ("csl.json", "application/vnd.citationstyles.csl+json"),
    ],
)
def test_every_format_by_ending_and_by_accept(site: TestClient, ending: str, accept: str) -> None:
    by_ending = site.get(f"/papers/2502.90001.{ending}")
    by_accept = site.get("/papers/2502.90001", headers={"Accept": f"{accept}, text/html;q=0.5"})
    assert by_ending.status_code == 200
    assert by_ending.headers["content-type"].startswith(accept)
    assert by_ending.text == by_accept.text
    assert "Tidal Attention" in by_ending.text
    assert by_ending.headers["etag"] != site.get("/papers/2502.90001").headers["etag"]


def test_lists_are_taken_along(site: TestClient) -> None:
    query = "?q=attention"
    assert bibtexparser.loads(site.get(f"/papers.bib{query}").text).entries
    assert rispy.loads(site.get(f"/papers.ris{query}").text)
    assert json.loads(site.get(f"/papers.json{query}").text)[0]["title"].startswith("Tidal")
    (first, *_) = site.get(f"/papers.jsonl{query}").text.splitlines()
    assert json.loads(first)["id"] == "2502.90001"
    table = site.get(f"/papers.csv{query}")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert next(csv.DictReader(io.StringIO(table.text)))["id"] == "2502.90001"
    atom = site.get(f"/papers.atom{query}")
    assert atom.headers["content-type"].startswith("application/atom+xml")
    assert site.get("/papers.exe").status_code == 404
    assert len(bibtexparser.loads(site.get("/papers.bib").text).entries) == 17


@pytest.mark.parametrize("name", ["2502.90001v3", "arXiv:2502.90001"])
def test_other_names_of_a_paper_lead_to_it(site: TestClient, name: str) -> None:
    answer = site.get(f"/papers/{name}", follow_redirects=False)
    assert answer.status_code == 308
    assert answer.headers["location"] == "/papers/2502.90001"


def test_an_unknown_paper_is_helped_on(site: TestClient) -> None:
    answer = site.get("/papers/2501.99999")
    assert answer.status_code == 404
    assert "https://arxiv.org/abs/2501.99999" in answer.text
    assert 'value="2501.99999"' in answer.text
    assert site.get("/nothing").status_code == 404


@pytest.mark.parametrize("paper", HOSTILE, ids=lambda paper: str(paper.id)[:20])
def test_hostile_papers_are_shown_and_not_obeyed(site: TestClient, paper: Paper) -> None:
    answer = site.get(path_of(paper.id))
    assert answer.status_code == 200
    assert "<script>window" not in answer.text
    assert "<img" not in answer.text
    assert "<svg/onload" not in answer.text
    assert not re.search(r'(?:href|src)="(?!https?://|/|#|mailto:\?)', answer.text)
    bare = re.sub(r'"[^"]*"', '""', answer.text)
    assert not re.search(r"<[a-z][^>]*\son[a-z]+=", bare)


def test_literal_markup_is_shown(site: TestClient) -> None:
    assert "&lt;SEG&gt;" in site.get("/papers/toy:script").text


def test_a_crowd_is_folded_away(site: TestClient) -> None:
    text = site.get(f"/papers/{CROWDED.id}").text
    assert "and 4,988 more authors" in text
    assert "Person Number4999" in text


@pytest.mark.parametrize(
    "path",
    [
        "/papers/%00",
        "/papers/../../etc/passwd",
        "/papers/..%2f..%2fetc%2fpasswd",
        "/papers/" + "a" * 5000,
        "/papers/a/b/c",
        "/papers/%ff%fe",
        "/static/../app.py",
        "/static/%2e%2e/rendering.py",
    ],
)
def test_odd_paths_are_not_found(site: TestClient, path: str) -> None:
    assert site.get(path).status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/papers?q=" + "a" * 10_000, 400),
        ("/papers?q=a&cursor=rubbish", 400),
        ("/papers?cursor=rubbish", 400),
        ("/papers?q=%00%01%ff", 200),
        ("/papers?q=%22", 200),
        ("/papers?q=a&mode=nonsense", 200),
        ("/papers?q=a&has=nonsense", 200),
        ("/papers.bib?q=" + "a" * 10_000, 400),
        ("/papers?q=year:2025", 200),
        ("/papers?q=-kettle", 200),
    ],
)
def test_odd_queries_get_a_page(site: TestClient, path: str, status: int) -> None:
    answer = site.get(path)
    assert answer.status_code == status
    assert "</html>" in answer.text


def test_filters_alone_list_the_newest_first(site: TestClient) -> None:
    for mode in ("hybrid", "lexical", "semantic"):
        text = site.get(f"/papers?year=1990..2030&mode={mode}").text
        assert "papers fit your filters, the newest first" in text
        days = re.findall(r'<time datetime="([^"]+)"', text.partition('class="list"')[2])
        assert len(days) > 8
        assert days == sorted(days, reverse=True)


def test_small_paths_that_browsers_and_crawlers_ask_for(site: TestClient) -> None:
    robots = site.get("/robots.txt").text
    assert "Disallow: /papers?" in robots
    assert "Disallow: /operator" in robots
    assert site.get("/favicon.ico").headers["content-type"].startswith("image/svg")
    assert site.get("/papers/").url.path == "/papers"
    answer = site.get("/nothing", headers={"Accept": "application/json"})
    assert answer.json()["status"] == 404


def test_a_wrong_method_is_refused(site: TestClient) -> None:
    answer = site.post("/papers")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert "</html>" in answer.text


def test_a_site_without_papers_says_how_to_begin(bare: TestClient) -> None:
    assert "broadsheet import" in bare.get("/").text
    for path in ("/papers", "/papers?q=anything", "/about", "/papers.bib", "/papers.atom"):
        assert bare.get(path).status_code == 200
    assert "Nothing was found" in bare.get("/papers?q=anything").text


def test_titles_that_never_end_do_not_break_the_feed(site: TestClient) -> None:
    assert UNBROKEN.title in site.get("/papers.atom").text
    assert SCRIPTED.title not in site.get("/papers.atom").text


def test_files_of_ours_may_be_kept(site: TestClient) -> None:
    style = re.search(r'href="(/static/broadsheet.css\?v=[0-9a-f]+)"', site.get("/").text)
    assert style
    answer = site.get(style[1])
    assert "immutable" in answer.headers["cache-control"]
    assert (
        site.get("/opensearch.xml")
        .headers["content-type"]
        .startswith("application/opensearchdescription+xml")
    )


def test_the_home_can_be_asked_for_twice(tmp_path: Path) -> None:
    settings = fill(tmp_path / "home")
    for _ in range(2):
        with TestClient(create(settings), headers=BROWSER) as client:
            assert client.get("/").status_code == 200


def test_titles_are_suggested_while_one_types(site: TestClient) -> None:
    answer = site.get("/suggest?q=atten")
    assert answer.headers["content-type"] == "application/x-suggestions+json"
    typed, titles = answer.json()
    assert typed == "atten"
    assert titles
    assert all("atten" in title.lower() for title in titles)
    assert site.get("/suggest").json() == ["", []]
    assert site.get("/suggest?q=%00%22").status_code == 200
    assert "/suggest?q={searchTerms}" in site.get("/opensearch.xml").text


def test_what_was_perhaps_meant_is_offered_and_orders_can_be_chosen(site: TestClient) -> None:
    text = site.get("/papers?q=attentoin").text
    assert "no paper holds “attentoin”: “attention” was looked for" in text
    newest = site.get("/papers?q=attention&sort=date").text
    assert '<option value="date" selected>' in newest
    assert site.get("/papers?q=attention&sort=rubbish").status_code == 200


def test_what_was_understood_is_shown_and_can_be_undone(site: TestClient) -> None:
    asked = "/papers?q=papers+on+attention+since+2020+with+code&sort=date"
    text = site.get(asked).text
    assert "<b>year:2020..</b> (from “since 2020”), <b>has:code</b> (from “with code”)" in text
    assert "left out: “papers on”" in text
    hits = re.findall(r'<h2 dir="auto"><a href="(/papers/[^"]+)"', text)
    assert hits[0] == "/papers/2502.90001"
    undone = re.search(r'<a href="([^"]+)">Take every word as it stands</a>', text)
    assert undone is not None
    literal = site.get(undone[1].replace("&amp;", "&")).text
    assert "Read as" not in literal
    assert '<input type="hidden" name="literal" value="1">' in literal
    # Whatever the list can be had as, it stays literal.
    for path in (
        *("/papers.atom?", "/papers.bib?", "/papers.ris?", "/papers.jsonl?", "/papers.csv?"),
        *("/api/v1/search?", "/api/v1/papers/export?"),
    ):
        addresses = re.findall(rf'"([^"]*{re.escape(path)}[^"]*)"', literal)
        assert addresses
        assert all("literal=1" in one for one in addresses)
    back = re.search(r'<a href="([^"]+)">read the query as it may be meant</a>', literal)
    assert back is not None
    assert back[1].replace("&amp;", "&") == asked


def test_exports_are_of_what_was_understood(site: TestClient) -> None:
    asked = "/papers.json?q=papers+published+before+2000"
    (only,) = json.loads(site.get(asked).text)
    assert only["issued"]["date-parts"][0][0] == 1999
    assert json.loads(site.get(f"{asked}&literal=1").text) != [only]
    assert json.loads(site.get(f"{asked}&literal=0").text) == [only]


@pytest.mark.parametrize("title", ["<script>x</script>", "<img src=x>", "'\" onload=x"])
def test_what_was_understood_is_escaped(site: TestClient, title: str) -> None:
    for query in (f"papers titled {title}", f"find me papers, <b>{title}, published since 2020"):
        text = site.get("/papers", params={"q": query}).text
        assert "<script>x" not in text
        assert "<img src=x" not in text
        assert '" onload' not in text


def test_programs_are_told_of_an_unknown_paper_as_of_anything_else(site: TestClient) -> None:
    for path in ("/papers/nope", "/papers/nope.bib", "/nope"):
        answer = site.get(path, headers={"Accept": "application/json"})
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
