"""A text cut up for reading: its sentences, and the window that shows what was searched for."""

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_SPACED_END = re.compile(r"""[.!?…]["'”’)\]]{0,3}\s{1,2}|[。！？]\s?|\n\n""")  # noqa: RUF001
_GLUED_END = re.compile(r"(?<=[a-z0-9][a-z0-9)%])[.!?](?=[A-Z][a-z]{1,20}[ ,])")
_WORD_BEFORE = re.compile(r"[\w.]{0,12}\Z")
_OPENING = "\"'“‘([$«"  # noqa: RUF001
_ABBREVIATED = (
    "e.g i.e al etc vs cf fig figs eq eqs sec secs tab ref refs no nos vol pp dr mr mrs ms prof st"
    " approx resp ca viz ed eds jr u.s a.k.a w.r.t i.i.d s.t"
)
_ABBREVIATIONS = frozenset(_ABBREVIATED.split())
_ELLIPSIS = "…"
_WORD_REACH = 24


@dataclass(frozen=True, slots=True)
class Snippet:
    """A passage and the places in it, `(start, end)` in characters, that are to be marked."""

    text: str
    marks: tuple[tuple[int, int], ...]

    def html(self) -> str:
        """The passage as HTML: escaped, with `<mark>` around the marked places."""
        pieces = []
        done = 0
        for start, end in self.marks:
            pieces.append(html.escape(self.text[done:start]))
            pieces.append(f"<mark>{html.escape(self.text[start:end])}</mark>")
            done = end
        return "".join(pieces) + html.escape(self.text[done:])


def sentences(plain: str) -> list[str]:
    """The sentences of a plain text in order, none empty; abbreviations and initials end none.

    A full stop glued to the next sentence ("models.Through") ends one too.
    """
    pieces = []
    done = 0
    for end in _sentence_ends(plain):
        pieces.append(plain[done:end].strip())
        done = end
    pieces.append(plain[done:].strip())
    return [piece for piece in pieces if piece]


def snippet(plain: str, spans: Sequence[tuple[int, int]], width: int) -> Snippet:
    """The window of about `width` characters (at least 1) with the most different marked words.

    `spans` are places in `plain`, in any order; those outside it are ignored and overlapping ones
    joined. Among equal windows the one with more marks wins, then the first. The window is cut at
    the borders of words, and `…` stands for what is left out. Linear but for sorting the spans.
    """
    if width < 1:
        raise ValueError(f"a snippet needs a width of at least 1, not {width}")
    places = _joined(plain, spans)
    if len(plain) <= width:
        return Snippet(plain, tuple(places))
    first, last = _densest(plain, places, width)
    inner_start = places[first][0] if places else 0
    inner_end = places[last][1] if places else 0
    room = max(0, width - (inner_end - inner_start))
    start = max(0, min(inner_start - room // 2, len(plain) - width))
    end = min(len(plain), max(start + width, inner_start + 1))
    start, end = _word_start(plain, start, inner_start), _word_end(plain, end, inner_end)
    head = _ELLIPSIS if start > 0 else ""
    tail = _ELLIPSIS if end < len(plain) else ""
    shift = len(head) - start
    marks = tuple((a + shift, b + shift) for a, b in places if start <= a and b <= end)
    return Snippet(head + plain[start:end] + tail, marks)


def _sentence_ends(text: str) -> Iterator[int]:
    """Where a sentence ends and the next begins, ascending."""
    ends = [found.end() for found in _SPACED_END.finditer(text) if _ends_sentence(text, found)]
    ends += [found.end() for found in _GLUED_END.finditer(text)]
    return iter(sorted(ends))


def _ends_sentence(text: str, found: re.Match[str]) -> bool:
    if found[0][0] in "\n。！？":  # noqa: RUF001
        return True
    follower = text[found.end() : found.end() + 1]
    if not follower or not (follower.isupper() or follower.isdigit() or follower in _OPENING):
        return bool(follower) and not follower.islower() and follower.isalpha()
    if found[0][0] != ".":
        return True
    word = _WORD_BEFORE.search(text, max(0, found.start() - 12), found.start())
    before = word[0] if word else ""
    is_initial = len(before) == 1 and before.isupper()
    return not is_initial and before.lower() not in _ABBREVIATIONS


def _joined(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if not 0 <= start < end <= len(text):
            continue
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _densest(text: str, places: list[tuple[int, int]], width: int) -> tuple[int, int]:
    """First and last place of the best window, by two fingers moving right."""
    words: Counter[str] = Counter()
    best, score = (0, 0), (0, 0)
    first = 0
    for last, (start, end) in enumerate(places):
        words[text[start:end].casefold()] += 1
        while first < last and end - places[first][0] > width:
            word = text[places[first][0] : places[first][1]].casefold()
            words[word] -= 1
            if not words[word]:
                del words[word]
            first += 1
        if (len(words), last - first) > score or last == 0:
            best, score = (first, last), (len(words), last - first)
    return best


def _word_start(text: str, start: int, limit: int) -> int:
    """The first border of a word from `start` on, not after `limit`; `start` if none is near."""
    if start == 0 or text[start - 1].isspace():
        return start
    for at in range(start, min(limit, start + _WORD_REACH)):
        if text[at].isspace():
            return at + 1
    return start


def _word_end(text: str, end: int, limit: int) -> int:
    """The last border of a word up to `end`, not before `limit`; `end` if none is near."""
    if end >= len(text) or text[end].isspace():
        return end
    for at in range(end - 1, max(limit, end - _WORD_REACH, 0) - 1, -1):
        if text[at].isspace():
            return at
    return end


def shortened(text: str, most: int) -> str:
    """A text of at most `most` characters, cut off behind a word if there is a blank."""
    if len(text) <= most:
        return text
    words = text[:most].rsplit(" ", 1)[0]
    return f"{words[: most - 1].rstrip(' ,;:')}…"
