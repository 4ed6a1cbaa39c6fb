"""The shelf of papers: their facts, the ids that lead to them, and who said what."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, delete, func, select, update

from broadsheet.catalogue.absorbing import hand_over
from broadsheet.catalogue.changes import ChangeShelf
from broadsheet.catalogue.citations import CitationShelf
from broadsheet.catalogue.encoding import facts_from_columns, facts_to_columns, from_micros, to_json
from broadsheet.catalogue.findings import FindingShelf
from broadsheet.catalogue.matches import MatchShelf
from broadsheet.catalogue.schema import ALIASES, PAPERS, RECORDS
from broadsheet.catalogue.signals import SignalShelf
from broadsheet.catalogue.statements import (
    AnyRow,
    among,
    insert_all,
    insert_new,
    next_numbers,
    upsert,
)
from broadsheet.errors import CatalogueError, NotFoundError
from broadsheet.papers import FACT_NAMES, Finding, Paper, PaperId, Said


@dataclass(frozen=True, slots=True)
class FiledPaper:
    """A paper as it is put on the shelf.

    `provenance` names for each fact the keys of the records that said it, the believed one first;
    empty if the paper has one record, which then said everything. `paper.provenance` is not read.
    """

    key: int
    paper: Paper
    title_key: str
    provenance: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a paper is in the order by announcement; `announced` as written, None if unknown."""

    announced: str | None
    key: int


@dataclass(frozen=True, slots=True)
class PaperShelf:
    """The papers, by key and by any id that was ever theirs."""

    connection: Connection

    def count(self) -> int:
        """How many papers there are."""
        return self.connection.execute(select(func.count()).select_from(PAPERS)).scalar_one()

    def get(self, id: str) -> tuple[int, Paper] | None:
        """The paper an id or alias leads to, with its key, aliases and provenance; else None."""
        for key, paper in self.by_keys(self.resolve([id]).values(), full=True).items():
            return key, paper
        return None

    def resolve(self, ids: Iterable[str]) -> dict[str, int]:
        """The key of the paper that each of the ids leads to; unknown ids are left out."""
        rows = among(
            self.connection, select(ALIASES.c.alias, ALIASES.c.paper_key), ALIASES.c.alias, ids
        )
        return {row.alias: row.paper_key for row in rows}

    def by_keys(self, keys: Iterable[int], *, full: bool = False) -> dict[int, Paper]:
        """The papers with these keys, in no order; `full` adds aliases, provenance and findings."""
        rows = list(among(self.connection, select(PAPERS), PAPERS.c.key, keys))
        if not full:
            return {row.key: _paper(row) for row in rows}
        aliases = self._aliases([row.key for row in rows])
        said = self._provenance(rows)
        found = FindingShelf(self.connection).of(row.key for row in rows)
        return {
            row.key: _paper(
                row,
                aliases=tuple(sorted(aliases[row.key] - {row.id})),
                provenance=said[row.key],
                findings=found.get(row.key, ()),
            )
            for row in rows
        }

    def page(self, after: int, limit: int) -> list[tuple[int, Paper]]:
        """At most `limit` papers with keys above `after`, by key, without their provenance."""
        question = select(PAPERS).where(PAPERS.c.key > after).order_by(PAPERS.c.key).limit(limit)
        return [(row.key, _paper(row)) for row in self.connection.execute(question)]

    def latest(self, after: Spot | None, limit: int) -> list[tuple[int, Paper]]:
        """At most `limit` papers by falling announcement, then as they were filed; undated last.

        `after` is the announcement and key of the last paper of the page before.
        """
        day, key = PAPERS.c.announced, PAPERS.c.key
        undated = select(PAPERS).where(day.is_(None)).order_by(key)
        dated = select(PAPERS).where(day.is_not(None)).order_by(day.desc(), key)
        if after is None:
            questions = [dated, undated]
        elif after.announced is None:
            questions = [undated.where(key > after.key)]
        else:
            # Two questions that the index answers, in place of one that it does not.
            rest_of_day = dated.where(day == after.announced, key > after.key)
            questions = [rest_of_day, dated.where(day < after.announced), undated]
        rows: list[AnyRow] = []
        for question in questions:
            if len(rows) < limit:
                rows += self.connection.execute(question.limit(limit - len(rows)))
        return [(row.key, _paper(row)) for row in rows]

    def newest_first(self) -> list[int]:
        """The keys of all papers by falling announcement, then as they were filed; undated last."""
        day, key = PAPERS.c.announced, PAPERS.c.key
        dated = select(key).where(day.is_not(None)).order_by(day.desc(), key)
        undated = select(key).where(day.is_(None)).order_by(key)
        return [*self.connection.scalars(dated), *self.connection.scalars(undated)]

    def allocate(self, count: int) -> int:
        """Take `count` new keys; the first of them."""
        return next_numbers(self.connection, "paper", count)

    def add(self, papers: Sequence[FiledPaper]) -> None:
        """File new papers under their ids and those aliases that lead nowhere yet.

        Raises CatalogueError if an id leads to a paper already.
        """
        insert_all(self.connection, PAPERS, [_columns(filed) for filed in papers])
        FindingShelf(self.connection).add(_findings(papers))
        own = [{"alias": filed.paper.id, "paper_key": filed.key} for filed in papers]
        insert_all(self.connection, ALIASES, own)
        self._name(papers)

    def replace(self, papers: Sequence[FiledPaper]) -> None:
        """Write papers over what was filed under their keys; a former id stays an alias.

        Raises CatalogueError if an id leads to another paper already.
        """
        upsert(self.connection, PAPERS, [_columns(filed) for filed in papers])
        FindingShelf(self.connection).replace(_findings(papers))
        own = [{"alias": filed.paper.id, "paper_key": filed.key} for filed in papers]
        insert_new(self.connection, ALIASES, own)
        leading = self.resolve(filed.paper.id for filed in papers)
        for filed in papers:
            if leading[filed.paper.id] != filed.key:
                raise CatalogueError(
                    f"The id {filed.paper.id} leads to another paper already.",
                    hint="Fold the two papers into one first.",
                )
        self._name(papers)

    def absorb(self, gone: int, into: int) -> None:
        """Fold paper `gone` into another: all that hangs on it moves there.

        The facts of `into` stay as they are until it is replaced. Raises NotFoundError if either
        does not exist, ValueError if they are the same.
        """
        if gone == into:
            raise ValueError(f"paper {gone} cannot be folded into itself")
        both = self.by_keys([gone, into])
        if missing := {gone, into} - set(both):
            raise NotFoundError(f"There is no paper with the key {min(missing)}.")
        for table in (ALIASES, RECORDS):
            self.connection.execute(
                update(table).where(table.c.paper_key == gone).values(paper_key=into)
            )
        SignalShelf(self.connection).move(gone, into)
        CitationShelf(self.connection).move(gone, into)
        MatchShelf(self.connection).move(gone, into)
        hand_over(self.connection, gone, into)
        FindingShelf(self.connection).remove([gone])
        self.connection.execute(delete(PAPERS).where(PAPERS.c.key == gone))
        ChangeShelf(self.connection).mark_gone(gone, both[gone].id)

    def _name(self, papers: Sequence[FiledPaper]) -> None:
        """File the further aliases of papers, and note that they changed."""
        further = [
            {"alias": alias, "paper_key": filed.key}
            for filed in papers
            for alias in filed.paper.aliases
        ]
        insert_new(self.connection, ALIASES, further)
        ChangeShelf(self.connection).mark([filed.key for filed in papers])

    def _aliases(self, keys: Sequence[int]) -> dict[int, set[str]]:
        """All ids that lead to each of the papers."""
        rows = among(
            self.connection,
            select(ALIASES.c.paper_key, ALIASES.c.alias),
            ALIASES.c.paper_key,
            keys,
        )
        found: dict[int, set[str]] = defaultdict(set)
        for key, alias in rows:
            found[key].add(alias)
        return found

    def _provenance(self, papers: Sequence[AnyRow]) -> dict[int, dict[str, tuple[Said, ...]]]:
        """For each paper and each fact it has, the sources that said it."""
        question = select(
            RECORDS.c.paper_key, RECORDS.c.key, RECORDS.c.source, RECORDS.c.received_at
        )
        rows = among(self.connection, question, RECORDS.c.paper_key, [row.key for row in papers])
        records: dict[int, dict[int, Said]] = defaultdict(dict)
        for paper_key, key, source, at in sorted(tuple(row) for row in rows):
            records[paper_key][key] = Said(source, from_micros(at))
        return {row.key: _said(row, records[row.key]) for row in papers}


def _findings(papers: Sequence[FiledPaper]) -> dict[int, tuple[Finding, ...]]:
    """What was found of each of the papers."""
    return {filed.key: filed.paper.findings for filed in papers}


def _columns(filed: FiledPaper) -> dict[str, object]:
    """The row of a paper."""
    return facts_to_columns(filed.paper) | {
        "key": filed.key,
        "id": filed.paper.id,
        "title_key": filed.title_key,
        "provenance": to_json(filed.provenance),
    }


def _paper(
    row: AnyRow,
    aliases: tuple[str, ...] = (),
    provenance: Mapping[str, tuple[Said, ...]] | None = None,
    findings: tuple[Finding, ...] = (),
) -> Paper:
    """The paper that a row holds."""
    facts = facts_from_columns(row._asdict())
    said = provenance or {}
    return Paper(id=PaperId(row.id), aliases=aliases, provenance=said, findings=findings, **facts)


def _said(row: AnyRow, records: Mapping[int, Said]) -> dict[str, tuple[Said, ...]]:
    """Who said each fact of a row, by the keys its provenance names."""
    everyone = tuple(records.values())
    if not row.provenance:
        return {name: everyone for name in FACT_NAMES if everyone and row._mapping[name]}
    named: dict[str, list[int]] = json.loads(row.provenance)
    return {
        name: tuple(records[key] for key in named[name] if key in records)
        for name in FACT_NAMES
        if name in named
    }
