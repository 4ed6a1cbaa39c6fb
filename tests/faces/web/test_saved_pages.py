"""The real saved pages: every paper has its page, and nothing of LaTeX or HTML is left over."""

import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from broadsheet import ingest
from broadsheet.faces.answers import path_of
from broadsheet.faces.app import create
from broadsheet.service import Service
from broadsheet.settings import read_settings

LEFT_OVER = re.compile(r"\\(?:textbf|textit|emph|text|method|%|url|cite)|\\'|\\\"|\\\(|\\\)")


@pytest.mark.shared_data
def test_every_paper_of_the_saved_pages_has_a_page_that_reads(shared: Path, tmp_path: Path) -> None:
    settings = read_settings(tmp_path / "home")
    service = Service.open(settings, create=True)
    files = sorted((shared / "pages").glob("*.txt"))
    reading = ingest.Reading(None, None, "utf-8")
    ingest.import_files(service.catalogue, files, reading, now=datetime.now(UTC), progress=print)
    service.index.catch_up(lambda _: None)
    with service.catalogue.reading() as desk:
        ids = [paper.id for _, paper in desk.papers.page(0, 1000)]
    service.index.close()
    service.catalogue.close()
    assert len(ids) == 638
    literal = 0
    with TestClient(create(settings), headers={"Accept": "text/html"}) as site:
        for paper in ids:
            answer = site.get(path_of(paper))
            assert answer.status_code == 200
            shown = answer.text.partition('<div class="text">')[2].partition("<aside")[0]
            title = answer.text.partition("<h1")[2].partition("</h1>")[0]
            text = unescape(re.sub(r"<math.*?</math>|<[^>]+>", "", title + shown, flags=re.S))
            assert not LEFT_OVER.search(text), f"{paper}: {text}"
            literal += "&lt;SEG&gt;" in shown
    assert literal >= 1
