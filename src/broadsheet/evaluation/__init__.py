"""How good search is: judged sets run through the real engine, beside references, and compared."""

from broadsheet.evaluation.changes import changed, changes, decoys
from broadsheet.evaluation.gate import Comparison, compare
from broadsheet.evaluation.kept import keep, measured
from broadsheet.evaluation.labelfree import agreement, own_text
from broadsheet.evaluation.measures import MEASURES, Judged, judge
from broadsheet.evaluation.report import AGAINST, COMPARED, report
from broadsheet.evaluation.robustness import robustness, spoilt_runs, worst_tenth
from broadsheet.evaluation.runs import Run, reference_runs, shelved
from broadsheet.evaluation.sets import JudgedSet, read_set

__all__ = [
    "AGAINST",
    "COMPARED",
    "MEASURES",
    "Comparison",
    "Judged",
    "JudgedSet",
    "Run",
    "agreement",
    "changed",
    "changes",
    "compare",
    "decoys",
    "judge",
    "keep",
    "measured",
    "own_text",
    "read_set",
    "reference_runs",
    "report",
    "robustness",
    "shelved",
    "spoilt_runs",
    "worst_tenth",
]
