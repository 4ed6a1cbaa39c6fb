"""Clean text: LaTeX to Unicode, formulas kept as TeX, title keys, sentences, snippets."""

from broadsheet.text.characters import mended, storable
from broadsheet.text.cleaning import clean, is_plainly_clean, plain
from broadsheet.text.keys import title_key
from broadsheet.text.snippets import Snippet, sentences, shortened, snippet

__all__ = [
    "Snippet",
    "clean",
    "is_plainly_clean",
    "mended",
    "plain",
    "sentences",
    "shortened",
    "snippet",
    "storable",
    "title_key",
]
