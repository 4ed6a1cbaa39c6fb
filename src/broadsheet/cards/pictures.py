"""A paper, an edition or a list as a picture for previews of links: 1200 x 630 points, PNG.

Drawn with the font that Pillow brings (Aileron), which knows few letters: what it lacks is
written with the nearest that it has, or named.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from io import BytesIO
from itertools import groupby

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630
LONGEST_TEXT = 400
"""Characters of a text that are looked at; no picture shows more."""
_MARGIN = 64
_INK, _FADED, _HAIR, _PAPER = 0, 72, 200, 255
"""Drawn in greys, which are then the shades between the colours of ink and paper."""
_STEP = 8
_ACCENT = 1
"""A grey that no shade is, for the one other colour."""
_INK_COLOUR, _PAPER_COLOUR, _ACCENT_COLOUR = (27, 25, 22), (251, 248, 241), (163, 52, 31)
_SIZES = (76, 66, 58, 50, 44)
"""Points of a title, the greatest in which it fits."""
_TITLE_HEIGHT = 300
_LEADING = 1.16
_MOST_LINES = 6
_REPEATED = re.compile(r"(\[[^\]]+\])(?:[\s,.:;-]*\1)+")
_LATIN = {
    "Ø": "O",
    "ø": "o",
    "Ł": "L",
    "ł": "l",
    "Đ": "D",
    "đ": "d",
    "\N{LATIN SMALL LETTER DOTLESS I}": "i",
    "ß": "ss",
    "Æ": "AE",
    "æ": "ae",
    "Œ": "OE",
    "œ": "oe",
}
"""Latin letters that no decomposition brings back to others."""
_SCRIPTS = {"cjk": "Chinese", "hiragana": "Japanese", "katakana": "Japanese", "hangul": "Korean"}
_GREEK = "Greek letters"
_LACKING = "\U0010fffd"
"""A private character that no font has: what is drawn for it is the sign for a missing one."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What a picture says: the masthead, what it is of, its title, a line or a list, a last line.

    With `items` the title is smaller, and they stand beneath it as a list.
    """

    site: str
    label: str
    title: str
    foot: str = ""
    items: tuple[str, ...] = ()


def drawn(picture: Picture) -> bytes:
    """The picture as PNG; some tens of milliseconds of work, whatever the texts are."""
    image = Image.new("L", (WIDTH, HEIGHT), _PAPER)
    draw = ImageDraw.Draw(image)
    _masthead(draw, picture)
    below = _title(draw, picture)
    if picture.items:
        _items(draw, picture.items, below)
    if picture.foot:
        _line(draw, HEIGHT - 78, picture.foot, 30, _FADED)
    # Few shades: a picture is then some 20 kB, and written in no time.
    image = image.point([min(255, round(grey / _STEP) * _STEP) for grey in range(256)])
    image.putpalette(_palette())
    ImageDraw.Draw(image).rectangle((0, HEIGHT - 14, WIDTH, HEIGHT), fill=_ACCENT)
    written = BytesIO()
    image.save(written, "PNG", compress_level=6)
    return written.getvalue()


def _palette() -> list[int]:
    """Red, green and blue of each grey."""
    shades = [
        round(ink + (paper - ink) * grey / 255)
        for grey in range(256)
        for ink, paper in zip(_INK_COLOUR, _PAPER_COLOUR, strict=True)
    ]
    shades[3 * _ACCENT : 3 * _ACCENT + 3] = _ACCENT_COLOUR
    return shades


def _masthead(draw: ImageDraw.ImageDraw, picture: Picture) -> None:
    """The name of the site, what the picture is of, and a double rule."""
    label = _shortened(picture.label, 28, WIDTH // 2)
    free = WIDTH - 2 * _MARGIN - _width(label, 28) - 40
    site = _shortened(picture.site, 46, free)
    draw.text((_MARGIN, 38), site, _INK, _font(46), stroke_width=1, stroke_fill=_INK)
    draw.text((WIDTH - _MARGIN, 58), label, _FADED, _font(28), anchor="ra")
    for top, thick in ((112, 4), (121, 2)):
        draw.rectangle((_MARGIN, top, WIDTH - _MARGIN, top + thick - 1), fill=_INK)


def _title(draw: ImageDraw.ImageDraw, picture: Picture) -> int:
    """The title in the greatest size in which it fits; where it ends."""
    room = 80 if picture.items else _TITLE_HEIGHT
    sizes = _SIZES[2:] if picture.items else _SIZES
    size, lines = _fitted(readable(picture.title), sizes, room)
    top = 158
    for line in lines:
        draw.text((_MARGIN, top), line, _INK, _font(size), stroke_width=1, stroke_fill=_INK)
        top += round(size * _LEADING)
    return top


def _items(draw: ImageDraw.ImageDraw, items: tuple[str, ...], top: int) -> None:
    top += 18
    for number, item in enumerate(items, 1):
        if top > HEIGHT - 130:
            break
        draw.text((_MARGIN, top), f"{number}", _FADED, _font(32))
        text = _shortened(readable(item), 32, WIDTH - 2 * _MARGIN - 48)
        draw.text((_MARGIN + 48, top), text, _INK, _font(32))
        top += 52
        draw.line((_MARGIN, top - 8, WIDTH - _MARGIN, top - 8), _HAIR)


def _line(draw: ImageDraw.ImageDraw, top: int, text: str, size: int, grey: int) -> None:
    shown = _shortened(readable(text), size, WIDTH - 2 * _MARGIN)
    draw.text((_MARGIN, top), shown, grey, _font(size))


def _fitted(text: str, sizes: tuple[int, ...], room: int) -> tuple[int, list[str]]:
    """The greatest of the sizes in which a text fits, and its lines; cut in the smallest."""
    for size in sizes:
        lines = _wrapped(text, size)
        if round(size * _LEADING) * len(lines) <= room:
            return size, lines
    most = max(1, min(_MOST_LINES, room // round(size * _LEADING)))
    if len(lines) > most:
        last = _shortened(f"{lines[most - 1]} {lines[most]}", size, WIDTH - 2 * _MARGIN)
        lines = [*lines[: most - 1], last]
    return size, lines


def _wrapped(text: str, size: int) -> list[str]:
    """Lines no wider than the page; a word that is too long is broken."""
    lines, line, free = list[str](), "", WIDTH - 2 * _MARGIN
    for word in _words(text, size, free):
        joined = f"{line} {word}" if line else word
        if line and _width(joined, size) > free:
            lines.append(line)
            line = word
        else:
            line = joined
    return [*lines, line] if line else lines


def _words(text: str, size: int, free: int) -> Iterator[str]:
    for word in text.split():
        while _width(word, size) > free:
            most = max(1, _most(word, size, free))
            yield word[:most]
            word = word[most:]
        yield word


def _shortened(text: str, size: int, free: float) -> str:
    """A text on one line, cut at a word where it is too wide."""
    text = " ".join(readable(text).split())
    if _width(text, size) <= free:
        return text
    text = text[: _most(text, size, free - _width("…", size))]
    whole = text.rsplit(" ", 1)[0] if " " in text else text
    return f"{whole.rstrip(' ,;:')}…"


def _most(text: str, size: int, free: float) -> int:
    """How many characters from the first on are no wider than `free`."""
    return bisect_right(range(1, len(text) + 1), free, key=lambda n: _width(text[:n], size))


def readable(text: str) -> str:
    """A text as the font can show it, which knows few letters beyond ASCII.

    Latin letters lose their marks, a Greek letter or a sign is named, and in place of words in
    other scripts it says which script they are in.
    """
    known = "".join(_nearest(letter) for letter in text[:LONGEST_TEXT])
    parts = []
    for script, letters in groupby(known, key=_script_if_lacking):
        found = "".join(letters)
        if not script:
            parts.append(found)
        elif script.endswith("letters") and not (script == _GREEK and len(found) == 1):
            parts.append(f" [{script}] ")
        else:
            parts.append(" ".join(("", *map(_named, found), "")))
    return _REPEATED.sub(r"\1", " ".join("".join(parts).split()))


@lru_cache(4096)
def _nearest(letter: str) -> str:
    """A letter, or what is nearest to it of what the font has."""
    if letter.isspace() or not letter.isprintable():
        return " "
    if not _is_lacking(letter):
        return letter
    if unicodedata.category(letter) == "Pd":
        return "-"
    plain = "".join(
        _LATIN.get(part, part)
        for part in unicodedata.normalize("NFKD", letter)
        if not unicodedata.combining(part)
    )
    return plain if not any(map(_is_lacking, plain)) else letter


@lru_cache(4096)
def _script_if_lacking(letter: str) -> str:
    """What to say of a letter that the font does not have; empty for one that it has."""
    if not _is_lacking(letter):
        return ""
    if unicodedata.category(letter)[0] != "L":
        return "sign"
    script = unicodedata.name(letter, "unknown").lower().split(maxsplit=1)[0]
    return f"{_SCRIPTS.get(script, script.capitalize())} letters"


def _named(letter: str) -> str:
    """What a sign or a single letter is called: `infinity`, `alpha`."""
    name = unicodedata.name(letter, "a sign").lower()
    return name.split("letter ")[-1]


def _is_lacking(letter: str) -> bool:
    """Whether the font draws its sign for a missing character."""
    if letter.isspace():
        return False
    font = _font(24)
    return bytes(font.getmask(letter)) == bytes(font.getmask(_LACKING))


def _width(text: str, size: int) -> float:
    return float(_font(size).getlength(text))


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font
