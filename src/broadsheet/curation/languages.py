"""Which language a text is in, told by its script and by its function words.

After Grefenstette, "Comparing Two Language Identification Schemes" (JADT 1995): in texts of a
sentence or more, the short frequent words of a language tell it as well as its trigrams do.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import Final

LEAST_TOLD: Final = 60
"""Characters under which a language is anybody's guess."""
ENGLISH: Final = 0.12
"""The share of function words that tells English without a look at other languages."""
_LEAST_SHARE: Final = 0.12
_MARGIN: Final = 1.25
"""The best language has so many times the function words of the next, or none is told."""
_LOOKED_AT = 600
_SCRIPT_SHARE = 0.2
_WORD = re.compile(r"[^\W\d_]+")
_ASCII_WORDS = "".join(chr(code) if chr(code).isalpha() else " " for code in range(128))
"""What `_WORD` finds in ASCII, as a table: all other signs are blanks."""
_SCRIPTS = {
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "CJK": "zh",
    "ARABIC": "ar",
    "HEBREW": "he",
    "GREEK": "el",
    "THAI": "th",
    "DEVANAGARI": "hi",
    "BENGALI": "bn",
    "TAMIL": "ta",
    "ARMENIAN": "hy",
    "GEORGIAN": "ka",
}
"""The first word of a letter's Unicode name, and the language that papers in it are mostly in."""
WORDS_OF: Final = {
    "en": "the of and to in a is that for on with as by we this are be it an at from or which our "
    "can not have has these their using between such than was were",
    "fr": "de la le les des et en un une du que pour dans est par sur au aux ce cette nous qui "
    "avec sont ces ou plus pas se d l qu ainsi leur",
    "de": "der die das und in den von zu mit ist für auf ein eine einer des dem im wird werden "
    "als auch sich wir nicht es an sind bei durch dass oder",
    "es": "de la el en y que los las un una del para con por se es al como su sus más este esta "
    "lo son ha o entre sobre no",
    "pt": "de a o e do da em que os as um uma para com dos das no na por se é ao como mais este "
    "esta são ou não foi pela pelo",
    "it": "di e il la che in un una per del della dei le i con è si da sono al nel delle come "
    "più questo questa alla gli non anche",
    "nl": "de het een van en in is dat op te voor met zijn die aan door als wij deze niet ook er "
    "om bij worden wordt of naar",
    "sv": "och att det i en som på är av för med den till ett inte de vi har om kan från eller "
    "denna detta var",
    "da": "og at det i en som på er af for med den til et ikke de vi har om kan fra eller denne "
    "dette ved",
    "pl": "i w z na do się jest że oraz o od dla przez nie jak są to tym który która które po za "
    "lub",
    "cs": "a v se na je z s do pro že jako o jsou to které který nebo od při k by ve tato tento",
    "tr": "ve bir bu için ile olarak de da olan daha en gibi çok ise kadar sonra üzerinde bu veya",
    "ro": "și de în la a cu pe un o din pentru este care sunt prin ale al mai acest această sau "
    "ce nu",
    "hu": "a az és hogy is egy nem ez meg volt vagy mint azt de ki csak már el",
    "fi": "ja on ei että se en hän mutta oli ovat joka tai kun myös tämä sekä voidaan",
    "id": "dan yang di dengan untuk dari pada dalam ini adalah ke sebagai atau oleh akan tidak "
    "juga dapat",
    "ru": "и в на с что по для не из к как это при от мы также или их его является",  # noqa: RUF001
    "uk": "і в на з що для не із до як це та при від ми також або їх його є",  # noqa: RUF001
}
FUNCTION_WORDS: Final = frozenset(WORDS_OF["en"].split())
_LANGUAGES_OF = {
    word: tuple(code for code, words in WORDS_OF.items() if word in words.split())
    for words in WORDS_OF.values()
    for word in words.split()
}
"""The languages that each function word belongs to."""


def spoken(words: Sequence[str]) -> float:
    """The share (0 to 1) of lower-case words that are function words of English."""
    return sum(map(FUNCTION_WORDS.__contains__, words)) / max(1, len(words))


def language(text: str) -> str:
    """The ISO 639-1 code of the language of a text; "" where it is short or no language stands out.

    Twenty-eight are known; of scripts that several languages share, the one most papers are in.
    """
    if len(text) < LEAST_TOLD:
        return ""
    return "en" if spoken(text.lower().split()) >= ENGLISH else unlike_english(text)


def unlike_english(text: str) -> str:
    """As `language`, of a text that its function words do not show to be English right away."""
    text = text[:_LOOKED_AT]
    if text.isascii():
        return _of_words(text.lower().translate(_ASCII_WORDS).split())
    return _of_script(text) or _of_words(_WORD.findall(text.lower()))


def _of_script(text: str) -> str:
    """The language that the letters of a script of its own tell, if enough of them are there."""
    letters = [sign for sign in text if sign.isalpha()]
    names = (unicodedata.name(sign, "").split(" ")[0] for sign in letters if sign > "\u0370")
    told = Counter(_SCRIPTS[name] for name in names if name in _SCRIPTS)
    if not told or sum(told.values()) < _SCRIPT_SHARE * len(letters):
        return ""
    # Japanese is written in Chinese characters too; a syllable script among them tells it.
    return "ja" if told["ja"] else told.most_common(1)[0][0]


def _of_words(words: Sequence[str]) -> str:
    counts = Counter(chain.from_iterable(filter(None, map(_LANGUAGES_OF.get, words))))
    if not counts:
        return ""
    (best, most), (_, next_most) = [*counts.most_common(2), ("", 0)][:2]
    sure = most >= _LEAST_SHARE * len(words) and most >= _MARGIN * next_most
    return best if sure else ""
