"""Composing letters that is killed anywhere makes each letter once, and leaves nobody out."""

import random
import time as clock
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from broadsheet.catalogue import DIGEST, Cadence, EditionKind, Pick, Wishes
from broadsheet.digests import add
from broadsheet.editions import span_of, window
from tests.library.commands import broadsheet, started
from tests.library.people import catalogue_of
from tests.library.site import fill

READERS = 600
MOST_SECONDS = 4.0


@pytest.mark.parametrize("seed", range(2))
def test_two_composers_that_are_killed_make_each_letter_once(tmp_path: Path, seed: int) -> None:
    home, now, drawn = tmp_path / "home", datetime.now(UTC), random.Random(seed)
    fill(home)
    catalogue = catalogue_of(home)
    span = span_of(EditionKind.DAY, now.date())
    with catalogue.writing() as desk:
        edition = desk.editions.begin("", span.kind, span.label, window(span, time(6), UTC))
        desk.editions.put(edition.key, [Pick(paper_key=key, place=key) for key in range(1, 9)])
        desk.editions.publish(edition.key, now)
        for number in range(READERS):
            wishes = Wishes(cadence=Cadence.DAILY, hour=now.hour)
            add(desk, f"r{number}@example.org", "", wishes, now - timedelta(days=2))
    for _ in range(4):
        both = [started(home, "digest", "send") for _ in range(2)]
        clock.sleep(drawn.uniform(0.5, MOST_SECONDS))
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
