"""Comments: written, answered, edited, hidden, reacted to and reported, and who is told of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from broadsheet.catalogue import Comment, Desk
from broadsheet.community.markdown import LONGEST, MOST_MENTIONS, mentions
from broadsheet.community.notices import tell
from broadsheet.community.pacing import HOUR, pace
from broadsheet.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from broadsheet.papers import Paper
from broadsheet.people import Reader, Role
from broadsheet.text import plain, storable

REACTIONS = ("👍", "❤️", "🎉", "🤔", "👀")
"""What may be said of a comment without words."""
MOST_EDITS = 60
"""Edits of one person in an hour: each is kept."""
LONGEST_REASON = 500
"""Characters of a reason, for hiding or reporting."""
_TITLE_SHOWN = 80


class NoticeKind(StrEnum):
    """What a notice about a comment is for."""

    MENTION = "mention"
    REPLY = "reply"
    ON_PAPER = "comment"
    HIDDEN = "hidden"


def write(
    desk: Desk,
    key: int,
    paper: Paper,
    reader: Reader,
    raw: str,
    now: datetime,
    *,
    limit: int,
    parent: int | None = None,
) -> Comment:
    """File a reader's comment on the paper with a key, or a reply to the comment `parent`.

    A reply to a reply is one to what that replies to. Raises InputError for a text that is empty
    or longer than LONGEST characters, NotFoundError for a parent that is not on this paper,
    ConflictError for one that is hidden, TooOftenError after `limit` comments in an hour.
    """
    text = _text(raw)
    above = None if parent is None else _above(desk, key, parent)
    pace("comments", desk.comments.written_since(reader.key, now - HOUR), limit, now)
    top = None if above is None else above.parent_key or above.key
    comment = desk.comments.add(key, reader.key, text, now, parent=top)
    desk.changes.stir()
    _News(desk, comment, paper, reader, now).to_all()
    return comment


def edit(
    desk: Desk, comment: Comment, paper: Paper, reader: Reader, raw: str, now: datetime
) -> None:
    """Give a reader's own comment a new text; who is named for the first time is told.

    However often it is edited, it tells MOST_MENTIONS people. Raises ForbiddenError for a comment
    of somebody else, ConflictError for one that is hidden, TooOftenError after MOST_EDITS.
    """
    if comment.reader_key != reader.key:
        raise ForbiddenError("This comment is somebody else's.")
    if comment.hidden is not None:
        raise ConflictError("This comment is hidden: it cannot be edited.")
    text = _text(raw)
    if text == comment.raw:
        return
    pace("edits", desk.comments.edited_since(reader.key, now - HOUR), MOST_EDITS, now)
    desk.comments.edit(comment, text, now)
    desk.changes.stir()
    before = {name for earlier in comment.texts for name in mentions(earlier.raw)}
    named = [name for name in mentions(text) if name not in before]
    named = named[: max(0, MOST_MENTIONS - len(before))]
    _News(desk, comment, paper, reader, now).to_named(named)


def hide(desk: Desk, comment: Comment, reader: Reader, why: str, now: datetime) -> None:
    """Let a comment be shown no more, by its author or a moderator.

    A moderator gives a reason, which the log and the author get, and may hide what its author hid,
    who cannot show it again then. Raises ForbiddenError for anybody else, InputError without that
    reason. One that is hidden already stays as it is otherwise.
    """
    is_own = comment.reader_key == reader.key
    if not is_own and not reader.role.may(Role.MODERATOR):
        raise ForbiddenError("Only its author and moderators may hide a comment.")
    if comment.hidden is not None and (is_own or not _hid_itself(desk, comment)):
        return
    reason = _reason(why, required=not is_own)
    desk.comments.hide(comment.key, reader.name, reason, now)
    desk.changes.stir()
    if is_own:
        return
    desk.moderation.note(reader.name, "hide comment", subject_of(comment), reason, now)
    desk.moderation.settle(subject_of(comment), "hidden", now)
    if comment.reader_key is not None:
        told = f"A moderator hid a comment of yours: {reason}"
        tell(desk, comment.reader_key, NoticeKind.HIDDEN, told, path_of(comment), now)


def show(desk: Desk, comment: Comment, reader: Reader, now: datetime) -> None:
    """Show a hidden comment again: moderators may, and its author if nobody else hid it.

    Raises ForbiddenError for anybody else.
    """
    is_own = comment.reader_key == reader.key and comment.hidden_by == reader.name
    if not is_own and not reader.role.may(Role.MODERATOR):
        raise ForbiddenError("A moderator hid this comment; only they may show it again.")
    if comment.hidden is None:
        return
    desk.comments.show(comment.key)
    desk.changes.stir()
    if not is_own:
        desk.moderation.note(reader.name, "show comment", subject_of(comment), "", now)


def react(desk: Desk, comment: Comment, reader: Reader, reaction: str, now: datetime) -> bool:
    """Turn a reaction of a reader to a comment on, or off if it is there; whether it is on now.

    Raises InputError for a reaction that is none of REACTIONS, ConflictError for a comment that is
    not shown.
    """
    if reaction not in REACTIONS:
        raise InputError(f"A reaction is one of {' '.join(REACTIONS)}.")
    if not comment.is_shown:
        raise ConflictError("This comment is not shown any more.")
    is_off = desk.comments.unreact(comment.key, reader.key, reaction)
    if not is_off:
        desk.comments.react(comment.key, reader.key, reaction, now)
    desk.changes.stir()
    return not is_off


def report(desk: Desk, comment: Comment, reader: Reader, why: str, now: datetime) -> bool:
    """Tell the moderators what is wrong with a comment; False if that reader did before.

    Raises InputError without a reason.
    """
    return desk.moderation.report(subject_of(comment), reader.key, _reason(why, True), now)


def dismiss(desk: Desk, comment: Comment, moderator: Reader, why: str, now: datetime) -> int:
    """Settle the reports about a comment without hiding it; how many. The log says so."""
    count = desk.moderation.settle(subject_of(comment), "dismissed", now)
    if count:
        reason = _reason(why, False)
        desk.moderation.note(moderator.name, "dismiss reports", subject_of(comment), reason, now)
    return count


def found(desk: Desk, key: int) -> Comment:
    """The comment with a key; NotFoundError if there is none."""
    comment = desk.comments.get(key)
    if comment is None:
        raise NotFoundError(f"There is no comment {key}.")
    return comment


def subject_of(comment: Comment) -> str:
    """How reports and the log name a comment."""
    return f"comment:{comment.key}"


def path_of(comment: Comment) -> str:
    """The path of a comment's own page."""
    return f"/comments/{comment.key}"


def _above(desk: Desk, paper_key: int, parent: int) -> Comment:
    """What is replied to."""
    above = desk.comments.get(parent)
    if above is None or above.paper_key != paper_key:
        raise NotFoundError(f"There is no comment {parent} on this paper.")
    if above.hidden is not None:
        raise ConflictError("That comment is hidden: there is nothing to reply to.")
    return above


def _hid_itself(desk: Desk, comment: Comment) -> bool:
    """Whether a hidden comment was hidden by its author."""
    author = desk.readers.get(comment.reader_key or 0)
    return author is not None and author.name == comment.hidden_by


def _text(raw: str) -> str:
    text = storable(raw.strip().replace("\r\n", "\n"))
    if not text:
        raise InputError("A comment needs a text.")
    if len(text) > LONGEST:
        raise InputError(f"A comment has at most {LONGEST:,} characters; this has {len(text):,}.")
    return text


def _reason(why: str, required: bool) -> str:
    text = " ".join(storable(why).split())
    if required and not text:
        raise InputError("Say why, in a few words.")
    if len(text) > LONGEST_REASON:
        raise InputError(f"A reason has at most {LONGEST_REASON} characters; this has {len(text)}.")
    return text


@dataclass(frozen=True, slots=True)
class _News:
    """A text that people are told of, each once, and never the one who wrote it."""

    desk: Desk
    comment: Comment
    paper: Paper
    writer: Reader
    now: datetime
    told: set[int] = field(default_factory=set)

    def to_all(self) -> None:
        """Tell everybody whom a new comment concerns, for the nearest of their reasons."""
        self.to_named(mentions(self.comment.raw))
        parent = self.comment.parent_key
        above = None if parent is None else self.desk.comments.get(parent)
        if above is not None and above.reader_key is not None:
            self._to(above.reader_key, NoticeKind.REPLY, "replied to you")
        key = self.comment.paper_key
        for author in sorted(self.desk.votes.authors([key])[key]):
            self._to(author, NoticeKind.ON_PAPER, "commented on your paper")

    def to_named(self, names: Iterable[str]) -> None:
        """Tell those of the names that are readers'."""
        for name in names:
            named = self.desk.readers.named(name)
            if named is not None:
                self._to(named.key, NoticeKind.MENTION, "mentioned you")

    def _to(self, key: int, kind: NoticeKind, what: str) -> None:
        if key == self.writer.key or key in self.told:
            return
        self.told.add(key)
        title = plain(self.paper.title)
        short = title if len(title) <= _TITLE_SHOWN else f"{title[:_TITLE_SHOWN].rstrip()}…"
        text = f"{self.writer.shown_name} {what}: {short}"
        tell(self.desk, key, kind, text, path_of(self.comment), self.now)
