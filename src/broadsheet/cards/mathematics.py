"""Stored text as HTML: prose escaped, each formula as MathML that holds nothing but formulas."""

import html
import re
import xml.etree.ElementTree as ET
from functools import lru_cache

from latex2mathml.converter import convert_to_element

from broadsheet.text import formulas

LONGEST = 600
"""Characters of a formula; a longer one is shown as a line of Unicode."""
DEEPEST = 40
"""Braces within braces; the converter works by recursion."""
_REMEMBERED = 4096
# The converter obeys definitions, and the depth it allows them begins anew in every brace: three
# hundred characters can stand for gigabytes. Code points it reads only if they are written its way.
_REFUSED = re.compile(r"\\(?:def|newcommand|newenvironment|DeclareMathOperator|unicode)")
_ELEMENTS = frozenset(
    "math mrow mi mn mo mtext mspace msup msub msubsup mfrac msqrt mroot mover munder "
    "munderover mtable mtr mtd mstyle mpadded mphantom menclose".split()
)
_ATTRIBUTES = frozenset(
    "accent accentunder align columnalign columnlines columnspacing depth display "
    "displaystyle fence form height largeop linebreak linethickness lspace mathvariant "
    "maxsize minsize movablelimits notation rowlines rowspacing rspace scriptlevel separator "
    "stretchy symmetric voffset width xmlns".split()
)


def as_html(text: str) -> str:
    """A stored text, its formulas between `$`, as HTML that is safe in any element.

    A formula is MathML (of the elements in MathML Core but `menclose`) with its line of Unicode
    as `alttext`, or that line alone in `<span class="formula">`. Never raises.
    """
    return "".join(
        _formula(content) if is_formula else html.escape(content.replace("\\$", "$"))
        for is_formula, content in formulas.split(text)
    )


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a stored text, which blank lines part, each as HTML; none is empty."""
    return [as_html(part.strip()) for part in text.split("\n\n") if part.strip()]


@lru_cache(maxsize=_REMEMBERED)
def _formula(content: str) -> str:
    """A formula as MathML 3, or as a line of Unicode where that cannot be or would not be safe."""
    line = formulas.readable(content)
    shown = _mathml(content)
    if shown is None:
        return f'<span class="formula">{html.escape(line)}</span>'
    shown.set("alttext", line)
    return ET.tostring(shown, encoding="unicode")


def _mathml(content: str) -> ET.Element | None:
    """The converted formula if it is made of known elements and attributes only."""
    if len(content) > LONGEST or _depth(content) > DEEPEST or _REFUSED.search(content):
        return None
    try:
        math: ET.Element = convert_to_element(content)
    except Exception:
        # The converter has a dozen errors of its own, and others on what it did not foresee.
        return None
    for element in math.iter():
        element.text = html.unescape(element.text or "") or None
        element.tail = html.unescape(element.tail or "") or None
        known = element.tag in _ELEMENTS and _ATTRIBUTES.issuperset(element.keys())
        # A command that is not known is given back as it was written.
        if not known or "\\" in (element.text or ""):
            return None
    return math


def _depth(content: str) -> int:
    deepest = depth = 0
    for sign in content:
        depth += (sign == "{") - (sign == "}")
        deepest = max(deepest, depth)
    return deepest
