"""The shelf of findings: what curation noted of each paper, and the sentences many papers share.

Everything here is derived: it may be emptied, and curating again fills it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select

from broadsheet.catalogue.schema import FINDINGS, TEMPLATES
from broadsheet.catalogue.statements import among, chunks, insert_all
from broadsheet.papers import Finding, Stage


@dataclass(frozen=True, slots=True)
class FindingShelf:
    """What was found, by paper; a paper has at most one finding of a stage and name."""

    connection: Connection

    def add(self, found: Mapping[int, Sequence[Finding]]) -> None:
        """Note the findings of papers that have none yet."""
        rows = [
            {"paper_key": key, "stage": one.stage.value, "name": one.name, "detail": one.detail}
            for key, findings in found.items()
            for one in findings
        ]
        insert_all(self.connection, FINDINGS, rows)

    def replace(self, found: Mapping[int, Sequence[Finding]]) -> None:
        """Note the findings of papers in place of all that was noted of them."""
        self.remove(found)
        self.add(found)

    def remove(self, keys: Iterable[int]) -> None:
        """Forget what was found of these papers."""
        for chunk in chunks(keys):
            self.connection.execute(delete(FINDINGS).where(FINDINGS.c.paper_key.in_(chunk)))

    def of(self, keys: Iterable[int]) -> dict[int, tuple[Finding, ...]]:
        """What was found of each of the papers, in order; papers without findings are left out."""
        found: dict[int, list[Finding]] = defaultdict(list)
        for row in among(self.connection, select(FINDINGS), FINDINGS.c.paper_key, keys):
            found[row.paper_key].append(Finding(Stage(row.stage), row.name, row.detail))
        return {key: tuple(sorted(findings)) for key, findings in found.items()}

    def having(self, names: Iterable[str]) -> frozenset[int]:
        """The papers that have a finding of one of these names."""
        question = select(FINDINGS.c.paper_key).where(FINDINGS.c.name.in_(sorted(names)))
        return frozenset(self.connection.scalars(question))

    def counts(self, *, by_detail: str | None = None) -> dict[tuple[Stage, str], int]:
        """How many papers have each finding; those of one name (`by_detail`) told by detail."""
        told = FINDINGS.c.detail if by_detail else FINDINGS.c.name
        question = select(FINDINGS.c.stage, told, func.count()).group_by(FINDINGS.c.stage, told)
        if by_detail:
            question = question.where(FINDINGS.c.name == by_detail)
        rows = self.connection.execute(question.order_by(FINDINGS.c.stage, told))
        return {(Stage(stage), name): count for stage, name, count in rows}

    def templates(self) -> frozenset[int]:
        """The digests of the sentences that many abstracts share, as last counted."""
        return frozenset(self.connection.scalars(select(TEMPLATES.c.digest)))

    def keep_templates(self, papers: Mapping[int, int]) -> None:
        """Keep digests in place of all, each with how many abstracts hold the sentence."""
        self.connection.execute(delete(TEMPLATES))
        rows = [{"digest": digest, "papers": count} for digest, count in papers.items()]
        insert_all(self.connection, TEMPLATES, rows)
