"""How good search is: judged sets run through the real engine, beside references, and compared."""

from broadsheet.evaluation.gate import Comparison, compare
from broadsheet.evaluation.kept import keep, measured
from broadsheet.evaluation.labelfree import agreement, own_text
from broadsheet.evaluation.measures import MEASURES, Judged, judge
from broadsheet.evaluation.report import report
from broadsheet.evaluation.robustness import CHANGES, changed, robustness, worst_tenth
from broadsheet.evaluation.runs import Run, reference_runs, shelved
from broadsheet.evaluation.sets import JudgedSet, read_set

__all__ = [
    "CHANGES",
    "MEASURES",
    "Comparison",
    "Judged",
    "JudgedSet",
    "Run",
    "agreement",
    "changed",
    "compare",
    "judge",
    "keep",
    "measured",
    "own_text",
    "read_set",
    "reference_runs",
    "report",
    "robustness",
    "shelved",
    "worst_tenth",
]
