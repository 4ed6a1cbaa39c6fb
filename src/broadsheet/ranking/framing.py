"""The frame of a question ("can you find me papers about …?"), told apart from what it asks for."""

import re

_PLEASE = r"(?:(?:hi|hello|hey|please|ok|okay|so)\b[\s,!.]*)*"
_NOUN = (
    r"(?:papers?|articles?|publications?|literature|references|reports|stud(?:y|ies)|works?|"
    r"research|evidence|information|material|discussions?|descriptions?|abstracts)"
)
_WRITTEN = r"(?:papers|articles|publications|literature)"
_WHICH = r"(?:(?:all|any|some|the|several|a\s+few|more|other|further|of)\s+)*"
_KIND = (
    r"(?:(?:best|good|most\s+\w+|main|key|relevant|important|interesting|seminal|recent|latest|"
    r"newest|new|scientific|academic|research|published)\s+)*"
)
_BEING = (
    r"(?:\s+(?:that\s+|which\s+)?(?:exist|(?:are|is)\s+(?:there|available)|are|is|"
    r"(?:has|have)\s+been\s+(?:written|published|done)|published|written|available|there))?"
)
_LINK = (
    r"(?:(?:that|which)\s+)?(?:about|on|of|for|concerning|regarding|covering|addressing|"
    r"describ(?:ing|es?)|discuss(?:ing|es)?|deal(?:s|ing)?\s+with|"
    r"related\s+to|relat(?:ing|ion)\s+to|in\s+the\s+(?:area|field)\s+of)"
)
_I = r"(?:I|we)(?:\s+(?:am|are)|['\u2019]m|['\u2019]re)"
_WOULD = r"(?:(?:I|we)(?:\s+would|['\u2019]d)\s+like|(?:I|we)\s+(?:want|need))"
_ASKS = (
    rf"(?:{_I}\s+)?(?:\w+ly\s+)?(?:looking\s+for|interested\s+in)",
    rf"{_I}\s+(?:\w+ly\s+)?(?:searching\s+for|seeking)",
    rf"{_WOULD}(?:\s+to\s+(?:find|see|read|know|learn)(?:\s+(?:about|of))?)?",
    r"(?:can|could|would|will)\s+you\s+(?:please\s+)?(?:find|show|give|recommend|suggest|list|"
    r"get|tell)(?:\s+(?:me|us))?(?:\s+about)?",
    r"(?:find|show|give|recommend|suggest|list|get|send)\s+(?:me|us)|tell\s+(?:me|us)\s+about",
    r"(?:do\s+you|does\s+anyone)\s+know(?:\s+(?:of|about))?",
    r"what\s+is\s+known\s+(?:about|of|on)",
    r"where\s+can\s+I\s+(?:find|read)(?:\s+about)?",
)
_OF_PAPERS = rf"{_WHICH}{_KIND}{_NOUN}{_BEING}"
_REST = rf"(?:\s+{_OF_PAPERS}(?:\s+(?:{_LINK}|that|whether|how)\b|(?=\s*$)))?"
_FRAMES = (
    rf"(?:{'|'.join(_ASKS)})\b{_REST}",
    rf"(?:(?:what|which)(?:\s+(?:are|is))?|(?:is|are)\s+there|find|show|list|give|get|recommend|"
    rf"suggest|anything|obtain|describe)\s+{_OF_PAPERS}\s+(?:{_LINK}|that|whether|how)\b",
    rf"{_WHICH}{_KIND}{_WRITTEN}{_BEING}\s+{_LINK}\b",
    r"(?:any\s+)?information\s+(?:on|about)\b",
    rf"{_WHICH}{_KIND}{_WRITTEN}(?:\s+published)?\s*$",
)
_FRAME = re.compile(rf"{_PLEASE}(?:{'|'.join(_FRAMES)})", re.IGNORECASE)
_UNWANTED = re.compile(
    rf"{_I}\s+not\s+(?:\w+ly\s+)?interested\s+in\b|(?:I|we)\s+do(?:n['\u2019]t|\s+not)\s+(?:want|need)\b",
    re.IGNORECASE,
)
_THANKS = re.compile(r"[\s,.!?]*\b(?:please|thanks|thank\s+you)[\s.!?]*$", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.?!])\s+")


def unframed(text: str) -> tuple[str, tuple[str, ...]]:
    """What a question asks for, and the parts of its frame; the text itself where it has none.

    Words of the topic all stay, but for sentences that say what is not wanted. A text that
    begins without a frame has none but "please" or thanks at its end.
    """
    thanks = _THANKS.search(text)
    asked = text[: thanks.start()] if thanks else text
    is_framed = _FRAME.match(asked) is not None
    kept: list[str] = []
    frame: list[str] = []
    for sentence in _SENTENCE.split(asked) if is_framed else [asked]:
        if is_framed and _UNWANTED.match(sentence):
            frame.append(sentence)
            continue
        found = _FRAME.match(sentence)
        if found:
            frame.append(found[0].strip())
        kept.append(sentence[found.end() if found else 0 :].strip())
    if thanks:
        frame.append(thanks[0].strip(" ,.!?"))
    if not frame:
        return text, ()
    return " ".join(kept).strip(" \t,;:?!."), tuple(frame)
