"""Votes and comments as the pages of papers and the lists show them."""

from collections.abc import Iterable
from typing import Any

from starlette.requests import Request

from broadsheet.catalogue import DatedSignal
from broadsheet.community.commenting import REACTIONS
from broadsheet.community.markdown import LONGEST
from broadsheet.faces.answers import service_of
from broadsheet.faces.discussion import discussion, threads
from broadsheet.faces.tallies import tallies, tallies_by_id
from broadsheet.faces.thumbnails import thumbs_of
from broadsheet.faces.who import who


def ballots(request: Request, ids: Iterable[str]) -> dict[str, Any]:
    """What a list needs beside its papers, by id: tallies, own votes, small pictures."""
    asker, ids, service = who(request), list(ids), service_of(request)
    with service.catalogue.reading() as desk:
        keys = desk.papers.resolve(ids)
        mine = desk.votes.voted(asker.reader.key, keys.values()) if asker else set()
        found = tallies_by_id(desk, ids)
        pictures = thumbs_of(service, desk, keys.values())
    return {
        "tallies": found,
        "voted": {id for id, key in keys.items() if key in mine},
        "thumbs": {id: pictures[key] for id, key in keys.items() if key in pictures},
    }


def talk(request: Request, key: int, signals: list[DatedSignal]) -> dict[str, Any]:
    """What the page of a paper needs to show its votes and comments."""
    asker = who(request)
    with service_of(request).catalogue.reading() as desk:
        tally = tallies(desk, {key: signals})[key]
        said = discussion(desk, key)
        vote = desk.votes.get(key, asker.reader.key) if asker else None
        authors = desk.votes.authors([key])[key]
    return {
        "tally": tally,
        "vote": vote,
        "is_own": asker is not None and asker.reader.key in authors,
        "threads": threads(said),
        "reactions": REACTIONS,
        "longest": LONGEST,
    }
