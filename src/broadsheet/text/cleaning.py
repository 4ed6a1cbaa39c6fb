"""Text as sources send it, made the one text that is shown, searched and compared."""

import re
import unicodedata

from broadsheet.text import characters, formulas, latex, markup

_SUSPECT = re.compile(rf"[\\$&<{{}}~`ˆ^{characters.SUSPECT}]")  # noqa: RUF001
_BLANK_LINE = re.compile(r"\n\s*\n")
_MOST_PASSES = 6
_MARKS = re.compile(r"[\\$&<>{}~`'/ˆ^-]+")  # noqa: RUF001
_HELD = re.compile(f"{latex.HELD_OPEN}(\\d+){latex.HELD_CLOSE}")

_TIE = re.compile(rf"(?<=[\w.,:;)\]’”{latex.HELD_CLOSE}])~+(?=[^\s~])|(?<=[a-z])~(?= )")  # noqa: RUF001
_RANGE = re.compile(r"(?<=[\d%kKMBx])~(?=\d)")
_DASHES = re.compile(r"(?<![-!<])(--|---)(?![->])")
_DOUBLE_QUOTE = re.compile(r"(?<!`)``(?!`)")
_OPENING_QUOTE = re.compile(r"(?<![^\s(\[])''(?=[\w<])")
_CLOSING_QUOTE = re.compile(r"(?<=[^\s\d'`])''(?!')")
_SINGLE_QUOTE = re.compile(r"(?<![\w`])`([^`'\n]{1,80})'(?![\w'])")


def clean(raw: str) -> str:
    """The one text of `raw`: Unicode in NFC, formulas as TeX between `$…$`, nothing else marked.

    LaTeX prose, known tags and entities are read; control, bidirectional and zero-width
    characters go; white space is folded, a paragraph being "\\n\\n". A dollar that could be taken
    for a formula's is written `\\$`. Idempotent, total, and linear in the length of `raw`.
    """
    if is_plainly_clean(raw):
        return raw
    if raw.isascii() and raw.replace("\n", "").isprintable() and not _is_marked(raw):
        # As most texts are: all but their white space is right.
        return _folded(raw)
    text = raw
    for _ in range(_MOST_PASSES):
        before, text = text, _one_pass(text)
        if text == before or is_plainly_clean(text):
            return text
    # Only text made to resist, such as markup spelt in markup six deep, comes here.
    return _folded(_MARKS.sub(" ", text))


def is_plainly_clean(text: str) -> bool:
    """Whether a few fast searches show that cleaning would change nothing."""
    if text.isascii():
        suspect = not text.isprintable()
    else:
        suspect = bool(_SUSPECT.search(text)) or not unicodedata.is_normalized("NFC", text)
    return not (
        suspect or _is_marked(text) or "  " in text or text[:1].isspace() or text[-1:].isspace()
    )


def _is_marked(text: str) -> bool:
    """Whether a text may hold markup, marks of TeX or what they leave behind, in ASCII."""
    # One search for each sign, which takes a twentieth of the time of a class of them all.
    return (
        "\\" in text
        or "$" in text
        or "&" in text
        or "<" in text
        or "{" in text
        or "}" in text
        or "~" in text
        or "`" in text
        or "^" in text
        or "--" in text
        or "''" in text
        or "/su" in text
    )


def plain(cleaned: str) -> str:
    """A cleaned text for the index, the encoder and the terminal: formulas as Unicode, no `$…$`.

    `$\\mathcal{O}(n^2)$` is `O(n²)`, `R$^2$` is `R²`, `\\$5` is `$5`.
    """
    if "$" not in cleaned:
        return cleaned
    parts = [
        formulas.readable(content) if maths else content.replace("\\$", "$")
        for maths, content in formulas.split(cleaned)
    ]
    return unicodedata.normalize("NFC", "".join(parts))


def _one_pass(text: str) -> str:
    text = markup.stripped(characters.mended(text))
    if "\\\\(" in text and "\\\\)" in text:
        # Escaped once too often: `\\(x\\)`.
        text = text.replace("\\\\(", "\\(").replace("\\\\)", "\\)")
    parts = formulas.split(text)
    held = [content for maths, content in parts if maths]
    numbers = iter(range(len(held)))
    prose = "".join(
        f"{latex.HELD_OPEN}{next(numbers)}{latex.HELD_CLOSE}" if maths else content
        for maths, content in parts
    )
    if "\\" in prose or "{" in prose or "}" in prose:
        prose = latex.prose(prose)
    return _restored(_folded(_typeset(prose)), held)


def _typeset(prose: str) -> str:
    """Ties, dashes and quotation marks as TeX's fonts set them."""
    if "~" in prose:
        prose = _TIE.sub(lambda found: _tie(found, prose), prose)
    if "--" in prose:
        prose = _DASHES.sub(lambda found: "–" if len(found[0]) == 2 else "—", prose)  # noqa: RUF001
    if "''" in prose:
        prose = _OPENING_QUOTE.sub("“", prose)
    if "`" in prose:
        prose = _DOUBLE_QUOTE.sub("“", prose)
        prose = _SINGLE_QUOTE.sub(r"‘\1’", prose)  # noqa: RUF001
    return _CLOSING_QUOTE.sub("”", prose) if "''" in prose and "“" in prose else prose


def _tie(found: re.Match[str], prose: str) -> str:
    """A blank, unless the tilde says "from … to" (`5~10`)."""
    return "~" if _RANGE.match(prose, found.start()) else " "


def _folded(text: str) -> str:
    """White space as single blanks, paragraphs as one empty line; NFC."""
    if _BLANK_LINE.search(text.strip()):
        lines = (" ".join(line.split()) for line in text.split("\n"))
        paragraphs = re.split(r"\n{2,}", "\n".join(lines).strip("\n"))
        text = "\n\n".join(paragraph.replace("\n", " ") for paragraph in paragraphs)
    else:
        text = " ".join(text.split())
    return unicodedata.normalize("NFC", text)


def _restored(prose: str, held: list[str]) -> str:
    """Prose with its formulas put back, dollars that are money told from theirs."""
    if latex.DOLLAR in prose:
        prose = prose.replace(latex.DOLLAR, "$")
    if not held and "$" not in prose:
        return prose
    parts: list[formulas.Part] = []
    done = 0
    for found in _HELD.finditer(prose):
        parts.append((False, prose[done : found.start()]))
        content = held[int(found[1])]
        as_prose = formulas.as_prose(content)
        parts.append((True, content) if as_prose is None else (False, as_prose))
        done = found.end()
    parts.append((False, prose[done:]))
    return formulas.join(parts)
