"""Readers are told on the site, and by mail if they ask for it; both stores."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from broadsheet.catalogue import Catalogue
from broadsheet.community.notices import LETTER_KIND, tell
from tests.library.people import JOINED, enrol

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def test_who_wants_letters_gets_one_for_each_notice(catalogue: Catalogue) -> None:
    ann = replace(enrol(catalogue, "ann"), letters=True)
    with catalogue.writing() as desk:
        desk.readers.replace(ann)
        assert desk.readers.get(ann.key) == ann
        for text in ("One.", "Two."):
            tell(desk, ann.key, "reply", text, "/comments/1", NOW)
        assert desk.notices.unread(ann.key) == 2
        second, first = (posted.letter for posted in desk.outbox.listed(None, 9))
        assert (first.kind, first.recipient, first.reader_key) == (
            LETTER_KIND,
            "ann@example.org",
            ann.key,
        )
        assert dict(first.values) == {"text": "One.", "link": "/comments/1"}
        assert dict(second.values)["text"] == "Two."
        assert (first.due, first.expires) == (NOW, NOW + timedelta(days=2))
    assert catalogue.check() == []


@pytest.mark.parametrize(
    "lacking",
    [{"letters": False}, {"confirmed": None}, {"email": None}, {"suspended": JOINED}],
    ids=lambda lacking: next(iter(lacking)),
)
def test_others_find_it_on_the_site_alone(
    sqlite_catalogue: Catalogue, lacking: dict[str, Any]
) -> None:
    ann = replace(enrol(sqlite_catalogue, "ann"), **{"letters": True, **lacking})
    with sqlite_catalogue.writing() as desk:
        desk.readers.replace(ann)
        tell(desk, ann.key, "reply", "One.", "/comments/1", NOW)
        assert desk.notices.unread(ann.key) == 1
        assert desk.outbox.listed(None, 9) == []
