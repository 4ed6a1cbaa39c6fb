"""What an engine can be asked for: words, phrases, ranges and tags, joined into one query."""

from dataclasses import dataclass
from typing import Literal

TextField = Literal["text", "title", "abstract", "author", "venue"]
"""Where words are looked for; `text` is title and abstract together."""

TagField = Literal["category", "has"]


@dataclass(frozen=True, slots=True)
class Words:
    """All words of `text`, in any order and inflection, in one field."""

    text: str
    field: TextField = "text"


@dataclass(frozen=True, slots=True)
class Phrase:
    """The words of `text` side by side, in this order."""

    text: str
    field: TextField = "text"


@dataclass(frozen=True, slots=True)
class Years:
    """First announced from `first` to `last`, both included; None is open."""

    first: int | None = None
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """Filed after another: with a key above `key`."""

    key: int


@dataclass(frozen=True, slots=True)
class Tagged:
    """Holds exactly this tag, whatever its case: a category (`cs.CL`, `cs`), or `code`, `pdf`, …"""

    field: TagField
    value: str


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of the clauses."""

    clauses: tuple["Clause", ...]


Clause = Words | Phrase | Years | Later | Tagged | Either


@dataclass(frozen=True, slots=True)
class WordQuery:
    """What is wanted (scored, as many as can be), what must be, and what must not be."""

    wanted: tuple[Clause, ...] = ()
    required: tuple[Clause, ...] = ()
    excluded: tuple[Clause, ...] = ()

    @property
    def constrains(self) -> bool:
        """Whether some papers are ruled out."""
        return bool(self.required or self.excluded)
