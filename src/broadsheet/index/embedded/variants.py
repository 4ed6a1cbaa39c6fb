"""Other ways to write a word: British and American spelling, in one word, with a hyphen or in two.

The rules propose; only forms that documents hold are looked for. So a rule may be wider than the
language ("vectour" is proposed, and held by none), but must not lead to another word.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from broadsheet.index.embedded.fields import stems
from broadsheet.index.embedded.stopwords import STOPWORDS
from broadsheet.index.encoders import is_english

SPELLING_WEIGHT = 0.95
"""What a word in another spelling counts, as a share of the same word as it was typed."""
JOINED_WEIGHT = 0.8
"""What two words in one count, or one in two."""
_REMEMBERED = 1 << 14
_LEAST_PART = 4
"""Letters of either half of a joined word that begins with none of the prefixes."""
_LEAST_REST = 3
_SPELLINGS = (
    # What stands before, how the British write it, how the Americans do, and what follows.
    (r"\w{3,}|od", "our", "or", r"(?:s|ed|ings?|al(?:ly)?|abl[ey]|ites?|ful|less|hoods?|ers?|ly)?"),
    (r"(?!expert)\w{3,}", "is", "iz", r"(?:e[drs]?|ers|ing|ations?|ational|able|ability)"),
    (r"\w*(?:ana|cata|dia|para|ro|ode|oto)ly", "s", "z", r"(?:e[drs]?|ers|ing)"),
    (r"\w*(?:cent|fib|lust|theat|tit)|calib|louv|meag|sab|somb|spect", "re", "er", "s?"),
    (r"(?:centi|deci|kilo|micro|milli|nano|pico)?(?:met|lit)", "re", "er", "s?"),
    (r"cent|calib", "red", "ered", ""),
    (r"cent", "ring", "ering", ""),
    (r"\w*(?:ana|cata|dia|homo|ortho|para|mono|epi)lo", "gue", "g", r"s?"),
    (r"\w*(?:ana|cata|dia)lo", "gu", "g", r"(?:ed|ing|ers?)"),
    (r"(?:due|dia|fue|via|crue)", "ll", "l", r"(?:ed|ing|ers?)"),
    (r"(?:distil|enrol|fulfil|instil)", "", "l", r"(?:ment)?s?"),
    (r"(?:counsel|instal|skil|wil)", "", "l", r"(?:ors?|ments?|ful)"),
    (r"\w+", "aem", "em", r"i(?:as?|c)"),
    (r"", "haem", "hem", r"\w{3,}"),
    (r"(?:ortho)?p", "aed", "ed", r"\w{3,}"),
    (r"(?:an|encyclop|gyn|pal|arch|medi|prim|c)", "ae", "e", r"\w{3,}"),
    (r"", "ae", "e", r"(?:tiolog|stheti)\w+"),
    (r"(?:hyper|hypo|di|an)?", "oe", "e", r"(?:strogen|stradiol|sophag|dema)\w*"),
    (r"f", "oe", "e", r"t(?:us|uses|al)"),
    (r"diarrh", "oe", "e", r"a\w*"),
    (r"man", "oeuvr", "euver", r"(?:ed|ing|able|ability)"),
    (r"man", "oeuvre", "euver", r"s?"),
    (r"\w*sul", "ph", "f", r"\w*"),
    (r"(?:def|off|pret|lic)en", "c", "s", r"es?"),
    (r"practi", "s", "c", r"(?:e[ds]?|ing)"),
    (r"\w*gram", "me", "", r"s?"),
    (r"(?:judg|acknowledg|abridg)", "e", "", r"ments?"),
    (r"ag", "e", "", r"ing"),
    (r"art", "e", "i", r"fact\w*"),
    (r"\w*alumin", "i", "", r"um"),
    (r"special", "i", "", r"t(?:y|ies)"),
    (r"orient", "at", "", r"ed"),
    (r"prevent", "at", "", r"ive"),
    (r"s", "c", "k", r"eptic\w*"),
    (r"gr", "e", "a", r"y(?:s|ish|scale|level)?"),
    (r"pl", "ough", "ow", r"(?:s|ed|ing)?"),
    (r"dra", "ugh", "f", r"ts?"),
    (r"m", "ou", "o", r"ld(?:s|ed|ing)?"),
    (r"dis", "c", "k", r"s?"),
    (r"(?:en|de)?c", "y", "i", r"pher\w*"),
    (r"(?:conn|infl|refl|defl)e", "x", "ct", r"ions?"),
    (r"(?:learn|burn|dream)", "t", "ed", ""),
)
_PREFIXES = frozenset(
    "aero anti auto bi bio cardio co counter cross cyber data de down electro ex extra fore geo "
    "half high hydro hyper inter intra iso low macro magneto mega meta micro mid mini mis mono "
    "multi nano neuro non off omni out over para peri photo poly post pre pro proto pseudo psycho "
    "quasi re radio self semi socio sub super tele thermo trans tri two ultra un under up".split()
)
_BOUND = re.compile(r"anti|co(?=[aeiou])|hyper|inter|intra|macro|micro|multi|non|post|semi|ultra")
"""Prefixes that are likely ones in plain English words too ("nonlinear", "cooperation")."""
_ENDINGS = frozenset("able ible ment ness ship some".split())
_HYPHEN = re.compile(r"[-\u2010\u2011]")
_COMPOUND = re.compile(rf"[^\W_]+(?:{_HYPHEN.pattern}[^\W_]+)+")
_NUMBERED = re.compile(r"([a-z]{2,})(\d+)")

Form = tuple[str, ...]
"""A stem, or two side by side."""


@dataclass(frozen=True, slots=True)
class Variants:
    """What may stand in place of each stem of a text: in another spelling, in two words, in one."""

    spelt: Mapping[str, tuple[Form, ...]]
    parted: Mapping[str, tuple[Form, ...]]
    joined: Mapping[str, tuple[Form, ...]]

    def of(self, stem: str) -> dict[Form, float]:
        """The other forms of one stem, each with its weight, below that of the stem itself."""
        return {
            **dict.fromkeys(self.joined.get(stem, ()), JOINED_WEIGHT),
            **dict.fromkeys(self.parted.get(stem, ()), JOINED_WEIGHT),
            **dict.fromkeys(self.spelt.get(stem, ()), SPELLING_WEIGHT),
        }

    def forms(self) -> set[Form]:
        """All of them."""
        kinds = (self.spelt, self.parted, self.joined)
        return {form for kind in kinds for forms in kind.values() for form in forms}


NO_VARIANTS = Variants({}, {}, {})


def variants(text: str, words: Sequence[str], held: Callable[[str], int]) -> Variants:
    """The variants of a text, whose folded words are `words`, that documents hold.

    `held` counts the documents that hold a stem; two words side by side need only be held each.
    """

    def known(ways: Mapping[str, Iterable[Form]]) -> dict[str, tuple[Form, ...]]:
        kept = {
            stem: tuple(
                form
                for form in dict.fromkeys(forms)
                if form and form != (stem,) and all(map(held, form))
            )
            for stem, forms in ways.items()
        }
        return {stem: forms for stem, forms in kept.items() if forms}

    single = {word: stems(word)[0] for word in words}
    joined: dict[str, list[Form]] = {}
    for first, second in joinings(text, words):
        for part in (first, second):
            joined.setdefault(single[part], []).append(stems(first + second))
    return Variants(
        known(_by_stem(single, lambda word: map(stems, spellings(word)))),
        known(_by_stem(single, lambda word: (stems(a) + stems(b) for a, b in partings(word)))),
        known(joined),
    )


@lru_cache(_REMEMBERED)
def spellings(word: str) -> tuple[str, ...]:
    """The other spellings that rules propose for a folded word, at most a few.

    Two rules of one word are followed alone and together ("colourise": "colorise", "colourize",
    "colorize").
    """
    found = {word: None}
    for rules in _RULES:
        for form in list(found):
            found |= dict.fromkeys(_swapped(rules, form))
    del found[word]
    return tuple(found)


@lru_cache(_REMEMBERED)
def partings(word: str) -> tuple[tuple[str, str], ...]:
    """The ways to write a folded word in two, likely ones alone; hardly any of plain English words.

    "covid19", "multimodal" and "boundarylayer" have one each, "network" and "therapist" none.
    """
    if numbered := _NUMBERED.fullmatch(word):
        return ((numbered[1], numbered[2]),)
    if not word.isalpha():
        return ()
    likely = _is_bound if is_english(word) else _is_likely
    ways = [(word[:at], word[at:]) for at in range(2, len(word) - _LEAST_REST + 1)]
    return tuple(way for way in ways if likely(*way))


def joinings(text: str, words: Sequence[str]) -> list[tuple[str, str]]:
    """The pairs of words side by side that may be written in one; `words` are the text's, folded.

    Stopwords and single letters are part of none ("in formation"), unless a hyphen in the text says
    so ("over-fitting", "x-ray").
    """
    hyphened = {
        pair
        for compound in _COMPOUND.findall(text.lower())
        for pair in pairwise(_HYPHEN.split(compound))
    }
    pairs = dict.fromkeys(pairwise(words))
    return [pair for pair in pairs if pair in hyphened or _may_join(*pair)]


def _by_stem(
    single: Mapping[str, str], ways: Callable[[str], Iterable[Form]]
) -> dict[str, list[Form]]:
    """The ways of writing the words, by the stem of each."""
    found: dict[str, list[Form]] = {}
    for word, stem in single.items():
        found.setdefault(stem, []).extend(ways(word))
    return found


def _may_join(first: str, second: str) -> bool:
    if first in STOPWORDS or second in STOPWORDS or (first.isdigit() and second.isdigit()):
        return False
    return all(len(part) > 1 or part.isdigit() for part in (first, second))


def _is_bound(first: str, second: str) -> bool:
    found = _BOUND.match(first + second)
    return found is not None and found[0] == first and second not in STOPWORDS


def _is_likely(first: str, second: str) -> bool:
    if second in STOPWORDS or second in _ENDINGS:
        return False
    long_enough = min(len(first), len(second)) >= _LEAST_PART
    return first in _PREFIXES or (long_enough and is_english(first) and is_english(second))


def _swapped(rules: Sequence[tuple[re.Pattern[str], str]], word: str) -> Iterator[str]:
    for pattern, other in rules:
        if found := pattern.fullmatch(word):
            yield found[1] + other + found[2]


_RULES = tuple(
    (
        (re.compile(f"({before}){british}({after})"), american),
        (re.compile(f"({before}){american}({after})"), british),
    )
    for before, british, american, after in _SPELLINGS
)
