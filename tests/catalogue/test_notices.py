"""The shelf of notices, on both stores."""

from datetime import UTC, datetime, timedelta

from broadsheet.catalogue import Catalogue, Notice
from tests.library.people import enrol

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def test_notices_are_read_up_to_one(catalogue: Catalogue) -> None:
    ann, ben = enrol(catalogue, "ann").key, enrol(catalogue, "ben").key
    with catalogue.writing() as desk:
        one = desk.notices.add(ann, "reply", "Ben replied.", "/papers/x#c1", NOW)
        two = desk.notices.add(ann, "mention", "Ben named you.", "/papers/y#c2", NOW)
        desk.notices.add(ben, "reply", "Ann replied.", "/papers/x", NOW)
        assert desk.notices.unread(ann) == 2
        desk.notices.mark_read(ann, one, LATER)
        assert desk.notices.unread(ann) == 1
        assert desk.notices.unread(ben) == 1
        assert desk.notices.of(ann, 5) == [
            Notice(two, ann, "mention", "Ben named you.", "/papers/y#c2", NOW),
            Notice(one, ann, "reply", "Ben replied.", "/papers/x#c1", NOW, LATER),
        ]
        assert [one.key for one in desk.notices.of(ann, 1)] == [two]
    assert catalogue.check() == []


def test_notices_that_were_read_are_forgotten_after_a_time(catalogue: Catalogue) -> None:
    ann = enrol(catalogue, "ann").key
    with catalogue.writing() as desk:
        one = desk.notices.add(ann, "reply", "Ben replied.", "/", NOW)
        desk.notices.add(ann, "reply", "Cem replied.", "/", NOW)
        desk.notices.mark_read(ann, one, NOW)
        assert desk.notices.prune(NOW) == 0
        assert desk.notices.prune(LATER) == 1
        assert len(desk.notices.of(ann, 5)) == 1
