"""The shelf of submissions, on both stores."""

from datetime import UTC, datetime, timedelta

import pytest

from broadsheet.catalogue import Catalogue, Concern, Submission, SubmissionState
from broadsheet.errors import CatalogueError
from tests.library import BEES, TIDES
from tests.library.people import enrol
from tests.library.shelving import shelve

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_submission_is_kept_as_it_is(catalogue: Catalogue) -> None:
    ann = enrol(catalogue, "ann").key
    said = (Concern("promotional", "“buy now” in “buy now”"),)
    with catalogue.writing() as desk:
        tides, bees = shelve(desk, [TIDES, BEES])
        one = desk.submissions.add(
            Submission(tides, ann, NOW, ("https://media.example/a.png",), said)
        )
        two = desk.submissions.add(Submission(bees, ann, NOW + HOUR))
        assert one.key != two.key
        assert desk.submissions.get(one.key) == one
        assert desk.submissions.get(99) is None
        assert desk.submissions.of_papers([tides, bees, 99]) == {tides: one, bees: two}
        assert desk.submissions.of_reader(ann, 9) == [two, one]
        assert desk.submissions.latest(1) == [two]
        assert desk.submissions.count_since(ann, NOW) == 2
        assert desk.submissions.count_since(ann, NOW + HOUR) == 1
        assert desk.submissions.flagged(9) == [one]
        desk.submissions.settle(one.key, SubmissionState.SEEN)
        assert desk.submissions.flagged(9) == []
    assert catalogue.check() == []


def test_a_paper_has_one_submission(catalogue: Catalogue) -> None:
    ann = enrol(catalogue, "ann").key
    with catalogue.writing() as desk:
        (tides,) = shelve(desk, [TIDES])
        desk.submissions.add(Submission(tides, ann, NOW))
    with pytest.raises(CatalogueError), catalogue.writing() as desk:
        desk.submissions.add(Submission(tides, ann, NOW + HOUR))
