"""A site served by the real command, once for all tests of a folder."""

from collections.abc import Iterator

import pytest

from tests.library.site import fill, served


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site over the toy library and the hostile papers."""
    home = tmp_path_factory.mktemp("live")
    fill(home)
    with served(home) as address:
        yield address
