"""Composing: what goes into one letter, as plain values that its text is made of."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from broadsheet.cards import byline, retraction, spelt, standfirst
from broadsheet.catalogue import Desk, OnEmpty, Subscription, Wishes
from broadsheet.digests.sections import SECTIONS, Item, Matter, Part, Section, Shared
from broadsheet.papers import Paper
from broadsheet.text import plain, shortened

STANDFIRST = 240
"""Characters of an abstract in a letter, about."""
_CATEGORIES = 2
_READ_AT_ONCE = 50
_LONGEST_TITLE = 200
_LONGEST_REASON = 240


@dataclass(frozen=True, slots=True)
class Passage:
    """What one section has for one letter: the papers that are shown, each with its reason."""

    name: str
    title: str
    reason: str
    path: str
    items: tuple[tuple[Item, Paper], ...]
    texts: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """One letter to one subscriber: of which local day, and its passages."""

    subscription: Subscription
    day: date
    passages: tuple[Passage, ...]

    @property
    def is_wanted(self) -> bool:
        """Whether it is to be sent: it says something, or an empty one is wished for."""
        return bool(self.passages) or self.subscription.wishes.on_empty is OnEmpty.SEND

    @property
    def papers(self) -> int:
        """How many papers it has."""
        return sum(len(passage.items) for passage in self.passages)

    @property
    def subject(self) -> str:
        """What names it in the outbox: of one subscription and local day there is one."""
        return f"{self.subscription.key}:{self.day}"

    def fingerprints(self) -> dict[int, bytes]:
        """What it shows of each paper, in a few bytes."""
        return {
            item.paper_key: fingerprint(paper)
            for passage in self.passages
            for item, paper in passage.items
        }

    def values(self) -> dict[str, str]:
        """The texts that the letter is made of, all of them as they are now."""
        told = [
            {
                "title": passage.title,
                "reason": passage.reason,
                "path": passage.path,
                "items": [
                    {**texts, "reason": shortened(item.reason, _LONGEST_REASON)}
                    for (item, _), texts in zip(passage.items, passage.texts, strict=True)
                ],
            }
            for passage in self.passages
        ]
        return {
            "subscription": str(self.subscription.key),
            "section": self.subscription.section,
            "day": self.day.isoformat(),
            "cadence": str(self.subscription.wishes.cadence),
            "passages": json.dumps(told, ensure_ascii=False, separators=(",", ":")),
        }


def compose(
    desk: Desk,
    subscription: Subscription,
    day: date,
    now: datetime,
    shared: Shared,
    sent: Collection[tuple[int, bytes]],
    sections: Iterable[Section] = SECTIONS,
) -> Digest:
    """What the letter of a local day holds; nothing is written.

    Each section names papers; of these come those that were not `sent` (a paper and a fingerprint
    each), or changed since, that fit the wishes, and that no section before it named, until the
    letter is full but for what is kept for later sections that have something.
    """
    matter = Matter(desk, subscription, day, now, shared)
    size = subscription.wishes.size
    offers = [
        _Offer(section.name, part, max(1, size // (section.one_in * len(parts))), found)
        for section in sections
        for parts in (section.gather(matter),)
        for part in parts
        if (found := _eligible(matter, part, sent))
    ]
    taken: set[int] = set()
    passages: list[Passage] = []
    for place, offer in enumerate(offers, 1):
        left = size - len(taken)
        kept = sum(later.kept(taken) for later in offers[place:])
        items = offer.untaken(taken)[: min(left, max(1, left - kept))]
        if items:
            taken.update(item.paper_key for item, _ in items)
            passages.append(_passage(shared, offer, items))
    return Digest(subscription, day, tuple(passages))


@dataclass(frozen=True, slots=True)
class _Offer:
    """What a section has for one letter, and how many papers of a full letter are kept for it."""

    name: str
    part: Part
    room: int
    found: Sequence[tuple[Item, Paper]]

    def untaken(self, taken: Collection[int]) -> list[tuple[Item, Paper]]:
        """Its papers but for those that are in the letter by now."""
        return [one for one in self.found if one[0].paper_key not in taken]

    def kept(self, taken: Collection[int]) -> int:
        """How many papers are to be left for it."""
        return min(self.room, len(self.untaken(taken)))


def _passage(shared: Shared, offer: _Offer, items: Sequence[tuple[Item, Paper]]) -> Passage:
    part = offer.part
    texts = tuple(_texts(shared, item.paper_key, paper) for item, paper in items)
    return Passage(offer.name, part.title, part.reason, part.path, tuple(items), texts)


def _eligible(
    matter: Matter, part: Part, sent: Collection[tuple[int, bytes]]
) -> list[tuple[Item, Paper]]:
    """The papers of a part that may come, as many as could be needed, each once."""
    wishes, shared = matter.subscription.wishes, matter.shared
    found: dict[int, tuple[Item, Paper]] = {}
    for first in range(0, len(part.items), _READ_AT_ONCE):
        items = part.items[first : first + _READ_AT_ONCE]
        papers = shared.papers((item.paper_key for item in items), matter.desk)
        for item in items:
            paper = papers.get(item.paper_key)
            if paper is None or item.paper_key in found:
                continue
            if not part.chosen and not fits(paper, wishes):
                continue
            if (item.paper_key, _print(shared, item.paper_key, paper)) in sent:
                continue
            found[item.paper_key] = item, paper
            # Those before it may have half of these.
            if len(found) == 2 * wishes.size:
                return list(found.values())
    return list(found.values())


def _print(shared: Shared, key: int, paper: Paper) -> bytes:
    return shared.of_paper("print", key, lambda: fingerprint(paper))


def fits(paper: Paper, wishes: Wishes) -> bool:
    """Whether a paper is of a wished category or topic; any paper is if none is wished for.

    A topic is a word or phrase of the title, the abstract or the keywords, in whatever case.
    """
    if not wishes.categories and not wishes.topics:
        return True
    if any(name in wishes.categories for name in paper.categories):
        return True
    if not wishes.topics:
        return False
    text = " ".join((paper.title, paper.abstract, *paper.keywords)).casefold()
    return any(topic.casefold() in text for topic in wishes.topics)


def fingerprint(paper: Paper) -> bytes:
    """What a letter shows of a paper, in 16 bytes: it has changed if these have."""
    shown = (paper.title, paper.abstract, str(paper.withdrawn), str(paper.retracted))
    return hashlib.blake2b("\0".join(shown).encode(), digest_size=16).digest()


def _texts(shared: Shared, key: int, paper: Paper) -> Mapping[str, str]:
    """What every letter of a run says of a paper."""
    return shared.of_paper(
        "texts",
        key,
        lambda: {
            "id": paper.id,
            "key": str(key),
            "title": shortened(plain(paper.title), _LONGEST_TITLE),
            "byline": shortened(byline(paper), _LONGEST_TITLE),
            "categories": ", ".join(paper.categories[:_CATEGORIES]),
            "date": spelt(paper.announced),
            "standfirst": standfirst(paper.abstract, STANDFIRST),
            "warning": retraction(paper),
        },
    )
