"""Comments are written, answered, edited, hidden and reported, and people are told; both stores."""

from datetime import UTC, datetime, timedelta

import pytest

from broadsheet.catalogue import Catalogue, Comment, Desk
from broadsheet.community import commenting
from broadsheet.errors import (
    BroadsheetError,
    ConflictError,
    ForbiddenError,
    InputError,
    NotFoundError,
    TooOftenError,
)
from broadsheet.people import Reader, Role
from tests.library import BEES, TIDES
from tests.library.claiming import claim
from tests.library.people import enrol
from tests.library.shelving import shelve, toy_paper

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LATER = NOW + MINUTE
PAPER = toy_paper(TIDES)


def say(
    desk: Desk, key: int, reader: Reader, raw: str, parent: int | None = None, limit: int = 99
) -> Comment:
    """Write a comment on the tides."""
    return commenting.write(desk, key, PAPER, reader, raw, NOW, limit=limit, parent=parent)


def told(desk: Desk, reader: Reader) -> list[tuple[str, str, str]]:
    """The notices of a reader, the latest first."""
    return [(one.kind, one.text, one.path) for one in desk.notices.of(reader.key, 9)]


def test_replies_are_one_level_deep(catalogue: Catalogue) -> None:
    ann = enrol(catalogue, "ann")
    with catalogue.writing() as desk:
        tides, bees = shelve(desk, [TIDES, BEES])
        before = desk.changes.stirs()
        top = say(desk, tides, ann, "  One\r\ntwo \n")
        assert top.raw == "One\ntwo"
        assert desk.changes.stirs() == before + 1
        reply = say(desk, tides, ann, "Two", top.key)
        deeper = say(desk, tides, ann, "Three", reply.key)
        assert (top.parent_key, reply.parent_key, deeper.parent_key) == (None, top.key, top.key)
        with pytest.raises(NotFoundError):
            say(desk, bees, ann, "There", top.key)
        with pytest.raises(NotFoundError):
            say(desk, tides, ann, "There", 99)
        commenting.hide(desk, top, ann, "", NOW)
        with pytest.raises(ConflictError):
            say(desk, tides, ann, "Late", top.key)


@pytest.mark.parametrize("raw", ["", " \n\t", "x" * 65_537])
def test_texts_that_cannot_be(sqlite_catalogue: Catalogue, raw: str) -> None:
    ann = enrol(sqlite_catalogue, "ann")
    with sqlite_catalogue.writing() as desk:
        (tides,) = shelve(desk, [TIDES])
        with pytest.raises(InputError):
            say(desk, tides, ann, raw)
        assert say(desk, tides, ann, "x\0" * 32_768).raw.count("\ufffd") == 32_768


def test_comments_of_an_hour_are_limited(catalogue: Catalogue) -> None:
    ann, ben = enrol(catalogue, "ann"), enrol(catalogue, "ben")
    with catalogue.writing() as desk:
        (tides,) = shelve(desk, [TIDES])
        first = say(desk, tides, ann, "One", limit=2)
        commenting.hide(desk, first, ann, "", NOW)
        say(desk, tides, ann, "Two", limit=2)
        with pytest.raises(TooOftenError):
            say(desk, tides, ann, "Three", limit=2)
        say(desk, tides, ben, "Four", limit=2)


def test_everybody_concerned_is_told_once(catalogue: Catalogue) -> None:
    ann, ben, cem, dot = (enrol(catalogue, name) for name in ("ann", "ben", "cem", "dot"))
    with catalogue.writing() as desk:
        (tides,) = shelve(desk, [TIDES])
        claim(desk, tides, dot.key, NOW, "verified")
        claim(desk, tides, cem.key, NOW, "open")
        top = say(desk, tides, ann, "See @Ben and @ann, @nobody and `@cem`.")
        assert told(desk, ben) == [
            ("mention", f"Ann Example mentioned you: {PAPER.title}", f"/comments/{top.key}")
        ]
        assert told(desk, dot) == [
            (
                "comment",
                f"Ann Example commented on your paper: {PAPER.title}",
                f"/comments/{top.key}",
            )
        ]
        assert told(desk, ann) == told(desk, cem) == []
        reply = say(desk, tides, dot, "@ann @ann thanks", top.key)
        assert told(desk, ann) == [
            ("mention", f"Dot Example mentioned you: {PAPER.title}", f"/comments/{reply.key}")
        ]
        say(desk, tides, ben, "Yes", top.key)
        assert [kind for kind, _, _ in told(desk, ann)] == ["reply", "mention"]
        commenting.edit(desk, top, PAPER, ann, "See @ben and @cem", LATER)
        assert len(told(desk, ben)) == 1
        assert [kind for kind, _, _ in told(desk, cem)] == ["mention"]


def test_edits_are_the_authors_and_keep_what_was_there(catalogue: Catalogue) -> None:
    ann, moss = enrol(catalogue, "ann"), enrol(catalogue, "moss", Role.ADMIN)
    with catalogue.writing() as desk:
        (tides,) = shelve(desk, [TIDES])
        comment = say(desk, tides, ann, "One")
        with pytest.raises(ForbiddenError):
            commenting.edit(desk, comment, PAPER, moss, "Mine", LATER)
        commenting.edit(desk, comment, PAPER, ann, " One ", LATER)
        commenting.edit(desk, comment, PAPER, ann, "Two", LATER)
        edited = commenting.found(desk, comment.key)
        assert [text.raw for text in edited.texts] == ["One", "Two"]
        commenting.hide(desk, edited, ann, "", LATER)
        with pytest.raises(ConflictError):
            hidden = commenting.found(desk, comment.key)
            commenting.edit(desk, hidden, PAPER, ann, "Three", LATER)


def test_authors_and_moderators_hide_and_the_log_says_so(catalogue: Catalogue) -> None:
    ann, ben = enrol(catalogue, "ann"), enrol(catalogue, "ben")
    moss = enrol(catalogue, "moss", Role.MODERATOR)
    with catalogue.writing() as desk:
        (tides,) = shelve(desk, [TIDES])
        mine, theirs = say(desk, tides, ann, "One"), say(desk, tides, ann, "Two")
        commenting.report(desk, theirs, ben, "Rude.", NOW)
        with pytest.raises(ForbiddenError):
            commenting.hide(desk, mine, ben, "Rude.", NOW)
        commenting.hide(desk, mine, ann, "", NOW)
        assert desk.moderation.log(9) == []
        with pytest.raises(InputError, match="why"):
            commenting.hide(desk, theirs, moss, "  ", NOW)
        commenting.hide(desk, theirs, moss, " It is\nrude. ", NOW)
        (deed,) = desk.moderation.log(9)
        assert (deed.actor, deed.action, deed.subject, deed.why) == (
            "moss",
            "hide comment",
            f"comment:{theirs.key}",
            "It is rude.",
        )
        assert desk.moderation.open_reports() == []
        assert told(desk, ann)[0][:2] == (
            "hidden",
            "A moderator hid a comment of yours: It is rude.",
        )
        mine, theirs = (commenting.found(desk, one.key) for one in (mine, theirs))
        with pytest.raises(ForbiddenError):
            commenting.show(desk, theirs, ann, LATER)
        commenting.show(desk, mine, ann, LATER)
        commenting.show(desk, theirs, moss, LATER)
        assert [one.action for one in desk.moderation.log(9)] == ["show comment", "hide comment"]
        assert desk.comments.count([tides]) == {tides: 2}


def test_reactions_turn_on_and_off(catalogue: Catalogue) -> None:
    ann = enrol(catalogue, "ann")
    with catalogue.writing() as desk:
        (tides,) = shelve(desk, [TIDES])
        comment = say(desk, tides, ann, "One")
        assert commenting.react(desk, comment, ann, "👍", NOW)
        assert desk.comments.reactions([comment.key]) == {comment.key: {"👍": [ann.key]}}
        assert not commenting.react(desk, comment, ann, "👍", NOW)
        assert desk.comments.reactions([comment.key]) == {comment.key: {}}
        with pytest.raises(InputError):
            commenting.react(desk, comment, ann, "<b>", NOW)
        commenting.hide(desk, comment, ann, "", NOW)
        with pytest.raises(ConflictError):
            commenting.react(desk, commenting.found(desk, comment.key), ann, "👍", NOW)


def test_reports_are_made_once_and_settled(catalogue: Catalogue) -> None:
    ann, ben = enrol(catalogue, "ann"), enrol(catalogue, "ben")
    moss = enrol(catalogue, "moss", Role.MODERATOR)
    with catalogue.writing() as desk:
        (tides,) = shelve(desk, [TIDES])
        comment = say(desk, tides, ann, "One")
        with pytest.raises(InputError):
            commenting.report(desk, comment, ben, "", NOW)
        assert commenting.report(desk, comment, ben, "Rude.", NOW)
        assert not commenting.report(desk, comment, ben, "Rude!", NOW)
        assert commenting.dismiss(desk, comment, moss, "It is not.", LATER) == 1
        assert commenting.dismiss(desk, comment, moss, "It is not.", LATER) == 0
        assert [one.action for one in desk.moderation.log(9)] == ["dismiss reports"]
        assert commenting.found(desk, comment.key).is_shown


def test_a_comment_that_is_not_there_is_named(sqlite_catalogue: Catalogue) -> None:
    with sqlite_catalogue.reading() as desk, pytest.raises(BroadsheetError, match="comment 9"):
        commenting.found(desk, 9)


def test_editing_again_and_again_neither_fills_the_store_nor_calls_the_same_again(
    catalogue: Catalogue,
) -> None:
    ann, bob = enrol(catalogue, "ann"), enrol(catalogue, "bob")
    others = [enrol(catalogue, f"reader-{number}") for number in range(15)]
    with catalogue.writing() as desk:
        (tides,) = shelve(desk, [TIDES])
        key = say(desk, tides, ann, "@bob look").key

        def edit(raw: str, now: datetime = NOW) -> None:
            comment = commenting.found(desk, key)
            commenting.edit(desk, comment, PAPER, ann, raw, now)

        edit("nobody")
        edit("@bob look again")
        for other in others:
            edit(f"@{other.name} look")
        assert len(told(desk, bob)) == 1
        assert sum(len(told(desk, other)) for other in others) == 9
        for number in range(commenting.MOST_EDITS - 17):
            edit(str(number))
        with pytest.raises(TooOftenError):
            edit("once more")
        edit("an hour later", NOW + 60 * MINUTE)


def test_a_moderator_hides_what_its_author_hid_for_good(catalogue: Catalogue) -> None:
    ann, moss = enrol(catalogue, "ann"), enrol(catalogue, "moss", Role.MODERATOR)
    bob = enrol(catalogue, "bob")
    with catalogue.writing() as desk:
        (tides,) = shelve(desk, [TIDES])
        key = say(desk, tides, ann, "Rude").key
        commenting.report(desk, commenting.found(desk, key), bob, "Rude", NOW)
        commenting.hide(desk, commenting.found(desk, key), ann, "", NOW)
        commenting.hide(desk, commenting.found(desk, key), moss, "Rude.", LATER)
        with pytest.raises(ForbiddenError):
            commenting.show(desk, commenting.found(desk, key), ann, LATER)
        commenting.hide(desk, commenting.found(desk, key), ann, "", LATER)
        assert commenting.found(desk, key).hidden_by == "moss"
        assert not desk.moderation.open_reports()
