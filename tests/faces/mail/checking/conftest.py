"""A name server of our own, whose zone each test fills."""

from collections.abc import Iterator

import pytest

from broadsheet.faces.mail.checking import Names
from tests.library.servers.dns import ZONE, name_server


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, int]]:
    """Its address and port."""
    with name_server(ZONE) as found:
        yield found


@pytest.fixture
def names(server: tuple[str, int]) -> Names:
    """Asks it; it knows nothing yet."""
    ZONE.clear()
    return Names(server)
