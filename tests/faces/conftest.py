"""A site served by the real command, once for all tests of a folder."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser

from broadsheet.evaluation import judge, keep, read_set, reference_runs, report
from broadsheet.settings import PREFIX
from tests.library.browsing import chromium
from tests.library.judged import write_set
from tests.library.letters import ask_for, leave_uncertain
from tests.library.people import catalogue_of
from tests.library.site import fill, served


@pytest.fixture(scope="session", autouse=True)
def _without_what_goes_on() -> Iterator[None]:
    """Sites that come and go do not each read their papers again, nor do a daily round."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(f"{PREFIX}CONTEXTUAL", "false")
        patch.setenv(f"{PREFIX}SCHEDULER", "false")
        yield


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site over the toy library and the hostile papers."""
    home = tmp_path_factory.mktemp("live")
    fill(home)
    judged = read_set(write_set(home / "toy"))
    runs = reference_runs(judged, seed=1)
    keep(home, report(judged, [judge(name, run, judged) for name, run in runs.items()], runs))
    catalogue, now = catalogue_of(home), datetime.now(UTC)
    leave_uncertain(catalogue, now, "eve@example.org")
    ask_for(catalogue, 3, now)
    catalogue.close()
    with served(home) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for the tests of a module."""
    with chromium() as opened:
        yield opened
