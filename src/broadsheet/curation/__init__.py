"""A record before it is filed: repaired, tidied and judged; and the flags of its paper.

docs/curation.md tells the stages. None of them loses anything: the record is kept as received.
"""

from broadsheet.curation.flagging import LOWERING, flags
from broadsheet.curation.judging import judge
from broadsheet.curation.languages import language
from broadsheet.curation.templates import TemplateCount, sentence_digests
from broadsheet.curation.tidying import tidied, tidy

__all__ = [
    "LOWERING",
    "TemplateCount",
    "flags",
    "judge",
    "language",
    "sentence_digests",
    "tidied",
    "tidy",
]
