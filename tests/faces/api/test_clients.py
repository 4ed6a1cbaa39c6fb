"""The unmodified clients of Hugging Face, each in its own environment, against a live site."""

import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from broadsheet.catalogue import Submission
from broadsheet.service import Service
from tests.library.dailies import file_papers, tell, toy_dailies
from tests.library.people import catalogue_of, enrol, token_of
from tests.library.site import fill, fill_empty, served

CLIENTS = Path(__file__).parents[3] / ".venv" / "clients"
OLD, NEWEST = "hf-0.36", "hf-newest"
SUBMITTED = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
DOI = "doi:10.1002/(SICI)1097-4636(1998)43:4<338::AID-JBM16>3.0.CO;2-B"
_SHOWN = """
def shown(paper):
    return {
        "id": paper.id, "title": paper.title, "summary": paper.summary, "upvotes": paper.upvotes,
        "authors": [getattr(author, "name", author) for author in paper.authors or []],
        "published": paper.published_at.isoformat() if paper.published_at else None,
        "comments": paper.comments,
    }
"""


def ran(
    client: str, home: Path, address: str, *words: str, **further: str
) -> "subprocess.CompletedProcess[str]":
    """What a program of a client's environment said, with our site as its hub.

    `further` is added to its environment.
    """
    programs = CLIENTS / client / "bin"
    assert programs.is_dir(), f"make test sets up {programs}"
    environment = {
        "PATH": os.environ["PATH"],
        "HF_ENDPOINT": address,
        "HF_HOME": str(home),
        "HF_HUB_DISABLE_UPDATE_CHECK": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        **further,
    }
    command = [str(programs / words[0]), *words[1:]]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def told(client: str, home: Path, address: str, code: str) -> Any:
    """What a piece of Python prints as JSON, with `api` as the client."""
    program = "import json\nfrom huggingface_hub import HfApi\napi = HfApi()\n" + _SHOWN + code
    done = ran(client, home, address, "python", "-c", program)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("client", [OLD, NEWEST])
def test_the_library_searches(client: str, tmp_path: Path, live: str) -> None:
    code = "print(json.dumps([shown(p) for p in api.list_papers(query='tidal attention')]))"
    first = told(client, tmp_path, live, code)[0]
    assert first["id"] == "2502.90001"
    assert first["title"] == "Tidal Attention for Very Long Documents"
    assert first["authors"] == ["Mira Østergaard", "Tomás Quill"]
    assert first["published"] == "2025-02-11T00:00:00+00:00"
    assert first["upvotes"] == 41
    assert first["summary"].startswith("Attention over a book is slow.")


@pytest.mark.parametrize("client", [OLD, NEWEST])
@pytest.mark.parametrize("name", ["2502.90001", "2502.90001v2", DOI])
def test_the_library_gets_one_paper(client: str, name: str, tmp_path: Path, live: str) -> None:
    paper = told(client, tmp_path, live, f"print(json.dumps(shown(api.paper_info({name!r}))))")
    assert paper["id"] == (DOI if name == DOI else "2502.90001")
    assert paper["comments"] == 0


@pytest.mark.parametrize("client", [OLD, NEWEST])
def test_every_paper_of_the_site_can_be_parsed(client: str, tmp_path: Path, live: str) -> None:
    code = "print(json.dumps([api.paper_info(p.id).id for p in api.list_papers(query='')]))"
    assert len(told(client, tmp_path, live, code)) == 17


def test_the_newest_library_limits_and_reads(tmp_path: Path, live: str) -> None:
    code = "print(json.dumps(len(list(api.list_papers(query='the', limit=2)))))"
    assert told(NEWEST, tmp_path, live, code) == 2
    code = "print(json.dumps(api.read_paper('2502.90001')))"
    text = told(NEWEST, tmp_path, live, code)
    assert text.startswith("# Tidal Attention for Very Long Documents")


def test_an_endpoint_with_a_slash_at_its_end(tmp_path: Path, live: str) -> None:
    code = f"print(json.dumps(HfApi(endpoint='{live}/').paper_info('2502.90001').id))"
    assert told(NEWEST, tmp_path, live, code) == "2502.90001"


def test_the_command_line_searches_shows_and_reads(tmp_path: Path, live: str) -> None:
    found = ran(NEWEST, tmp_path, live, "hf", "papers", "search", "kettles", "--format", "json")
    assert found.returncode == 0, found.stderr
    assert "2501.90003" in {paper["id"] for paper in json.loads(found.stdout)}
    info = ran(NEWEST, tmp_path, live, "hf", "papers", "info", "2502.90001", "--format", "json")
    assert info.returncode == 0, info.stderr
    assert json.loads(info.stdout)["id"] == "2502.90001"
    text = ran(NEWEST, tmp_path, live, "hf", "papers", "read", "2502.90001")
    assert text.returncode == 0, text.stderr
    assert "# Tidal Attention for Very Long Documents" in text.stdout


def test_the_command_line_says_that_a_paper_is_not_there(tmp_path: Path, live: str) -> None:
    done = ran(NEWEST, tmp_path, live, "hf", "papers", "info", "2501.99999")
    assert done.returncode == 1
    assert "not found" in done.stderr + done.stdout


@pytest.fixture(scope="module")
def daily(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site whose papers were in the editions of today and of two days of March, Ada's among them.

    Today is that of the machine, as the client takes it to be.
    """
    home = tmp_path_factory.mktemp("daily")
    settings = fill(home)
    service = Service.open(settings)
    ada = enrol(service.catalogue, "ada")
    with service.catalogue.writing() as desk:
        one, two, three, four = file_papers(desk, toy_dailies(date(2026, 2, 27), 4))
        tell(desk, [one, two], "2026-03-02", (4, 9))
        tell(desk, [three], "2026-03-20", (2,))
        tell(desk, [four, one], datetime.now().date().isoformat(), (5,))
        desk.submissions.add(Submission(two, ada.key, SUBMITTED))
    service.index.catch_up(lambda _: None)
    service.index.close()
    service.catalogue.close()
    with served(home) as address:
        yield address


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("date='2026-03-02'", "21"),
        ("date='2026-03-03'", ""),
        ("week='2026-W10'", "21"),
        ("month='2026-03'", "213"),
        ("month='2026-03', limit=2", "21"),
        ("month='2026-03', limit=2, p=1", "3"),
        ("submitter='ada'", "2"),
        ("sort='publishedAt', limit=2", "41"),
        ("sort='trending', limit=1", "4"),
        ("", "41321"),
    ],
)
def test_the_newest_library_lists_daily_papers(
    asked: str, expected: str, tmp_path: Path, daily: str
) -> None:
    code = f"print(json.dumps([p.id[-1] for p in api.list_daily_papers({asked})]))"
    assert "".join(told(NEWEST, tmp_path, daily, code)) == expected


def test_the_newest_library_reads_what_editions_add(tmp_path: Path, daily: str) -> None:
    code = (
        "found = list(api.list_daily_papers(date='2026-03-02'))\n"
        "print(json.dumps([[p.submitted_at.isoformat(), p.published_at.isoformat(), p.upvotes,"
        " p.submitted_by and p.submitted_by.username] for p in found]))"
    )
    assert told(NEWEST, tmp_path, daily, code) == [
        ["2026-03-01T09:30:00+00:00", "2026-02-27T00:00:00+00:00", 9, "ada"],
        ["2026-03-02T00:00:00+00:00", "2026-02-27T00:00:00+00:00", 4, None],
    ]


def test_the_newest_library_is_told_what_is_no_day(tmp_path: Path, daily: str) -> None:
    code = """
from huggingface_hub.errors import HfHubHTTPError
try:
    list(api.list_daily_papers(date="2026-02-30"))
except HfHubHTTPError as error:
    print(json.dumps([error.response.status_code, "2026-02-30" in str(error)]))
"""
    assert told(NEWEST, tmp_path, daily, code) == [400, True]


def test_each_client_has_the_calls_that_it_is_to_have(tmp_path: Path, daily: str) -> None:
    names = ("list_papers", "paper_info", "list_daily_papers", "read_paper")
    code = f"print(json.dumps([name for name in {names} if hasattr(api, name)]))"
    assert told(OLD, tmp_path, daily, code) == ["list_papers", "paper_info"]
    assert told(NEWEST, tmp_path, daily, code) == list(names)


@pytest.mark.parametrize("verb", ["list", "ls"])
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--date", "today"], "41"),
        (["--date", "2026-03-02"], "21"),
        (["--week", "2026-W10"], "21"),
        (["--month", "2026-03"], "213"),
        (["--month", "2026-03", "--limit", "1"], "2"),
        (["--submitter", "ada"], "2"),
        (["--sort", "trending", "--limit", "1"], "4"),
        ([], "41321"),
    ],
)
def test_the_command_line_lists_daily_papers(
    verb: str, words: list[str], expected: str, tmp_path: Path, daily: str
) -> None:
    done = ran(NEWEST, tmp_path, daily, "hf", "papers", verb, *words, "--format", "json")
    assert done.returncode == 0, done.stderr
    assert "".join(paper["id"][-1] for paper in json.loads(done.stdout)) == expected


@pytest.mark.parametrize(("client", "writes"), [(OLD, False), (NEWEST, True)])
def test_the_clients_know_whose_a_token_is(client: str, writes: bool, tmp_path: Path) -> None:
    home = tmp_path / "home"
    fill_empty(home)
    catalogue = catalogue_of(home)
    bearer = token_of(catalogue, enrol(catalogue, "ada"), writes=writes)["Authorization"]
    catalogue.close()
    token = bearer.removeprefix("Bearer ")
    with served(home) as address:
        code = f"print(json.dumps(HfApi(token={token!r}).whoami()))"
        told_of = told(client, tmp_path, address, code)
        assert (told_of["name"], told_of["orgs"]) == ("ada", [])
        assert told_of["auth"]["accessToken"]["role"] == ("write" if writes else "read")
        if client == NEWEST:
            words = ("hf", "auth", "whoami", "--format", "json")
            done = ran(client, tmp_path, address, *words, HF_TOKEN=token)
            assert json.loads(done.stdout)["user"] == "ada", done.stderr
            wrong = ran(client, tmp_path, address, *words, HF_TOKEN="bs_wrong")
            assert wrong.returncode == 1
