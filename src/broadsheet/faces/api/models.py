"""What our own API answers, as its description (OpenAPI) and its checks know it."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from broadsheet.ingest.examples import MOST_EXAMPLES


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LinkOut(_Answer):
    """Where something about a paper is."""

    kind: Literal["page", "pdf", "code", "project"]
    url: str


class SignalOut(_Answer):
    """A dated count or name that a source reported."""

    source: str
    kind: str
    at: str | None
    value: int | str | None


class SaidOut(_Answer):
    """Who said a fact, and when."""

    source: str
    at: str


class FindingOut(_Answer):
    """What curation noted, and how it was told."""

    name: str
    detail: str


class CountedOut(_Answer):
    """How many there are."""

    here: int
    elsewhere: int = Field(description="As a source last counted, the most of several.")


class PaperOut(_Answer):
    """A paper with everything that is known of it, and who said it."""

    id: str
    aliases: list[str] = Field(description="Other ids that lead here.")
    title: str
    abstract: str
    summary_by: str | None = Field(
        description="Who wrote the abstract, if it is a summary and not the authors' own."
    )
    authors: list[str]
    announced: str | None = Field(description="`2024`, `2024-05` or `2024-05-27`.")
    revised: str | None
    venue: str
    categories: list[str]
    keywords: list[str]
    links: list[LinkOut]
    licence: str = Field(description="Its short name, SPDX's where there is one.")
    licence_url: str | None = Field(description="Where its terms are told.")
    may_serve: list[Literal["metadata", "abstract", "summary", "copy", "text", "figure"]] = Field(
        description="What of the paper the licence lets a front page serve."
    )
    withdrawn: bool
    retracted: bool
    flags: list[FindingOut] = Field(description="What is to be said against its text.")
    repairs: list[FindingOut] = Field(description="What was repaired; the records are kept.")
    arxiv_id: str | None
    doi: str | None
    signals: list[SignalOut]
    provenance: dict[str, list[SaidOut]]
    votes: CountedOut | None = Field(None, description="Not told in lists of changes.")
    comments: CountedOut | None = Field(None, description="Not told in lists of changes.")


class PartOut(_Answer):
    """Where a hit is in one of the two lists, from 1, and its score there."""

    rank: int
    score: float


class HitOut(_Answer):
    """A paper that was found, and why it is where it is."""

    id: str
    title: str
    score: float
    authors: list[str]
    date: str | None
    withdrawn: bool
    retracted: bool
    flags: list[FindingOut] = Field(description="Stuffed and repetitive papers are listed lower.")
    snippet: str = Field(description="HTML: escaped text with `<mark>` around matched words.")
    all_words: bool
    lexical: PartOut | None
    semantic: PartOut | None
    fused: float | None


class FacetOut(_Answer):
    """How many of the papers that hold all the words fall under a value."""

    value: int | str
    papers: int


class UnderstoodOut(_Answer):
    """A part of the query that was read otherwise than to the letter."""

    typed: str
    read_as: str = Field(description="In the query language; empty for what was left out.")
    given_up: bool = Field(
        description="No paper on the topic fulfils it: its words are looked for."
    )


class SearchOut(_Answer):
    """One page of hits."""

    query: str
    mode: Literal["hybrid", "lexical", "semantic"]
    holding_all_words: int
    notes: list[str] = Field(description="What of the query was read in another way.")
    did_you_mean: str | None = Field(description="The query as it was perhaps meant.")
    acronyms: dict[str, str] = Field(description="What acronyms of the query stand for here.")
    understood: list[UnderstoodOut] = Field(description="Undone by `literal=true`.")
    partial: bool = Field(description="Whether the search ran out of time; see the notes.")
    facets: dict[str, list[FacetOut]] | None
    hits: list[HitOut]
    next_cursor: str | None


class PapersOut(_Answer):
    """One page of papers."""

    papers: list[PaperOut]
    next_cursor: str | None


class BatchIn(BaseModel):
    """The ids to look up."""

    model_config = ConfigDict(extra="forbid")

    ids: list[str] = Field(min_length=1, max_length=100)


class BatchOut(_Answer):
    """The papers in the order of the ids, null for an id that leads to none."""

    papers: list[PaperOut | None]


class ChangeOut(_Answer):
    """The latest change of one paper."""

    seq: int
    gone: bool = Field(description="The paper was found to be another one and folded into it.")
    id: str | None
    now: str | None = Field(description="The id that stands for it now.")
    paper: PaperOut | None


class ChangesOut(_Answer):
    """Changes in order; ask again with `since` set to `next_since`."""

    lineage: str = Field(description="Another one after a restore: then begin again at 0.")
    changes: list[ChangeOut]
    next_since: int
    more: bool


class SourceOut(_Answer):
    """How a source that is harvested stands."""

    source: str = Field(description="What its records are filed under.")
    spec: str = Field(description="How it was named, without user, query and fragment.")
    state: Literal[
        "wrong",
        "running",
        "dead",
        "never",
        "unfinished",
        "stale",
        "overdue",
        "quiet",
        "fresh",
    ]
    statement: str
    announced: str | None = Field(description="Its last batch, as far as is known.")
    harvested: str | None = Field(description="The end of the last harvest that went well.")
    papers: int


class SourcesOut(_Answer):
    """The sources that are harvested, in the order in which they are set."""

    sources: list[SourceOut]


class RelatedOut(_Answer):
    """The papers most like one, best first."""

    papers: list[PaperOut]


class LikeIn(BaseModel):
    """The papers to find others like; at least one of the three ways must name one."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field("", description="Abstracts, titles one a line, ids, or a bibliography.")
    papers: list[str] = Field(
        [], max_length=MOST_EXAMPLES, description="Ids of papers of the catalogue."
    )
    bibtex: str = Field("", description="BibTeX entries.")
    limit: int = Field(10, ge=1, le=100, description="How many, at most.")


class UnreadOut(_Answer):
    """A given entry that could not be used, and why."""

    place: str = Field(description="The id, or where the entry began (`text:12`).")
    reason: str


class LikedOut(_Answer):
    """The given paper that a hit is nearest to."""

    id: str | None = Field(description="Its id, if it is in the catalogue.")
    title: str = Field(description="Its title, or the first words of a text without one.")
    cosine: float | None


class AlikeHitOut(_Answer):
    """A paper like the given ones; `score`, `words` and `nearness` are shares of the best."""

    id: str
    title: str
    score: float
    authors: list[str]
    date: str | None
    withdrawn: bool
    retracted: bool
    words: float
    nearness: float
    like: LikedOut


class LikeOut(_Answer):
    """The papers most like the given ones, best first, without these."""

    read: int = Field(description="Entries that were read.")
    known: int = Field(description="Those that the catalogue has.")
    unread: list[UnreadOut]
    cut: bool = Field(description="More was given than is looked at (200 papers).")
    hits: list[AlikeHitOut]


class ProblemOut(BaseModel):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    error: str
    hint: str | None = None
    errors: list[dict[str, Any]] | None = None


class DayVotesOut(_Answer):
    """The votes of one day."""

    day: str = Field(description="In UTC.")
    votes: int


class VotesOut(_Answer):
    """The votes of a paper; nobody is named."""

    id: str
    votes: CountedOut
    days: list[DayVotesOut] = Field(description="Those given here, by the day they were cast.")


class CommentOut(_Answer):
    """One comment; one that is hidden, or whose author left, has no text."""

    id: int
    reply_to: int | None
    reader: str | None = Field(description="Null for somebody whose account is gone.")
    name: str
    author: bool = Field(description="Whether it is verified that the paper is theirs.")
    submitter: bool
    at: str
    updated: str
    edits: int
    hidden: bool
    hidden_why: str | None
    text: str = Field(description="Markdown, as it was written.")
    html: str = Field(description="Sanitised.")
    reactions: dict[str, list[str]] = Field(description="The names of those who react so.")


class CommentsOut(_Answer):
    """The comments of a paper, the earliest first."""

    id: str
    comments: list[CommentOut]
