"""kill -9 at every page of an OAI-PMH harvest with faults: the catalogue equals the truth."""

import json
import signal
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from broadsheet.catalogue import Catalogue
from tests.library.commands import Running, started
from tests.library.servers.oai import Faults, Repository, generated, serving_oai

PAGES, ENTRIES = 50, 4
LONGEST_SECONDS = 120
TRIES = 4
# Spread over the whole in `make test`, all of them at night.
AT_ONCE = {0, 1, 20, 31, 49}
KILLED_AT = [
    pytest.param(page, marks=[] if page in AT_ONCE else [pytest.mark.nightly])
    for page in range(PAGES)
]


@dataclass
class Killing(Repository):
    """A repository that kills who asks for the list of a number (from 0), once."""

    at: int = 0
    running: list[Running] = field(default_factory=list)
    lists: int = 0

    def answer(self, query: str) -> tuple[int, bytes, dict[str, str]]:
        """Answer as a repository does, unless whoever asks is to be killed now."""
        if "ListRecords" in query:
            if self.lists == self.at:
                self.running[-1].send_signal(signal.SIGKILL)
                self.running[-1].wait(LONGEST_SECONDS)
            self.lists += 1
        return super().answer(query)


def start(home: Path, url: str) -> Running:
    """Begin a harvest."""
    ours = {"BROADSHEET_FETCH_ALLOW": "127.0.0.1", "BROADSHEET_ENDPOINTS": f"arxiv={url}"}
    return started(home, "harvest", "arxiv", "--no-index", "--format", "json", **ours)


@pytest.mark.parametrize("page", KILLED_AT)
def test_a_kill_at_any_page_of_a_faulty_repository_is_gone_on_from(
    page: int, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    held = generated(PAGES * ENTRIES, deleted_every=17)
    truth = {one.id for one in held if not one.is_deleted}
    faults = Faults(expired={20, 33}, busy={7}, truncated={12, 41})
    repository = Killing(held, page=ENTRIES, faults=faults, at=page)
    with serving_oai(repository) as served:
        for _ in range(TRIES):
            repository.running.append(start(home, served.url))
            out, errors = repository.running[-1].communicate(timeout=LONGEST_SECONDS)
            if repository.running[-1].returncode == -signal.SIGKILL:
                continue
            (done,) = json.loads(out)
            if done["outcome"] == "done":
                break
            # A page that was cut short fails the try; the next one goes on.
            assert "cut" in done["error"] or "ends" in done["error"], done["error"] + errors
    assert -signal.SIGKILL in [one.returncode for one in repository.running]
    assert (done["outcome"], done["new"]) == ("done", len(truth)), done
    catalogue = Catalogue.open(f"sqlite:///{home / 'catalogue.db'}", locks=home / "locks")
    assert catalogue.check() == []
    with catalogue.reading() as desk:
        filed = [paper.id for _, paper in desk.papers.page(0, 10_000)]
    catalogue.close()
    assert len(filed) == len(truth)
    assert set(filed) == truth
