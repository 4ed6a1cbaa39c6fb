"""What an import did, in counts that add up."""

from dataclasses import dataclass


@dataclass(slots=True)
class Report:
    """`read` is the sum of the five counts below it; `pairs` counts doubtful pairs that were noted.

    new: a paper that was not there; merged: a record not seen before, folded into a paper that
    was; updated: a record seen before that says something else now; unchanged: one that does not;
    quarantined: one that cannot be a paper.
    """

    read: int = 0
    new: int = 0
    merged: int = 0
    updated: int = 0
    unchanged: int = 0
    quarantined: int = 0
    pairs: int = 0
    stopped: bool = False

    def add(self, other: "Report") -> None:
        """Add the counts of a part."""
        self.read += other.read
        self.new += other.new
        self.merged += other.merged
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.quarantined += other.quarantined
        self.pairs += other.pairs
