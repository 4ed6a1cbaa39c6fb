"""Semantic Scholar: what the catalogue's papers cite, how often they are cited, and summaries."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Final

from broadsheet.errors import FetchError, SettingError, SourceError
from broadsheet.fetch import Client
from broadsheet.papers import Paper
from broadsheet.sources.fields import Entry, record_of
from broadsheet.sources.remote import Entry as PageEntry
from broadsheet.sources.remote import Options, Page, Tally, Wanted, replies
from broadsheet.sources.remote.wantedpapers import wanted_papers

NAME: Final = "semanticscholar"
BASE: Final = "https://api.semanticscholar.org"
FORMAT: Final = "s2-paper"
BATCH: Final = 500
"""The most papers that one request may ask about."""

_FIELDS: Final = "corpusId,externalIds,title,citationCount,tldr,references.externalIds"
_REFUSED = 400
_WHO: Final = "Semantic Scholar"
_PREFIXES: Final = {f"{NAME}:": "CorpusId:", "acl:": "ACL:"}


@dataclass(frozen=True, slots=True)
class SemanticScholar:
    """What the source says of papers that the catalogue has; it brings no new ones."""

    base: str = BASE
    key: str | None = field(default=None, repr=False)
    batch: int = BATCH
    name: str = NAME

    def pages(self, client: Client, wanted: Wanted) -> Iterator[Page]:
        """One page for each batch of papers; citations are dated `wanted.now`."""
        papers = wanted_papers(wanted, self.name)
        asked = ((one, name) for one in papers if (name := name_of(one)))
        batch = list(islice(asked, self.batch))
        while batch:
            following = list(islice(asked, self.batch))
            yield Page(
                entries=tuple(self._entries(client, batch, wanted.now)),
                cursor={"paper": batch[-1][0].id} if following else None,
            )
            batch = following

    def expected(self, now: datetime) -> datetime | None:
        """None: citations are counted all the time."""
        return None

    def _entries(
        self, client: Client, batch: list[tuple[Paper, str]], now: datetime
    ) -> Iterator[PageEntry]:
        where = f"{self.name}/paper/batch@{batch[0][1]}"
        url = f"{self.base}/graph/v1/paper/batch?fields={_FIELDS}"
        headers = {"x-api-key": self.key} if self.key else {}
        try:
            value = client.post_json(url, {"ids": [name for _, name in batch]}, headers)
        except FetchError as error:
            if error.status != _REFUSED:
                raise
            # So are batches answered of which not one paper is known.
            yield SourceError(
                f"none of these {len(batch)} papers is known, or the question is refused",
                place=where,
                hint="if this stays so for papers that are known there, the source has changed",
            )
            return
        answers = replies.listed(value, where)
        if len(answers) != len(batch):
            raise SourceError(
                f"{len(batch)} papers were asked about, {len(answers)} answered",
                place=where,
                hint="try again later; which answer is whose cannot be told",
            )
        for position, ((paper, _), answer) in enumerate(zip(batch, answers, strict=True), 1):
            if answer is not None:
                yield from _said_of(paper, answer, where, position, now)


def open_source(what: str, options: Options) -> SemanticScholar:
    """The source; SettingError if anything is asked of it but what the catalogue has."""
    if what:
        raise SettingError(
            f"`semanticscholar:{what}`: this source is asked about the catalogue's own papers",
            hint="give it as `semanticscholar`",
        )
    return SemanticScholar((options.base or BASE).rstrip("/"), options.key)


def name_of(paper: Paper) -> str | None:
    """What the source calls a paper; None if none of its ids is known there."""
    if paper.arxiv_id:
        return f"ARXIV:{paper.arxiv_id}"
    if paper.doi:
        return f"DOI:{paper.doi}"
    for known in (paper.id, *paper.aliases):
        for prefix, written in _PREFIXES.items():
            if known.startswith(prefix):
                return written + known.removeprefix(prefix)
    return None


def _said_of(
    paper: Paper, answer: object, where: str, position: int, now: datetime
) -> Iterator[PageEntry]:
    try:
        entry = replies.entry_of(answer, source=NAME, format=FORMAT, where=where, position=position)
        record = record_of(replies.filled(_row(paper, answer, entry)), entry)
        record = replace(record, references=tuple(_references(answer, entry)))
    except SourceError as error:
        yield error
        return
    _, *tallies = replies.counted(record, now)
    # The catalogue's own id is sure to lead to the paper; that of this source may be new to it.
    yield from (replace(tally, paper=paper.id) for tally in tallies if isinstance(tally, Tally))
    if not (record.arxiv_id or record.doi):
        return
    if paper.abstract and not paper.summary_by.startswith(_WHO):
        record = replace(record, abstract="", summary_by="")
    if record.abstract or record.references:
        yield replace(record, signals=())


def _references(answer: object, entry: Entry) -> Iterator[str]:
    """The papers that a paper cites, those with an id that others know."""
    for cited in replies.list_at(answer, "references", entry):
        arxiv_id = replies.text_at(cited, "externalIds.ArXiv", entry)
        doi = replies.text_at(cited, "externalIds.DOI", entry)
        if arxiv_id or doi:
            yield arxiv_id or f"doi:{doi}"


def _row(paper: Paper, answer: object, entry: Entry) -> dict[str, object]:
    """What an answer says, by the names of FIELDS; its ids are those it was asked by."""
    corpus_id = replies.at(answer, "corpusId", entry)
    summary = replies.text_at(answer, "tldr.text", entry)
    model = replies.text_at(answer, "tldr.model", entry)
    external = (replies.text_at(answer, f"externalIds.{name}", entry) for name in ("ArXiv", "DOI"))
    ids = (paper.arxiv_id, paper.doi) if paper.arxiv_id or paper.doi else tuple(external)
    return {
        "id": corpus_id if corpus_id is not None else replies.at(answer, "paperId", entry),
        "title": replies.at(answer, "title", entry) or paper.title,
        "abstract": summary,
        "summary_by": f"{_WHO} {model}".strip() if summary else "",
        "arxiv_id": ids[0],
        "doi": ids[1],
        "citations": replies.at(answer, "citationCount", entry),
    }
