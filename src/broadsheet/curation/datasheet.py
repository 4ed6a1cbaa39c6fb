"""The datasheet of a catalogue: what is in it, what was done to it, and what is missing.

After Gebru et al., "Datasheets for Datasets" (Communications of the ACM, 2021); the part of the
datasheet that can be counted. Why it was gathered is the operator's to say.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from broadsheet.catalogue import Catalogue, SourceCount
from broadsheet.curation.flagging import LANGUAGE
from broadsheet.licences import Part, served
from broadsheet.papers import Stage

_MOST_LISTED: Final = 30
"""Categories and licences that are listed; the rest is one line."""
_STAGES: Final = ("reading", "title", "banner", "garbled")
_WHAT = {
    "encoding": "a wrong encoding",
    "latex": "LaTeX read as text",
    "hyphen": "words broken by line ends",
    "glued": "sentences without a blank between",
}


@dataclass(frozen=True, slots=True)
class Datasheet:
    """What was counted; mappings are in the order in which they are told.

    `papers_of` counts papers by source, of which a paper may have several; `languages` holds the
    languages other than English by ISO 639-1; `set_aside` counts records by stage and reason.
    """

    made: datetime
    papers: int
    records: int
    sources: tuple[SourceCount, ...]
    papers_of: Mapping[str, int]
    years: Mapping[int, int]
    categories: Mapping[str, int]
    languages: Mapping[str, int]
    licences: Mapping[str, int]
    lacking: Mapping[str, int]
    marked: Mapping[str, int]
    set_aside: Mapping[str, Mapping[str, int]]
    repairs: Mapping[str, int]
    flags: Mapping[str, int]
    doubtful: int
    as_received: int

    @property
    def merged(self) -> int:
        """Records that were folded into a paper that another record had begun."""
        return self.records - self.papers

    def gaps(self) -> tuple[str, ...]:
        """What is known to be missing, a sentence each."""
        found = [
            f"{count:,} of {self.papers:,} papers have no {_NAMES.get(name, name)}."
            for name, count in self.lacking.items()
            if count
        ]
        if self.years:
            empty = [y for y in range(min(self.years), max(self.years)) if y not in self.years]
            if empty:
                found.append(f"No paper is from {', '.join(map(str, empty))}.")
        if self.doubtful:
            found.append(f"{self.doubtful:,} pairs of papers may be one; nobody has decided.")
        return tuple(found)


_NAMES = {"announced": "date", "categories": "category", "authors": "author"}


def datasheet(catalogue: Catalogue, *, now: datetime) -> Datasheet:
    """Count a catalogue as it is; `now` is aware UTC."""
    with catalogue.reading() as desk:
        found = desk.findings.counts()
        spoken = desk.findings.counts(by_detail=LANGUAGE)
        aside: dict[str, dict[str, int]] = {}
        for reason, count in desk.counts.set_aside().items():
            stage, _, why = reason.partition(": ")
            named = (stage, why) if stage in _STAGES else ("before stages had names", reason)
            aside.setdefault(named[0], {})[named[1]] = count
        return Datasheet(
            made=now,
            papers=desk.papers.count(),
            records=desk.records.count(),
            sources=tuple(desk.records.sources()),
            papers_of=desk.counts.sources(),
            years=desk.counts.years(),
            categories=desk.counts.categories(),
            languages={name: count for (_, name), count in spoken.items()},
            licences=desk.counts.licences(),
            lacking=desk.counts.lacking(),
            marked=desk.counts.marked(),
            set_aside=aside,
            repairs={name: n for (stage, name), n in found.items() if stage is Stage.REPAIR},
            flags={name: n for (stage, name), n in found.items() if stage is Stage.FLAG},
            doubtful=desk.counts.doubtful(),
            as_received=desk.counts.as_received(),
        )


def as_markdown(sheet: Datasheet, *, name: str) -> str:
    """The datasheet of the site `name` as a Markdown document."""
    parts = [f"# Datasheet of {_text(name)}", f"Counted on {sheet.made:%-d %B %Y}, UTC."]
    for heading, lines in _sections(sheet):
        parts += [f"## {heading}", "\n".join(lines) or "None."]
    return "\n\n".join(parts) + "\n"


def _sections(sheet: Datasheet) -> Iterator[tuple[str, list[str]]]:
    yield (
        "What is in it",
        [
            f"- {sheet.papers:,} papers, from {sheet.records:,} records",
            f"- {sheet.marked['withdrawn']:,} withdrawn, {sheet.marked['retracted']:,} retracted; "
            "they are kept, and marked wherever they are shown",
            f"- {sheet.marked['summary']:,} with somebody's summary in place of an abstract",
        ],
    )
    rows = [
        (one.source, sheet.papers_of.get(one.source, 0), one.count, f"{one.last_received:%Y-%m-%d}")
        for one in sheet.sources
    ]
    yield "Sources", _table(("source", "papers", "records", "last received"), rows)
    yield "Years", _table(("year", "papers"), [(str(y), n) for y, n in sheet.years.items()])
    yield "Categories", _table(("category", "papers"), _first(sheet.categories))
    others = sum(sheet.languages.values())
    told = {"en, or not told": sheet.papers - others, **sheet.languages}
    yield "Languages of the abstracts", _table(("language", "papers"), told.items())
    free = {name: ", ".join(served(name)) for name in sheet.licences}
    rows_of = [(name, count, free.get(name, "")) for name, count in _first(sheet.licences)]
    always = ", ".join(part for part in Part if part in served(""))
    unknown = ("not known", sheet.lacking["licence"], always)
    yield "Licences", _table(("licence", "papers", "may be served"), [*rows_of, unknown])
    yield (
        "Duplicates",
        [
            f"- {sheet.merged:,} records were folded into a paper that was there",
            f"- {sheet.doubtful:,} pairs are in doubt",
        ],
    )
    repaired = [(_WHAT.get(name, name), count) for name, count in sheet.repairs.items()]
    yield (
        "Repairs",
        [
            *_table(("repaired", "papers"), repaired),
            "",
            f"{sheet.as_received:,} papers are left as they were received, as people decided.",
        ],
    )
    yield "Flags", _table(("flag", "papers"), sheet.flags.items())
    aside = [
        (stage, why, n) for stage, all_of in sheet.set_aside.items() for why, n in all_of.items()
    ]
    yield "Quarantine", _table(("stage", "reason", "records"), aside)
    yield "Known gaps", [f"- {gap}" for gap in sheet.gaps()]


def _first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The most frequent values, and the rest as one."""
    listed = list(counts.items())
    rest = sum(count for _, count in listed[_MOST_LISTED:])
    others = [(f"{len(listed) - _MOST_LISTED:,} others", rest)] if rest else []
    return [*listed[:_MOST_LISTED], *others]


def _table(columns: tuple[str, ...], rows: Iterable[Sequence[object]]) -> list[str]:
    """A table's lines; none without rows."""
    cells = [[_text(value) for value in row] for row in rows]
    if not cells:
        return []
    lines = (columns, ["---"] * len(columns), *cells)
    return [f"| {' | '.join(line)} |" for line in lines]


def _text(value: object) -> str:
    """A value as a cell: figures with commas, words without what would end the cell."""
    if isinstance(value, int):
        return f"{value:,}"
    return " ".join(str(value).split()).replace("\\", "\\\\").replace("|", "\\|")
