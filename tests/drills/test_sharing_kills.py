"""kill -9 of a harvest so large that two processes prepare it: both end, and the next goes on."""

import json
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from broadsheet.catalogue import Catalogue
from tests.library.commands import Running, started
from tests.library.servers.oai import Repository, generated, serving_oai

PAGES, ENTRIES = 5, 900
LONGEST_SECONDS = 120.0
KILLED_AT = [3, pytest.param(4, marks=[pytest.mark.nightly])]


@dataclass
class Killing(Repository):
    """A repository that ends who asks for the list of a number (from 0), once it is not alone."""

    at: int = 0
    running: list[Running] = field(default_factory=list)
    lists: int = 0
    others: list[int] = field(default_factory=list)

    def answer(self, query: str) -> tuple[int, bytes, dict[str, str]]:
        """Answer as a repository does, unless whoever asks is to be killed now."""
        if "ListRecords" in query:
            if self.lists == self.at:
                self.others = children(self.running[-1].pid)
                self.running[-1].send_signal(signal.SIGKILL)
                self.running[-1].wait(LONGEST_SECONDS)
            self.lists += 1
        return super().answer(query)


def children(parent: int) -> list[int]:
    """The processes that a process has begun and that are running."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, above, *_ = stat.read_text("utf-8").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(above) == parent and state != "Z":
            found.append(int(stat.parent.name))
    return found


def is_running(number: int) -> bool:
    """Whether a process is there, and not only its end waiting to be heard of."""
    try:
        return Path(f"/proc/{number}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def start(home: Path, url: str) -> Running:
    """Begin a harvest."""
    ours = {"BROADSHEET_FETCH_ALLOW": "127.0.0.1", "BROADSHEET_ENDPOINTS": f"arxiv={url}"}
    return started(home, "harvest", "arxiv", "--no-index", "--format", "json", **ours)


@pytest.mark.parametrize("page", KILLED_AT)
def test_a_kill_ends_both_processes_and_loses_nothing(page: int, tmp_path: Path) -> None:
    home = tmp_path / "home"
    held = generated(PAGES * ENTRIES)
    repository = Killing(held, page=ENTRIES, at=page)
    with serving_oai(repository) as served:
        repository.running.append(start(home, served.url))
        repository.running[0].communicate(timeout=LONGEST_SECONDS)
        assert repository.running[0].returncode == -signal.SIGKILL
        assert repository.others
        deadline = time.monotonic() + LONGEST_SECONDS
        while any(map(is_running, repository.others)) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not any(map(is_running, repository.others))
        asked = len(repository.asked)
        repository.running.append(start(home, served.url))
        out, errors = repository.running[1].communicate(timeout=LONGEST_SECONDS)
        assert repository.running[1].returncode == 0, errors
    (done,) = json.loads(out)
    # The page that was being answered is the first that is asked for again, then one after the
    # other; on a crowded machine an answer may come too late and be asked for once more.
    tokens = [given.get("resumptionToken") for given in repository.asked[asked:]]
    offsets = [int(token.rpartition("%3D")[2]) for token in tokens if token]
    assert list(dict.fromkeys(offsets)) == [ENTRIES * number for number in range(page, PAGES)]
    assert offsets == sorted(offsets)
    assert (done["outcome"], done["new"], done["unchanged"]) == ("done", len(held), 0)
    catalogue = Catalogue.open(f"sqlite:///{home / 'catalogue.db'}", locks=home / "locks")
    assert catalogue.check() == []
    with catalogue.reading() as desk:
        filed = [paper.id for _, paper in desk.papers.page(0, 10_000)]
    catalogue.close()
    assert sorted(filed) == sorted(one.id for one in held)
