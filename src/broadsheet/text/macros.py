"""What LaTeX's macros do with their arguments, by name."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


SWITCHES = _names(
    "bf em it rm sc sf sl tt cal bfseries itshape scshape ttfamily sffamily rmfamily normalfont"
    " tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge boldmath"
    " displaystyle textstyle scriptstyle limits nolimits left right middle big Big bigg Bigg bigl"
    " bigr Bigl Bigr biggl biggr Biggl Biggr noindent centering maketitle relax xspace null"
    " nonumber notag protect mathopen mathclose mathord mathbin mathrel selectfont newblock hline"
)
"""Macros that change how what follows is set, and say nothing."""

UNWRAPPED = _names(
    "emph text textrm textit textbf textmd textsc textsf textsl texttt textup textnormal mbox hbox"
    " fbox underline uline ul mathrm mathit mathbf mathsf mathtt mathcal mathscr mathfrak mathbb"
    " mathds mathnormal boldsymbol bm pmb varvec operatorname ensuremath url nolinkurl path"
    " underbrace overbrace smash mathop mathstrut enquote title section subsection paragraph"
    " overrightarrow overleftarrow"
)
"""Macros that say their one argument."""

LEFT_OUT = {
    "begin": 1,
    "end": 1,
    "bibliography": 1,
    "color": 1,
    "fontfamily": 1,
    "documentclass": 1,
    "hphantom": 1,
    "hspace": 1,
    "includegraphics": 1,
    "input": 1,
    "label": 1,
    "phantom": 1,
    "ding": 1,
    "setcounter": 2,
    "setlength": 2,
    "thanks": 1,
    "usepackage": 1,
    "vphantom": 1,
    "vspace": 1,
    "xspace": 0,
}
"""Macros that say nothing, and how many arguments go with them."""

CITATIONS = _names(
    "cite citet citep citealt citealp citeauthor citeyear Citet Citep autocite textcite parencite"
    " footcite ref cref Cref autoref eqref"
)
"""Macros that point at something by its keys."""

SET_APART = frozenset(f"\\{name}" for name in (*CITATIONS, "footnote", "footnotetext"))
"""Macros, with the backslash, before which a blank is due."""

COLOURED = frozenset(("textcolor", "colorbox", "hyperlink", "hypertarget"))
"""Macros that say their second argument."""

FRACTIONS = frozenset(("frac", "tfrac", "dfrac", "nicefrac", "sfrac", "textfrac"))
"""Macros that put their first argument over their second."""

BREAKS = frozenset(("\\", "newline", "linebreak", "quad", "qquad", "hfill", "and", " ", "\n"))
"""Macros that are white space."""

LETTER_MACROS = _names("L l O o AE ae OE oe AA aa ss i j DH dh DJ dj TH th NG ng")
"""Macros that are letters of a word, so that the blank after them is none of its."""

BLACKBOARD = {"C": "ℂ", "E": "𝔼", "N": "ℕ", "P": "ℙ", "Q": "ℚ", "R": "ℝ", "Z": "ℤ"}  # noqa: RUF001
"""Letters that Unicode has in blackboard bold since long ago."""
