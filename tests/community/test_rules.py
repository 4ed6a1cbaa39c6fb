"""The operator's rules, in words and as they are held."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from broadsheet.community import Check, Rules, day_of
from broadsheet.papers import Facts, PartialDate

TODAY = date(2026, 11, 21)


def facts(announced: str = "2026-11-20", *categories: str) -> Facts:
    """A paper of a day and of categories."""
    day = PartialDate.parse(announced) if announced else None
    return Facts(announced=day, categories=categories)


def test_the_rules_are_told_in_words() -> None:
    assert Rules(60, 5, ("cs", "stat.ML")).in_words() == [
        "A paper must have been announced in the last 60 days.",
        "One person may submit 5 papers a day.",
        "A paper must be of one of the categories cs, stat.ML.",
    ]
    assert Rules(0, 1).in_words() == [
        "A paper may be of any age.",
        "One person may submit 1 paper a day.",
        "A paper may be of any category.",
    ]


@pytest.mark.parametrize(
    ("announced", "met"),
    [
        ("2026-09-22", True),
        ("2026-09-21", False),
        ("2026-09", True),
        ("2026-08", False),
        ("2026", True),
        ("2025", False),
        ("2026-12-24", True),
        ("", True),
    ],
)
def test_a_paper_is_as_young_as_it_may_be(announced: str, met: bool) -> None:
    age = Rules(60, 5).checks(facts(announced), 0, TODAY)[0]
    assert age.met is met
    assert Rules(0, 5).checks(facts(announced), 0, TODAY)[0].met


@pytest.mark.parametrize(
    ("categories", "met"),
    [(("cs.LG",), True), (("math.CO", "CS"), True), (("csx.A",), False), ((), False)],
)
def test_a_category_holds_those_below_it(categories: tuple[str, ...], met: bool) -> None:
    found = Rules(60, 5, ("cs",)).checks(facts("2026-11-20", *categories), 0, TODAY)[2]
    assert found.met is met


def test_what_was_found_is_told() -> None:
    assert Rules(60, 2, ("cs",)).checks(facts("2026-11", "q-bio.NC"), 2, TODAY) == [
        Check(
            "A paper must have been announced in the last 60 days.",
            True,
            "This one was announced 2026-11.",
        ),
        Check("One person may submit 2 papers a day.", False, "You have submitted 2 today."),
        Check("A paper must be of one of the categories cs.", False, "This one is of q-bio.NC."),
    ]


def test_a_day_is_one_of_the_zone() -> None:
    now = datetime(2026, 11, 1, 3, 30, tzinfo=UTC)
    today, begins, ends = day_of(now, ZoneInfo("America/New_York"))
    assert today == date(2026, 10, 31)
    assert (begins, ends) == (
        datetime(2026, 10, 31, 4, tzinfo=UTC),
        datetime(2026, 11, 1, 4, tzinfo=UTC),
    )
    # The clocks are set back: that day has 25 hours.
    _, begins, ends = day_of(datetime(2026, 11, 1, 12, tzinfo=UTC), ZoneInfo("America/New_York"))
    assert (ends - begins).total_seconds() == 25 * 3600
