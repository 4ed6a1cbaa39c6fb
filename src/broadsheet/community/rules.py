"""The operator's rules for submissions, in words, and whether a paper keeps them."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from broadsheet.papers import Facts, PartialDate


@dataclass(frozen=True, slots=True)
class Check:
    """One rule, in a sentence, and whether it is kept; `found` says what was found."""

    rule: str
    met: bool
    found: str


@dataclass(frozen=True, slots=True)
class Rules:
    """How old a paper may be in days (0: any age), how many a day, of which categories (none: any).

    Curators are told of the rules, and not held to them.
    """

    days: int
    cap: int
    categories: tuple[str, ...] = ()

    def in_words(self) -> list[str]:
        """What the operator asks, a sentence for each rule."""
        return [self._of_age(), self._of_number(), self._of_categories()]

    def checks(self, facts: Facts, submitted: int, today: date) -> list[Check]:
        """Whether a paper keeps each rule, when its submitter has `submitted` others today."""
        return [
            Check(self._of_age(), *self._age(facts.announced, today)),
            Check(
                self._of_number(),
                submitted < self.cap,
                f"You have submitted {submitted or 'none'} today.",
            ),
            Check(self._of_categories(), *self._category(facts.categories)),
        ]

    def _of_age(self) -> str:
        if not self.days:
            return "A paper may be of any age."
        return f"A paper must have been announced in the last {self.days} days."

    def _of_number(self) -> str:
        return f"One person may submit {_counted(self.cap, 'paper')} a day."

    def _of_categories(self) -> str:
        if not self.categories:
            return "A paper may be of any category."
        return f"A paper must be of one of the categories {', '.join(self.categories)}."

    def _age(self, announced: PartialDate | None, today: date) -> tuple[bool, str]:
        if announced is None:
            # Nobody can be held to what no source says.
            return True, "No date is known."
        age = (today - latest_day(announced)).days
        said = f"This one was announced {announced}."
        return not self.days or age <= self.days, said

    def _category(self, categories: Iterable[str]) -> tuple[bool, str]:
        given = list(categories)
        said = f"This one is of {', '.join(given)}." if given else "No category is known."
        return not self.categories or any(map(self._is_wanted, given)), said

    def _is_wanted(self, category: str) -> bool:
        """Whether a category is one of those wanted, or below one (`cs.LG` is below `cs`)."""
        one = category.casefold()
        wanted = [name.casefold() for name in self.categories]
        return any(one == name or one.startswith(f"{name}.") for name in wanted)


def latest_day(announced: PartialDate) -> date:
    """The last day that a date may mean: the end of its month or year where no day is known."""
    month = announced.month or 12
    day = announced.day or calendar.monthrange(announced.year, month)[1]
    return date(announced.year, month, day)


def day_of(now: datetime, zone: tzinfo) -> tuple[date, datetime, datetime]:
    """The day that it is in a zone at an aware moment, and where it begins and ends (aware UTC)."""
    today = now.astimezone(zone).date()
    begins, ends = (
        datetime.combine(day, datetime.min.time(), zone).astimezone(UTC)
        for day in (today, today + timedelta(days=1))
    )
    return today, begins, ends


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")
