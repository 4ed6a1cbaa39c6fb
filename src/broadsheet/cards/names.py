"""An author's name as bibliographies want it: the family name, and what is given before it."""

from dataclasses import dataclass

_PARTICLES = frozenset(
    "von van vom zu zum zur de der den des du la le da di do dos das del della al el bin ibn "
    "ben ter ten te 't".split()
)
_JUNIORS = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"})
_GROUPS = frozenset(
    "collaboration consortium team group committee project organization lab labs institute "
    "university".split()
)
_JOINING = frozenset(("and", "&"))


@dataclass(frozen=True, slots=True)
class FullName:
    """A person's name in parts, or a group's as a whole in `family` with `given` empty."""

    given: str
    family: str
    suffix: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether the name has one part only, as that of a group."""
        return not self.given


def split_name(name: str) -> FullName:
    """Cut a display name (`Given von Family Jr.`): particles stay with the family name.

    One word, a group's name, and what a comma or an "and" shows to be several stay whole.
    """
    words = name.split()
    suffix = ""
    if len(words) > 2 and words[-1].lower() in _JUNIORS:
        suffix = words.pop()
        words[-1] = words[-1].rstrip(",") or words[-1]
    if _is_whole(words):
        return FullName("", " ".join([*words, suffix]).strip())
    first = len(words) - 1
    while first > 1 and words[first - 1].lower() in _PARTICLES:
        first -= 1
    return FullName(" ".join(words[:first]), " ".join(words[first:]), suffix)


def _is_whole(words: list[str]) -> bool:
    """Whether the words are no person's given and family name."""
    bare = {word.strip(",.:;()").lower() for word in words}
    several = "," in "".join(words) or not _JOINING.isdisjoint(bare)
    return len(words) < 2 or several or not _GROUPS.isdisjoint(bare)
