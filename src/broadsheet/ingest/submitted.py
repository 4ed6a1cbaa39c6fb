"""A paper that somebody submits: found at its source or in an entry of theirs, and then filed."""

import base64
import re
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import unquote, urlsplit

from broadsheet import sources
from broadsheet.catalogue import Desk, StoredRecord
from broadsheet.catalogue.encoding import pack, unpack
from broadsheet.curation import tidy
from broadsheet.errors import InputError, NotFoundError, SourceError
from broadsheet.fetch import Client
from broadsheet.identifiers import parse_arxiv_id, parse_doi, read_reference
from broadsheet.ingest.filing import CANDIDATES, file_batch
from broadsheet.ingest.links import SOURCE
from broadsheet.ingest.matching import Verdict, compare, contradict
from broadsheet.ingest.merging import fold
from broadsheet.ingest.named_sources import Access, named_source
from broadsheet.ingest.preparing import Prepared, named, prepared
from broadsheet.papers import Paper, PaperId, Record
from broadsheet.sources.remote import Remote, Wanted

LONGEST_SUBMITTED = 20_000
"""Characters of an entry."""
_LONGEST_ADDRESS = 2_000
_ENTRY = "the entry"
_DOI_WITHIN = re.compile(r"/(10\.\d{4,9}(?:\.\d+)*/[^?#]+)")
_END_OF_DOI = re.compile(r"(?:v\d+)?(?:\.full|\.abstract|\.pdf|/full|/pdf|/abstract)*/?\Z")
_WAYS = "Give an arXiv id, a DOI, an address that holds one, or one BibTeX entry."


@dataclass(frozen=True, slots=True)
class Submitted:
    """What somebody brings: the id by which a source knows it, else the record of their entry."""

    id: PaperId | None
    record: Record | None = None


def read_submitted(text: str) -> Submitted:
    """Read an id, an address or one BibTeX entry.

    An entry that names an arXiv id or a DOI stands for that id: its source is believed, not the
    entry. Raises InputError for what is none of these.
    """
    text = text.strip().replace("\0", "")
    if not text:
        raise InputError("Nothing was given.", hint=_WAYS)
    if len(text) > LONGEST_SUBMITTED:
        raise InputError(f"That has {len(text):,} characters; {LONGEST_SUBMITTED:,} may be.")
    if text.startswith(("@", "%")) or "\n" in text:
        return _of_entry(text)
    if id := named_by(text):
        return Submitted(id)
    raise InputError(f"“{text[:80]}” names no paper that can be looked up.", hint=_WAYS)


def named_by(text: str) -> PaperId | None:
    """The arXiv id or DOI (`doi:…`) that a text is, or that stands in an address; else None."""
    if len(text) > _LONGEST_ADDRESS:
        return None
    found = read_reference(text)
    if found and (parse_arxiv_id(found) or found.startswith("doi:")):
        return found
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    within = _DOI_WITHIN.search(unquote(parts.path))
    doi = parse_doi(_END_OF_DOI.sub("", within[1])) if within else None
    return PaperId(f"doi:{doi}") if doi and doi.isprintable() else None


def looked_up(client: Client, access: Access, id: PaperId, now: datetime) -> Record:
    """What the source of an id says of it: arXiv, or for a DOI Crossref, and OpenAlex after it.

    Asks over the network: never in a transaction. Raises NotFoundError if no source knows such a
    paper, FetchError or SourceError if one does not answer as it should.
    """
    doi = parse_doi(id)
    # DOIs of data archives are not Crossref's, but OpenAlex knows many of them.
    asked_of = {"Crossref": f"crossref:doi:{doi}", "OpenAlex": f"openalex:doi:{doi}"}
    if not doi:
        asked_of = {"arXiv": f"arxiv-ids:{id}"}
    for spec in asked_of.values():
        # A DOI with a comma cannot be asked for everywhere.
        remote = named_source(spec, access).remote
        if remote and (found := _found_at(client, remote, id, now)):
            return found
    who = " and ".join(asked_of)
    verb = "knows" if len(asked_of) == 1 else "know"
    raise NotFoundError(
        f"{who} {verb} no paper with the {f'DOI {doi}' if doi else f'arXiv id {id}'}.",
        hint="Check it, or give a BibTeX entry without it.",
    )


def presented(record: Record, now: datetime) -> Paper:
    """The paper that a record alone would make."""
    one = named(record)
    return fold([StoredRecord(1, one.identity, now, record)])[0]


def readied(desk: Desk, record: Record) -> Prepared:
    """A record made ready to be filed whatever is to be said against it, but not without a title.

    Raises InputError.
    """
    ready = prepared(named(record), released=True, templates=desk.findings.templates())
    if not ready.facts.title:
        raise InputError("The paper has no title.", hint="Give an entry with a title.")
    return ready


def known_as(desk: Desk, ready: Prepared) -> int | None:
    """The key of the paper that a record speaks of, by its ids, or by title, authors and text."""
    if known := desk.records.known([ready.name]):
        return known[ready.name].paper_key
    leads = desk.papers.resolve(ready.ids)
    titled = desk.matches.titled([ready.title_key]) if ready.title_key else {}
    lists = (*titled.values(), *desk.matches.banded(ready.bands).values())
    near = {key for keys in lists for key in keys[:CANDIDATES]}
    facts = desk.papers.by_keys({*leads.values(), *near})
    for key in leads.values():
        if not contradict(ready.facts, facts[key]):
            return key
    judged = [(compare(ready.facts, facts[key]), key) for key in near]
    same = [(one.similarity, -key) for one, key in judged if one.verdict is Verdict.SAME]
    return -max(same)[1] if same else None


def file_submitted(desk: Desk, ready: Prepared, now: datetime) -> int:
    """File a record; the key of its paper."""
    desk.quarantine.drop([ready.name])
    file_batch(desk, [ready], now)
    return desk.records.known([ready.name])[ready.name].paper_key


def sealed(record: Record) -> str:
    """A record as text, to be signed and given to whoever looks at it before it is filed."""
    return f"{record.source} {base64.urlsafe_b64encode(pack(record)).decode()}"


def unsealed(text: str) -> Record:
    """The record that `sealed` wrote; only of text that was signed here."""
    source, _, packed = text.partition(" ")
    return unpack(base64.urlsafe_b64decode(packed), source)


def _found_at(client: Client, remote: Remote, id: PaperId, now: datetime) -> Record | None:
    """The record of a paper on the first page of a source."""
    page = next(remote.pages(client, Wanted(now=now)), None)
    entries = page.entries if page else ()
    return next((one for one in entries if isinstance(one, Record) and _is_named(one, id)), None)


def _is_named(record: Record, id: PaperId) -> bool:
    facts = tidy(record)
    return id in (facts.arxiv_id, f"doi:{facts.doi}") or id == record.native_id


def _of_entry(text: str) -> Submitted:
    """The one entry of a BibTeX text."""
    entries = sources.read_held(text.encode(), _ENTRY, SOURCE, format="bibtex")
    assert not isinstance(entries, str)
    try:
        found = list(entries)
    except SourceError as fault:
        raise InputError(f"This cannot be read as BibTeX: {fault.reason}.", hint=_WAYS) from fault
    faults = [one for one in found if isinstance(one, SourceError)]
    if faults:
        raise InputError(f"This cannot be read: {faults[0].reason}.", hint=faults[0].hint)
    records = [one for one in found if isinstance(one, Record)]
    if len(records) != 1:
        raise InputError(f"There are {len(records)} entries; give one at a time.", hint=_WAYS)
    # Its key in somebody's file names nothing here.
    record = replace(records[0], native_id=None, place=None)
    facts = tidy(record)
    if facts.arxiv_id:
        return Submitted(PaperId(facts.arxiv_id))
    if facts.doi:
        return Submitted(PaperId(f"doi:{facts.doi}"))
    if not facts.title:
        raise InputError("The entry has no title.", hint="Give it one, or an arXiv id or DOI.")
    return Submitted(None, record)
