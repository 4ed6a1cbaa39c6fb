"""Sets as life has them: queries misspelt, shortened, reordered, and papers stuffed with words."""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from broadsheet.evaluation.sets import JudgedSet, Text
from broadsheet.ranking.acronyms import definitions

STUFFED_SHARE = 0.1
"""The share of the queries that a decoy is made for."""
LEAST_STUFFED = 10
"""As many have one at least, where there are so many."""
DECOY_WORDS = 100
"""A decoy's abstract has so many words or more, as an abstract has."""
_DECOY = "decoy:"
_LEAST_LETTERS = 5
_WORD = re.compile(r"[A-Za-z]+")
_SPELLINGS = (
    ("isation", "ization"),
    ("ising", "izing"),
    ("ised", "ized"),
    ("ise", "ize"),
    ("our", "or"),
    ("elling", "eling"),
    ("elled", "eled"),
    ("ogue", "og"),
    ("tre", "ter"),
)
"""British and American endings; either is turned into the other."""
_BRITISH = frozenset(
    "colour behaviour favour neighbour labour honour modelling labelling travelling modelled "
    "labelled optimise optimised optimising optimisation generalise generalised generalising "
    "generalisation recognise recognised recognising summarise summarised summarising "
    "summarisation organise organised organising organisation normalise normalised normalising "
    "normalisation tokenise tokenised tokenising tokenisation catalogue dialogue analogue centre "
    "metre fibre".split()
)
_CAPITALS = re.compile(r"(?:[^A-Z]*[A-Z]){2}")
_GREEK = frozenset("alpha beta gamma delta epsilon lambda sigma theta omega".split())
_ACCENTS = {"é": "\\'e", "è": "\\`e", "ö": '\\"o', "ü": '\\"u', "ä": '\\"a', "ñ": "\\~n"}

Change = Callable[[str, random.Random], str]


def typo(query: str, draw: random.Random) -> str:
    """Two neighbouring letters of one word of at least five letters change places."""
    words = [found for found in _WORD.finditer(query) if len(found[0]) >= _LEAST_LETTERS]
    if not words:
        return query
    chosen = draw.choice(words)
    at = chosen.start() + draw.randrange(1, len(chosen[0]) - 1)
    return query[:at] + query[at + 1] + query[at] + query[at + 2 :]


def dropped(query: str, draw: random.Random) -> str:
    """One word of at least three is left out."""
    words = query.split()
    if len(words) < 3:
        return query
    words.pop(draw.randrange(len(words)))
    return " ".join(words)


def shuffled(query: str, draw: random.Random) -> str:
    """The words in another order."""
    words = query.split()
    draw.shuffle(words)
    return " ".join(words)


def respelt(query: str, _draw: random.Random) -> str:
    """British words in American spelling and the other way round."""
    return _WORD.sub(lambda found: _other_spelling(found[0]), query)


def unhyphenated(query: str, _draw: random.Random) -> str:
    """Hyphens within words become spaces; without any, the first two words are joined by one."""
    if re.search(r"\w-\w", query):
        return re.sub(r"(?<=\w)-(?=\w)", " ", query)
    return re.sub(r"\A(\w+) (?=\w)", r"\1-", query)


def in_latex(query: str, _draw: random.Random) -> str:
    """Accents and Greek letters as LaTeX writes them, and the first word emphasised."""
    text = "".join(_ACCENTS.get(letter, letter) for letter in query)
    text = _WORD.sub(
        lambda found: f"$\\{found[0].lower()}$" if found[0].lower() in _GREEK else found[0], text
    )
    return re.sub(r"\A(\w+)", r"\\emph{\1}", text)


def explained(documents: Iterable[Text]) -> dict[str, str]:
    """Acronyms that documents explain, "information retrieval (IR)", and what most say they mean.

    Read by Schwartz and Hearst's algorithm; an acronym has two capitals, and stands for two words
    or more with no comma between them, in small letters.
    """
    said: dict[str, Counter[str]] = {}
    for document in documents:
        for short, meant in {*definitions(document.title), *definitions(document.text)}:
            if _CAPITALS.match(short) and " " in meant and "," not in meant:
                said.setdefault(short, Counter())[" ".join(meant.lower().split())] += 1
    return {
        short: min(counts, key=lambda meant: (-counts[meant], meant))
        for short, counts in said.items()
    }


def with_acronyms(meanings: Mapping[str, str]) -> Change:
    """A change that puts acronyms for what they stand for, and the other way round.

    The longest match wins; where two acronyms stand for the same, the first by name is put. Phrases
    may be in capitals; an acronym in small letters is a word like any other, and stays.
    """
    shorts = {meant: short for short, meant in sorted(meanings.items(), reverse=True)}
    known = sorted({*meanings, *shorts}, key=lambda form: (-len(form), form))

    def swapped(query: str, _draw: random.Random) -> str:
        folded = query.lower()
        held = [form for form in known if form.lower() in folded]
        forms = "|".join(f"(?{'' if form in meanings else 'i'}:{re.escape(form)})" for form in held)
        return re.sub(rf"(?<![\w-])(?:{forms})(?![\w-])", other, query) if held else query

    def other(found: "re.Match[str]") -> str:
        return meanings.get(found[0]) or shorts.get(found[0].lower(), found[0])

    return swapped


def changes(documents: Iterable[Text]) -> dict[str, Change]:
    """Every change of a query, by the name it is reported under; acronyms are the documents'."""
    return {
        "typo": typo,
        "dropped word": dropped,
        "word order": shuffled,
        "spelling": respelt,
        "hyphens": unhyphenated,
        "acronyms": with_acronyms(explained(documents)),
        "LaTeX": in_latex,
    }


def changed(judged: JudgedSet, change: Change, seed: int) -> JudgedSet:
    """The set with its queries changed, each by a chance of its own, the same at every run."""
    queries = {
        name: change(text, random.Random(f"{seed}:{name}")) for name, text in judged.queries.items()
    }
    return replace(judged, queries=queries)


def decoys(judged: JudgedSet, seed: int) -> dict[str, Text]:
    """Papers stuffed with a query's words, by the query: for a tenth by chance, at least ten.

    A decoy's title is the query, its abstract the query over and over; none answers anything.
    """
    names = sorted(judged.queries)
    count = max(round(len(names) * STUFFED_SHARE), LEAST_STUFFED)
    chosen = random.Random(seed).sample(names, min(count, len(names)))
    return {name: _decoy(name, judged.queries[name]) for name in chosen}


def _decoy(name: str, query: str) -> Text:
    times = -(-DECOY_WORDS // max(1, len(query.split())))
    return Text(_DECOY + name, query, " ".join([query] * times))


def _other_spelling(word: str) -> str:
    lower = word.lower()
    for british, american in _SPELLINGS:
        if lower in _BRITISH and lower.endswith(british):
            return word[: len(word) - len(british)] + american
        if lower.endswith(american):
            turned = lower[: len(lower) - len(american)] + british
            if turned in _BRITISH:
                return word[: len(word) - len(american)] + british
    return word
