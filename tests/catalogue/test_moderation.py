"""The shelf of moderation, on both stores."""

from datetime import UTC, datetime, timedelta

from broadsheet.catalogue import Catalogue, Deed, Report
from tests.library.people import enrol

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def test_the_log_is_read_from_its_end(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        keys = [
            desk.moderation.note("moss", action, f"comment:{place}", "Rude.", NOW)
            for place, action in enumerate(("hide", "show", "hide"))
        ]
        assert desk.moderation.log(2) == [
            Deed(keys[2], "moss", "hide", "comment:2", "Rude.", NOW),
            Deed(keys[1], "moss", "show", "comment:1", "Rude.", NOW),
        ]
        assert [deed.key for deed in desk.moderation.log(2, before=keys[1])] == [keys[0]]
        assert [deed.key for deed in desk.moderation.about("comment:1")] == [keys[1]]
    assert catalogue.check() == []


def test_a_reader_reports_a_subject_once(catalogue: Catalogue) -> None:
    ann, ben = enrol(catalogue, "ann").key, enrol(catalogue, "ben").key
    with catalogue.writing() as desk:
        assert desk.moderation.report("comment:1", ann, "Spam.", NOW)
        assert not desk.moderation.report("comment:1", ann, "Spam!", LATER)
        assert desk.moderation.report("comment:1", ben, "Rude.", NOW)
        assert desk.moderation.report("comment:2", ann, "Spam.", NOW)
        assert [(one.subject, one.reader_key) for one in desk.moderation.open_reports()] == [
            ("comment:1", ann),
            ("comment:1", ben),
            ("comment:2", ann),
        ]
        assert desk.moderation.settle("comment:1", "hidden", LATER) == 2
        assert desk.moderation.settle("comment:1", "hidden", LATER) == 0
        (left,) = desk.moderation.open_reports()
        assert left == Report(left.key, "comment:2", ann, "Spam.", NOW)
    assert catalogue.check() == []
