"""kill -9 at every page of a harvest: the next one goes on without a gap or a duplicate."""

import json
import signal
from pathlib import Path

import pytest

from broadsheet.catalogue import Catalogue
from tests.library.commands import Running, started
from tests.library.servers.linking import Linking, linking, toy_pages

PAGES = 50
LONGEST_SECONDS = 120
# The ends in `make test`, where test_oai_kills takes five; all of them at night.
AT_ONCE = {0, 49}
KILLED_AT = [
    pytest.param(page, marks=[] if page in AT_ONCE else [pytest.mark.nightly])
    for page in range(PAGES)
]


def start(home: Path, spec: str) -> Running:
    """Begin a harvest."""
    words = ("harvest", spec, "--no-index", "--format", "json")
    return started(home, *words, BROADSHEET_FETCH_ALLOW="127.0.0.1")


@pytest.mark.parametrize("page", KILLED_AT)
def test_a_kill_at_any_page_is_gone_on_from(page: int, tmp_path: Path) -> None:
    home = tmp_path / "home"
    truth = {entry["id"] for entries in toy_pages(PAGES) for entry in entries}
    running: list[Running] = []

    def kill(number: int) -> int:
        if number == page and len(running) == 1:
            running[0].send_signal(signal.SIGKILL)
            running[0].wait(LONGEST_SECONDS)
        return 200

    served = Linking(toy_pages(PAGES), before=kill)
    with linking(served) as url:
        running.append(start(home, f"jsonl:{url}"))
        running[0].communicate(timeout=LONGEST_SECONDS)
        assert running[0].returncode == -signal.SIGKILL
        assert served.asked == list(range(page + 1))
        served.asked.clear()
        running.append(start(home, f"jsonl:{url}"))
        out, errors = running[1].communicate(timeout=LONGEST_SECONDS)
        assert running[1].returncode == 0, errors
    (done,) = json.loads(out)
    # The page that was being answered is the first that is asked for again.
    assert served.asked == list(range(page, PAGES))
    assert (done["outcome"], done["pages"]) == ("done", PAGES)
    assert (done["new"], done["read"], done["unchanged"]) == (len(truth), len(truth), 0)
    catalogue = Catalogue.open(f"sqlite:///{home / 'catalogue.db'}", locks=home / "locks")
    assert catalogue.check() == []
    with catalogue.reading() as desk:
        filed = [paper.id.partition(":")[2] for _, paper in desk.papers.page(0, 10_000)]
    catalogue.close()
    assert len(filed) == len(truth)
    assert set(filed) == truth
