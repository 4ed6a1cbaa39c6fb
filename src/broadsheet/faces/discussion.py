"""What is said of a paper, as pages, feeds and both APIs show it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from broadsheet.catalogue import Comment, Desk
from broadsheet.community.markdown import shown
from broadsheet.people import Reader

GONE = "deleted"
"""What stands for the name of somebody whose account is gone."""


@dataclass(frozen=True, slots=True)
class ShownComment:
    """A comment with who said it (None if their account is gone), its HTML and its reactions.

    `html` is empty for a comment that is not shown. `reactions` are each with the names of readers.
    """

    comment: Comment
    reader: Reader | None
    html: Markup
    is_author: bool
    is_submitter: bool
    reactions: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def name(self) -> str:
        """The name in addresses."""
        return self.reader.name if self.reader else GONE

    @property
    def shown_name(self) -> str:
        """The name that is shown."""
        return self.reader.shown_name if self.reader else GONE


@dataclass(frozen=True, slots=True)
class Thread:
    """A comment and the replies to it, the earliest first."""

    said: ShownComment
    replies: tuple[ShownComment, ...]


def discussion(desk: Desk, paper_key: int) -> list[ShownComment]:
    """All comments on a paper, the earliest first, also those that are hidden or have no text."""
    return described(desk, desk.comments.of_papers([paper_key])[paper_key])


def described(desk: Desk, comments: Iterable[Comment]) -> list[ShownComment]:
    """Comments with all that is shown beside them, in the same order."""
    comments = list(comments)
    papers = {comment.paper_key for comment in comments}
    authors, brought = desk.votes.authors(papers), desk.submissions.of_papers(papers)
    reactions = desk.comments.reactions(comment.key for comment in comments)
    keys = {comment.reader_key for comment in comments if comment.reader_key is not None}
    keys.update(key for held in reactions.values() for some in held.values() for key in some)
    readers = desk.readers.by_keys(keys)
    found = []
    for comment in comments:
        key, submission = comment.reader_key, brought.get(comment.paper_key)
        reader = None if key is None else readers.get(key)
        submitter = submission.reader_key if submission else None
        named = (
            (reaction, tuple(readers[one].name for one in some if one in readers))
            for reaction, some in reactions[comment.key].items()
        )
        said = ShownComment(
            comment=comment,
            reader=reader,
            html=Markup(shown(comment.raw) if comment.is_shown else ""),
            is_author=key in authors[comment.paper_key],
            is_submitter=key is not None and submitter == key,
            reactions=tuple(one for one in named if one[1]),
        )
        found.append(said)
    return found


def threads(said: Iterable[ShownComment]) -> list[Thread]:
    """Comments with their replies; one without a text that nobody replied to is left out."""
    replies: dict[int, list[ShownComment]] = {}
    tops = []
    for one in said:
        if one.comment.parent_key is None:
            tops.append(one)
        else:
            replies.setdefault(one.comment.parent_key, []).append(one)
    found = (Thread(top, tuple(replies.get(top.comment.key, ()))) for top in tops)
    return [one for one in found if one.replies or one.said.comment.texts]


def said_json(said: ShownComment) -> dict[str, Any]:
    """A comment as our own API shows it; one that is not shown has no text."""
    comment = said.comment
    return {
        "id": comment.key,
        "reply_to": comment.parent_key,
        "reader": said.reader.name if said.reader else None,
        "name": said.shown_name,
        "author": said.is_author,
        "submitter": said.is_submitter,
        "at": comment.at.isoformat(),
        "updated": comment.updated.isoformat(),
        "edits": comment.edits,
        "hidden": comment.hidden is not None,
        "hidden_why": comment.hidden_why or None,
        "text": comment.raw if comment.is_shown else "",
        "html": str(said.html),
        "reactions": {reaction: list(names) for reaction, names in said.reactions},
    }
