"""The shelf of comments, on both stores."""

from datetime import UTC, datetime, timedelta

from broadsheet.catalogue import Catalogue, CommentText
from tests.library import BEES, TIDES
from tests.library.people import enrol
from tests.library.shelving import shelve

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


def test_comments_keep_every_text_they_had(catalogue: Catalogue) -> None:
    ann = enrol(catalogue, "ann").key
    with catalogue.writing() as desk:
        tides, bees = shelve(desk, [TIDES, BEES])
        first = desk.comments.add(tides, ann, "Fine.", NOW)
        desk.comments.edit(first, "Fine work.", LATER)
        reply = desk.comments.add(tides, ann, "Is it?", LATER, parent=first.key)
    with catalogue.reading() as desk:
        found = desk.comments.of_papers([tides, bees])
        assert found[bees] == []
        assert [one.key for one in found[tides]] == [first.key, reply.key]
        shown = found[tides][0]
        assert shown.texts == (CommentText("Fine.", NOW), CommentText("Fine work.", LATER))
        assert (shown.raw, shown.updated, shown.edits, shown.at) == ("Fine work.", LATER, 1, NOW)
        assert found[tides][1] == reply == desk.comments.get(reply.key)
        assert reply.parent_key == first.key
        assert desk.comments.get(99) is None
        assert [one.key for one in desk.comments.of_reader(ann, 1)] == [reply.key]
        assert desk.comments.written_since(ann, LATER) == [LATER]
    assert catalogue.check() == []


def test_hidden_comments_are_not_counted(catalogue: Catalogue) -> None:
    ann, ben = enrol(catalogue, "ann").key, enrol(catalogue, "ben").key
    with catalogue.writing() as desk:
        tides, bees = shelve(desk, [TIDES, BEES])
        first = desk.comments.add(tides, ann, "One", NOW)
        desk.comments.add(tides, ben, "Two", NOW)
        desk.comments.hide(first.key, "moss", "Rude.", LATER)
        hidden = desk.comments.get(first.key)
        assert hidden is not None
        assert not hidden.is_shown
        assert (hidden.hidden, hidden.hidden_by, hidden.hidden_why) == (LATER, "moss", "Rude.")
        assert desk.comments.count([tides, bees]) == {tides: 1, bees: 0}
        assert desk.comments.authors([tides, bees]) == {tides: {ben}, bees: set()}
        desk.comments.show(first.key)
        assert desk.comments.get(first.key) == first
        assert desk.comments.count([tides]) == {tides: 2}


def test_reactions_are_kept_once_for_each_reader(catalogue: Catalogue) -> None:
    ann, ben = enrol(catalogue, "ann").key, enrol(catalogue, "ben").key
    with catalogue.writing() as desk:
        (tides,) = shelve(desk, [TIDES])
        one, two = (desk.comments.add(tides, ann, text, NOW).key for text in ("a", "b"))
        desk.comments.react(one, ben, "👍", NOW)
        desk.comments.react(one, ben, "👍", LATER)
        desk.comments.react(one, ann, "👍", LATER)
        desk.comments.react(one, ann, "🎉", LATER)
        assert desk.comments.reactions([one, two]) == {
            one: {"👍": [ben, ann], "🎉": [ann]},
            two: {},
        }
        assert desk.comments.unreact(one, ann, "👍")
        assert not desk.comments.unreact(one, ann, "👍")
        assert desk.comments.reactions([one]) == {one: {"👍": [ben], "🎉": [ann]}}


def test_what_a_reader_said_goes_with_them_and_its_place_stays(catalogue: Catalogue) -> None:
    leaving, ben = enrol(catalogue, "ann"), enrol(catalogue, "ben").key
    ann = leaving.key
    with catalogue.writing() as desk:
        (tides,) = shelve(desk, [TIDES])
        first = desk.comments.add(tides, ann, "Mine", NOW)
        desk.comments.react(first.key, ann, "👍", NOW)
        desk.comments.react(first.key, ben, "👍", NOW)
        desk.comments.add(tides, ben, "Yours", NOW, parent=first.key)
        desk.personal.forget(leaving)
        left = desk.comments.get(first.key)
        assert left is not None
        assert (left.reader_key, left.texts, left.raw, left.edits) == (None, (), "", 0)
        assert left.updated == NOW
        assert desk.comments.count([tides]) == {tides: 1}
        assert desk.comments.reactions([first.key]) == {first.key: {"👍": [ben]}}
    assert catalogue.check() == []
