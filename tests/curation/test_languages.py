"""Which language an abstract is in."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.curation.languages import LEAST_TOLD, WORDS_OF, language, unlike_english

TEXTS = {
    "en": "We sort the pebbles of a beach by colour and find that round ones are the best.",
    "fr": "Nous présentons un modèle qui permet de trier les galets de la plage par couleur.",
    "de": "Wir zeigen, dass sich die Steine an einem Strand mit einem Netz sortieren lassen.",
    "es": "Se presenta un modelo que ordena las piedras de la playa por su color con una red.",
    "pt": "Apresentamos um modelo que ordena as pedras da praia por cor, como não se fazia.",
    "it": "Il modello che si propone ordina i sassi della spiaggia per colore con una rete.",
    "nl": "Wij laten zien dat de stenen van het strand met een netwerk te sorteren zijn.",
    "ru": "Мы показываем, что камни на пляже можно сортировать по цвету и как это делать.",
    "zh": "本文提出一种基于小型网络的卵石分类方法实验结果表明该方法可以有效地提高分类的准确率" * 2,
    "ja": "小さなネットワークを用いて小石を色で分類する手法を提案する。実験の結果を述べる。" * 2,
    "ko": "이 논문에서는 작은 네트워크를 사용하여 조약돌을 색으로 분류한다. " * 2,
    "ar": "نقدم في هذا البحث نموذجا لتصنيف الحصى على الشاطئ حسب اللون باستخدام شبكة صغيرة.",
}


@pytest.mark.parametrize("code", TEXTS)
def test_a_language_is_told_by_its_words_or_its_script(code: str) -> None:
    assert language(TEXTS[code]) == code


@pytest.mark.parametrize(
    "text",
    ["", "Nous présentons", "x" * LEAST_TOLD, "12 34 56 78 90 " * 8, "alpha beta gamma " * 8],
)
def test_what_tells_no_language_is_none(text: str) -> None:
    assert language(text) == ""


LETTERS = "abcdeéñßøł жиіяє"
ALL_WORDS = sorted({word for words in WORDS_OF.values() for word in words.split()})
SAID = st.sampled_from([*ALL_WORDS, "kiesel", "42", "x_y"]) | st.text(LETTERS, max_size=5)


@given(st.lists(SAID, max_size=40))
def test_words_count_for_every_language_that_has_them(words: list[str]) -> None:
    text = " ".join(words)
    found = re.findall(r"[^\W\d_]+", text[:600].lower())
    counts = {code: sum(word in of.split() for word in found) for code, of in WORDS_OF.items()}
    (best, most), (_, following) = sorted(counts.items(), key=lambda one: -one[1])[:2]
    sure = bool(found) and most >= 0.12 * len(found) and most >= 1.25 * following
    assert unlike_english(text) == (best if sure else "")
