"""A submission: looked up, shown with what the rules say of it, and filed in one transaction."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from broadsheet.catalogue import Catalogue, Concern, Desk, Submission
from broadsheet.community import commenting, voting
from broadsheet.community.neighbours import neighbourhood
from broadsheet.community.rules import Check, Rules, day_of
from broadsheet.community.screening import screened
from broadsheet.community.urls import fit_address
from broadsheet.errors import ForbiddenError, InputError, TooOftenError
from broadsheet.fetch import Client
from broadsheet.index import Index
from broadsheet.ingest import (
    Access,
    Prepared,
    file_links,
    file_submitted,
    known_as,
    looked_up,
    presented,
    read_submitted,
    readied,
)
from broadsheet.papers import Link, LinkKind, Paper, Record
from broadsheet.people import Reader, Role

MOST_MEDIA = 5
LONGEST_COMMENT = 10_000
"""Characters of what a submitter says of the paper."""
FREE = Role.CURATOR
"""From this role on nobody is held to the operator's rules."""
_LONGEST_ID = 500
_UNPACED = 1 << 30
"""Comments and votes that come with submissions are bounded by the number of these."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was looked up: a paper that is here (`key`), or the record of one that is not.

    `paper` is it as it is here, or as it would be filed.
    """

    paper: Paper
    key: int | None = None
    record: Record | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """All that is filed of a submission, made ready outside the transaction.

    `backed` says whether the submitter's vote is cast with it.
    """

    ready: Prepared
    links: tuple[Link, ...] = ()
    media: tuple[str, ...] = ()
    comment: str = ""
    concerns: tuple[Concern, ...] = ()
    backed: bool = True


@dataclass(frozen=True, slots=True)
class Filed:
    """The paper that a submission led to; without a submission it was here already."""

    paper_key: int
    submission: Submission | None = None


def found(
    catalogue: Catalogue,
    open_client: Callable[[], Client],
    access: Access,
    text: str,
    now: datetime,
) -> Found:
    """The paper that an id, an address or a BibTeX entry means, here or at its source.

    What is here is not asked for elsewhere. May ask over the network: never in a transaction.
    Raises InputError, NotFoundError, FetchError or SourceError.
    """
    if here := _here(catalogue, text):
        return here
    given = read_submitted(text)
    if given.id is not None:
        if here := _here(catalogue, given.id):
            return here
        with open_client() as client:
            record = looked_up(client, access, given.id, now)
    else:
        assert given.record is not None
        record = replace(given.record, links=_fit_links(given.record.links))
    with catalogue.reading() as desk:
        key = known_as(desk, readied(desk, record))
        if key is not None:
            return Found(desk.papers.by_keys([key], full=True)[key], key)
    return Found(presented(record, now), record=record)


def offered(
    catalogue: Catalogue,
    index: Index,
    record: Record,
    now: datetime,
    *,
    code: str = "",
    project: str = "",
    media: Iterable[str] = (),
    comment: str = "",
    backed: bool = True,
) -> Offer:
    """A record with what its submitter adds, screened; InputError for what cannot be added."""
    comment = comment.strip()
    if len(comment) > LONGEST_COMMENT:
        raise InputError(f"The comment may have {LONGEST_COMMENT:,} characters.")
    given = ((LinkKind.CODE, code, "Code"), (LinkKind.PROJECT, project, "Project"))
    links = tuple(Link(kind, url) for kind, text, what in given if (url := fit_address(text, what)))
    shown = tuple(dict.fromkeys(url for text in media if (url := fit_address(text, "Media"))))
    if len(shown) > MOST_MEDIA:
        raise InputError(f"There are {len(shown)} pictures or films; {MOST_MEDIA} may be.")
    around = neighbourhood(index, presented(record, now))
    with catalogue.reading() as desk:
        ready = readied(desk, record)
    addresses = [*(link.url for link in links), *shown]
    concerns = screened(ready.facts, around, comment=comment, addresses=addresses)
    return Offer(ready, links, shown, comment, concerns, backed)


def checks_of(
    desk: Desk, rules: Rules, paper: Paper, reader: Reader, now: datetime, zone: tzinfo
) -> list[Check]:
    """What the operator's rules say of a paper that a reader would submit now."""
    today, begins, _ = day_of(now, zone)
    return rules.checks(paper, desk.submissions.count_since(reader.key, begins), today)


def file_offer(
    desk: Desk, offer: Offer, reader: Reader, rules: Rules, now: datetime, zone: tzinfo
) -> Filed:
    """File a submission: its paper, the links, the comment, and its submitter's vote.

    Nothing is filed if the paper is here. Raises ForbiddenError or TooOftenError where the
    operator's rules forbid it.
    """
    known = known_as(desk, offer.ready)
    if known is not None:
        return Filed(known)
    _hold(desk, offer, reader, rules, now, zone)
    key = file_submitted(desk, offer.ready, now)
    if offer.links:
        file_links(desk, key, offer.links, of_author=False, now=now)
    if offer.comment:
        paper = desk.papers.by_keys([key])[key]
        commenting.write(desk, key, paper, reader, offer.comment, now, limit=_UNPACED)
    if offer.backed:
        voting.cast(desk, key, reader, now, limit=_UNPACED)
    submission = Submission(key, reader.key, now, media=offer.media, concerns=offer.concerns)
    filed = Filed(key, desk.submissions.add(submission))
    desk.changes.stir()
    return filed


def _here(catalogue: Catalogue, name: str) -> Found | None:
    """The paper that is known here by a name of whatever kind."""
    # PostgreSQL takes no NUL in a text, and no id holds one.
    name = name.strip().replace("\0", "")
    with catalogue.reading() as desk:
        known = desk.papers.get(name) if len(name) <= _LONGEST_ID else None
    return Found(known[1], known[0]) if known else None


def _hold(
    desk: Desk, offer: Offer, reader: Reader, rules: Rules, now: datetime, zone: tzinfo
) -> None:
    """Hold a submission to the rules."""
    if reader.role.may(FREE):
        return
    today, begins, ends = day_of(now, zone)
    submitted = desk.submissions.count_since(reader.key, begins)
    if submitted >= rules.cap:
        raise TooOftenError(
            f"You have submitted {submitted} papers today, and {rules.cap} may be.",
            hint="Come again tomorrow.",
            retry_after=max(1, int((ends - now).total_seconds())),
        )
    broken = [one for one in rules.checks(offer.ready.facts, submitted, today) if not one.met]
    if broken:
        raise ForbiddenError(" ".join(f"{one.rule} {one.found}" for one in broken))


def _fit_links(links: Iterable[Link]) -> tuple[Link, ...]:
    """The links of an entry that may be shown."""
    fit = []
    for link in links:
        try:
            fit.append(replace(link, url=fit_address(link.url, "Link")))
        except InputError:
            # An entry is not refused for an address that only its owner can open.
            continue
    return tuple(link for link in fit if link.url)
