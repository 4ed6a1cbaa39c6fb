"""Addresses that lead to one mailbox are one in both stores."""

from datetime import UTC, datetime, timedelta

from broadsheet.catalogue import Catalogue, Wishes

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
ALIKE = {
    "a_a@example.org": (["a_a+x@example.org", "A_A@Example.org"], ["aba@example.org"]),
    "a%+x@example.org": (["a%@example.org"], ["abc+x@example.org", "a%@example.org.net"]),
    "ada.b@gmail.com": (["a.dab+x@googlemail.com", "adab@gmail.com"], ["adab@gmail.org"]),
    "bo.b@example.com": (["bo.b+y+z@example.com"], ["bob@example.com", "bo.b@x.example.com"]),
}


def test_marks_and_dots_hide_no_mailbox(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        for email in ALIKE:
            one = desk.subscriptions.add(email, "", Wishes(), NOW)
            assert desk.subscriptions.ask(one.key, NOW, NOW - timedelta(days=1))
    with catalogue.reading() as desk:
        for same, others in ALIKE.values():
            assert [desk.subscriptions.last_asked(one) for one in same] == [NOW] * len(same)
            assert [desk.subscriptions.last_asked(one) for one in others] == [None] * len(others)
