"""What an import did, in counts that add up."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from broadsheet.papers import Finding


@dataclass(slots=True)
class Report:
    """`read` is the sum of the five counts below it; `pairs` counts doubtful pairs that were noted.

    new: a paper that was not there; merged: a record not seen before, folded into a paper that
    was; updated: a record seen before that says something else now; unchanged: one that does not;
    quarantined: one that cannot be a paper. `stages` tells of each stage of curation how many
    records (of flags: papers) it touched, by `stage: kind` (`repair: hyphen`,
    `duplicate: same title and abstract`, `quarantine: banner`, `flag: stuffed`).
    """

    read: int = 0
    new: int = 0
    merged: int = 0
    updated: int = 0
    unchanged: int = 0
    quarantined: int = 0
    pairs: int = 0
    stopped: bool = False
    stages: dict[str, int] = field(default_factory=dict)

    def add(self, other: "Report") -> None:
        """Add the counts of a part."""
        self.read += other.read
        self.new += other.new
        self.merged += other.merged
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.quarantined += other.quarantined
        self.pairs += other.pairs
        for name, count in other.stages.items():
            self.count(name, count)

    def note(self, findings: Iterable[Finding]) -> None:
        """Count what a stage found in one record or paper."""
        for one in findings:
            self.count(f"{one.stage}: {one.name}")

    def count(self, stage: str, times: int = 1) -> None:
        """Count what a stage did, by `stage: kind`."""
        self.stages[stage] = self.stages.get(stage, 0) + times
