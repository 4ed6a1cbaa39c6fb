"""What a paper is: its facts, the records that sources gave of it, and the signals about it."""

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

PaperId = NewType("PaperId", str)
"""A version-less id: `2502.08025`, `hep-th/9901001`, `doi:10.1/x`, `acl:2020.acl-main.1`, …"""

_PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A day, month or year as a source gave it; `month` and `day` are 0 where unknown."""

    year: int
    month: int = 0
    day: int = 0

    def __post_init__(self) -> None:
        """Raise ValueError for a day that no calendar has."""
        if (
            not 1000 <= self.year <= 2999
            or not 0 <= self.month <= 12
            or (self.day and not self.month)
        ):
            raise ValueError(f"no such date: {self.year}-{self.month}-{self.day}")
        if self.day and not 1 <= self.day <= calendar.monthrange(self.year, self.month)[1]:
            raise ValueError(f"no such day: {self.year}-{self.month}-{self.day}")

    @classmethod
    def parse(cls, text: str) -> "PartialDate":
        """Read `2024`, `2024-05`, `2024-05-27` or an ISO 8601 timestamp; ValueError otherwise."""
        found = _PARTIAL_DATE.fullmatch(text.strip().split("T")[0].split(" ")[0])
        if not found:
            raise ValueError(f"not a date: {text!r}")
        return cls(*(int(part or 0) for part in found.groups()))

    def __str__(self) -> str:
        """ISO 8601, as precise as it is known."""
        if self.day:
            return f"{self.year}-{self.month:02}-{self.day:02}"
        return f"{self.year}-{self.month:02}" if self.month else str(self.year)


class LinkKind(StrEnum):
    """What is found at the other end of a link."""

    PAGE = "page"
    PDF = "pdf"
    CODE = "code"
    PROJECT = "project"


class SignalKind(StrEnum):
    """What a source counted or noted about a paper on a day."""

    VOTES = "votes"
    COMMENTS = "comments"
    STARS = "stars"
    CITATIONS = "citations"
    DOWNLOADS = "downloads"
    EDITION_DAY = "edition_day"
    ORGANIZATION = "organization"


@dataclass(frozen=True, slots=True)
class Author:
    """One author, in display order `Given Family`."""

    name: str
    orcid: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """Where something about the paper is; only http and https addresses are kept."""

    kind: LinkKind
    url: str


@dataclass(frozen=True, slots=True)
class Signal:
    """A dated fact: a count (`value`) or a name (`text`) that a source reported.

    `at` is aware UTC, or None where the source gave no date (the time of receipt then stands in).
    """

    kind: SignalKind
    value: int | None = None
    text: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record was read: a file's name and the line (from 1) its text begins at."""

    file: str
    line: int

    def __str__(self) -> str:
        """`file:line`, as compilers write it."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What can be said of a paper; empty where nothing is known.

    `summary_by` names who wrote the abstract, if it is a summary and not the authors' own.
    """

    title: str = ""
    abstract: str = ""
    summary_by: str = ""
    authors: tuple[Author, ...] = ()
    announced: PartialDate | None = None
    revised: PartialDate | None = None
    venue: str = ""
    categories: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    licence: str = ""
    withdrawn: bool = False
    retracted: bool = False
    arxiv_id: str | None = None
    doi: str | None = None


FACT_NAMES = tuple(Facts.__dataclass_fields__)
"""The names of all facts, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Facts):
    """What one source said of one paper, as received: the facts not yet cleaned, and the raw text.

    `source` names who said it (`acl`), `native_id` is the source's own id without that prefix,
    `format` the way it was written down, `raw` the text as received, `place` where it was read.
    `references` are the ids of works that it cites, `2502.08025` or `doi:10.…`.
    """

    source: str
    format: str
    raw: str
    native_id: str | None = None
    signals: tuple[Signal, ...] = ()
    references: tuple[str, ...] = ()
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """Who said a fact, and when: aware UTC."""

    source: str
    at: datetime


class Stage(StrEnum):
    """A stage of curation that leaves a note on a paper."""

    REPAIR = "repair"
    FLAG = "flag"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """What a stage of curation noted: its kind (`hyphen`, `stuffed`), and how it was told."""

    stage: Stage
    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper(Facts):
    """One paper as the catalogue holds it: the cleaned facts folded from all its records.

    `aliases` are the other ids that lead here; `provenance` names, for each fact that is not
    empty, the sources that said what is kept, the first being the one believed. `findings` are
    derived: what was repaired in its records, and the flags of its quality.
    """

    id: PaperId
    aliases: tuple[str, ...] = ()
    provenance: Mapping[str, tuple[Said, ...]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
