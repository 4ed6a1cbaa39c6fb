"""Composing letters that is killed anywhere makes each letter once, and leaves nobody out."""

import random
import time as clock
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broadsheet.catalogue import DIGEST, Cadence, Wishes
from broadsheet.digests import add
from tests.library.commands import broadsheet, started
from tests.library.people import catalogue_of
from tests.library.publishing import publish
from tests.library.site import fill

READERS = 600
MOST_SECONDS = 2.5


@pytest.mark.parametrize("seed", range(2))
def test_two_composers_that_are_killed_make_each_letter_once(tmp_path: Path, seed: int) -> None:
    home, now, drawn = tmp_path / "home", datetime.now(UTC), random.Random(seed)
    fill(home)
    catalogue = catalogue_of(home)
    publish(catalogue, now.date(), range(1, 9), now)
    with catalogue.writing() as desk:
        for number in range(READERS):
            wishes = Wishes(cadence=Cadence.DAILY, hour=now.hour)
            add(desk, f"r{number}@example.org", "", wishes, now - timedelta(days=2))
    for _ in range(4):
        both = [started(home, "digest", "send") for _ in range(2)]
        clock.sleep(drawn.uniform(0.1, MOST_SECONDS))
        for process in both:
            process.kill()
            process.communicate()
    broadsheet(home, "digest", "send")
    with catalogue.reading() as desk:
        letters = desk.outbox.listed(None, 2 * READERS)
        sent = desk.subscriptions.were_sent(range(1, READERS + 1))
    assert len(letters) == READERS
    assert set(Counter(one.letter.recipient for one in letters).values()) == {1}
    assert {one.letter.kind for one in letters} == {DIGEST}
    assert {len(papers) for papers in sent.values()} == {8}
    assert catalogue.check() == []
    catalogue.close()
