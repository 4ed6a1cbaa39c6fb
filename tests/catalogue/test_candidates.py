"""The shelf of candidates, on both stores."""

from datetime import date, timedelta

from broadsheet.catalogue import Catalogue, Submission
from broadsheet.papers import Paper, PaperId, PartialDate
from tests.library import BEES, RECEIVED, TIDES
from tests.library.dailies import file_papers, tell, toy_dailies
from tests.library.people import enrol
from tests.library.shelving import shelve

DAY = date(2026, 3, 2)
HOUR = timedelta(hours=1)


def test_papers_are_announced_on_days_and_not_in_months(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        first = file_papers(desk, toy_dailies(DAY, 2))
        file_papers(desk, toy_dailies(DAY + timedelta(days=2), 1))
        month = Paper(id=PaperId("toy:m"), title="M", announced=PartialDate(2026, 3))
        file_papers(desk, (month,))
        assert desk.candidates.announced("2026-03-01", "2026-03-03") == set(first)
        assert desk.candidates.announced("2026-03-03", "2026-03-03") == set()


def test_a_paper_came_with_its_first_record(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        keys = shelve(desk, [TIDES, BEES])
        came = desk.candidates.came
        assert came(keys, RECEIVED, RECEIVED + HOUR) == set(keys)
        assert came(keys[:1], RECEIVED, RECEIVED + HOUR) == {keys[0]}
        assert came(keys, RECEIVED - HOUR, RECEIVED) == set()
        assert came(keys, RECEIVED + HOUR, RECEIVED + 2 * HOUR) == set()


def test_days_of_which_sources_tell(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        one, two, three = file_papers(desk, toy_dailies(DAY, 3))
        tell(desk, [three, one], "2026-03-02")
        tell(desk, [one, two], "2026-03-05")
        tell(desk, [two], "2026-04-01")
        shelf = desk.candidates
        assert shelf.told_days() == {"2026-03-02": 2, "2026-03-05": 2, "2026-04-01": 1}
        assert shelf.told_days("2026-03-03", "2026-03-31") == {"2026-03-05": 2}
        assert shelf.told_of("2026-03-02") == [one, three]
        assert shelf.told_of("2026-03-03") == []
        assert shelf.told_between("2026-03-01", "2026-03-31") == {
            "2026-03-02": [one, three],
            "2026-03-05": [one, two],
        }
        assert shelf.told_before("2026-03-05") == "2026-03-02"
        assert shelf.told_before("2026-03-02") is None
        assert shelf.told_after("2026-03-02") == "2026-03-05"
        assert shelf.told_after("2026-04-01") is None
        assert shelf.told_days_of(one) == ["2026-03-05", "2026-03-02"]


def test_papers_are_submitted_at_a_time_and_by_somebody(catalogue: Catalogue) -> None:
    ada = enrol(catalogue, "ada")
    with catalogue.writing() as desk:
        first, second, third = file_papers(desk, toy_dailies(DAY, 3))
        desk.submissions.add(Submission(first, ada.key, RECEIVED))
        desk.submissions.add(Submission(second, None, RECEIVED))
        desk.submissions.add(Submission(third, ada.key, RECEIVED + HOUR))
        assert desk.candidates.submitted_in(RECEIVED, RECEIVED + HOUR) == {first, second}
        assert desk.candidates.submitted_in(RECEIVED - HOUR, RECEIVED) == set()
        assert desk.candidates.submitted_by("Ada") == {first, third}
        assert desk.candidates.submitted_by("bo") == set()
