"""How good search is: judged sets run through the real engine, beside references, and compared."""

from broadsheet.evaluation.gate import Comparison, compare
from broadsheet.evaluation.measures import MEASURES, Judged, judge
from broadsheet.evaluation.robustness import CHANGES, changed, robustness, worst_tenth
from broadsheet.evaluation.runs import Run, our_runs, reference_runs, shelved
from broadsheet.evaluation.sets import JudgedSet, read_set

__all__ = [
    "CHANGES",
    "MEASURES",
    "Comparison",
    "Judged",
    "JudgedSet",
    "Run",
    "changed",
    "compare",
    "judge",
    "our_runs",
    "read_set",
    "reference_runs",
    "robustness",
    "shelved",
    "worst_tenth",
]
