"""Alerts and the free space over time, in both stores."""

from datetime import UTC, datetime, timedelta

from broadsheet.catalogue import Catalogue, Space

NOW = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def test_an_alert_is_open_until_its_condition_clears(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        desk.alerts.settle({"a": "A is\0bad.", "b": "B is bad."}, NOW)
        first, _ = sorted(desk.alerts.open(), key=lambda one: one.condition)
        assert (first.message, first.raised, first.sent) == ("A is\ufffdbad.", NOW, None)
        desk.alerts.mark_sent(first.key, NOW + DAY)
    with catalogue.writing() as desk:
        desk.alerts.settle({"a": "A is worse."}, NOW + 2 * DAY)
        (kept,) = desk.alerts.open()
        assert (kept.key, kept.message, kept.raised) == (first.key, first.message, NOW)
        assert kept.sent == NOW + DAY
        desk.alerts.settle({}, NOW + 3 * DAY)
        assert desk.alerts.open() == []
        desk.alerts.settle({"a": "A is bad again."}, NOW + 4 * DAY)
        (again,) = desk.alerts.open()
        assert again.sent is None
        assert again.key != first.key


def test_space_is_kept_in_order_and_forgotten(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        for at in (2, 0, 1):
            desk.alerts.add_space(Space(NOW + at * DAY, 10**12 - at))
        desk.alerts.add_space(Space(NOW, 5))
    with catalogue.reading() as desk:
        assert desk.alerts.space(NOW + DAY) == [
            Space(NOW + DAY, 10**12 - 1),
            Space(NOW + 2 * DAY, 10**12 - 2),
        ]
    with catalogue.writing() as desk:
        desk.alerts.settle({"a": "A.", "b": "B."}, NOW)
        desk.alerts.settle({"a": "A."}, NOW)
        assert desk.alerts.prune(NOW + 1.5 * DAY) == 3
        assert [one.condition for one in desk.alerts.open()] == ["a"]
        assert len(desk.alerts.space(NOW)) == 1
