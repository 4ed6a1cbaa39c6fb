"""Which texts are flagged, by what, and which are not."""

import base64
import hashlib

from broadsheet.curation import LOWERING, flags, sentence_digests
from broadsheet.papers import Facts, Finding, Stage

HONEST = (
    "Attention over a book is slow. We let it rise and fall in waves, so that each word is read in "
    "full once per wave and in outline otherwise. On four collections of novels the answers are as "
    "good as with full attention, at a ninth of the cost. We also show that readers prefer them, "
    "and that a smaller model with waves is better than a larger one that reads every word twice."
)


def named(facts: Facts) -> dict[str, str]:
    return {one.name: one.detail for one in flags(facts)}


def test_an_honest_abstract_has_no_flag() -> None:
    assert flags(Facts(title="Tidal Attention", abstract=HONEST)) == ()
    assert flags(Facts(title="Tidal Attention")) == ()
    assert flags(Facts(title="Short", abstract="Too short to tell.")) == ()


def test_a_title_over_and_over_is_stuffed_and_repetitive() -> None:
    title = "fast parallel sorting of pebbles"
    found = named(Facts(title=title, abstract=" ".join([title] * 30)))
    assert found["stuffed"] == "100% of its words are those of the title"
    assert found["repetitive"].startswith("compresses to ")
    assert set(found) >= LOWERING


def test_few_different_words_are_stuffed_under_any_title() -> None:
    found = named(Facts(title="Another", abstract="neural network deep learning model " * 12))
    assert found["stuffed"] == "8% of its words are different ones"


def test_a_list_of_keywords_without_a_sentence_is_stuffed() -> None:
    words = " ".join(f"keyword{n} topic{n}" for n in range(40))
    found = named(Facts(title="Everything", abstract=words))
    assert found["stuffed"] == "0% of its words are function words"


def test_digests_in_place_of_prose_are_noisy() -> None:
    digests = " ".join(
        base64.b64encode(hashlib.sha256(bytes([n])).digest()).decode() for n in range(12)
    )
    found = named(Facts(title="Data", abstract=f"The files of this release: {digests}"))
    assert "noisy" in found
    assert "noisy" not in LOWERING


def test_another_language_is_told_and_lowers_nothing() -> None:
    french = (
        "Nous présentons dans cet article un modèle qui permet de lire les textes et d’en extraire "  # noqa: RUF001
        "des séquences pertinentes pour la recherche dans un corpus."
    )
    assert flags(Facts(title="Lire", abstract=french)) == (Finding(Stage.FLAG, "language", "fr"),)
    assert "language" not in LOWERING


def test_text_that_many_abstracts_share_is_told_with_its_share() -> None:
    shared = "To manage your alert preferences, click on the button below."
    abstract = f"{shared} {HONEST[:120]}"
    (digest,) = sentence_digests(shared)
    (found,) = flags(Facts(title="Alerts", abstract=abstract), frozenset([digest]))
    assert (found.name, found.detail) == ("template", "33% of it is in many abstracts")
    assert flags(Facts(title="Alerts", abstract=abstract)) == ()
