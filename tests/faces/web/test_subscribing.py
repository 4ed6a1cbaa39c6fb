"""Subscribing, choosing, answering and leaving by the pages, and by one request (M8, M11)."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from broadsheet.catalogue import (
    DIGEST,
    Cadence,
    Choice,
    EditionKind,
    Fate,
    Pick,
    Subscription,
    SubscriptionState,
    Wishes,
)
from broadsheet.digests import add, confirm_token, reader_token, send_due, stop_address
from broadsheet.editions import span_of, window
from broadsheet.faces.guard import present
from tests.library.dumping import dump
from tests.library.people import cookie_of, enrol
from tests.library.site import asked, catalogue_behind

BROWSER = {"Accept": "text/html"}
ADA = "ada@example.org"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
_FIELD = re.compile(r'name="form" value="([0-9a-f]{64})"')


@pytest.fixture
def site(tmp_path: Path) -> Iterator[TestClient]:
    """The site over the toy library, as a browser asks; letters stay in the outbox."""
    with asked(tmp_path / "home") as client:
        yield client


def key_of(site: TestClient) -> bytes:
    key: bytes = site.app.state.service.signing_key  # type: ignore[attr-defined]
    return key


def send(site: TestClient, shown: str, path: str, **fields: str) -> Any:
    """Load a page, then send a form of it."""
    field = _FIELD.search(site.get(shown).text)
    assert field
    return site.post(path, data={"form": field[1], **fields})


def links(site: TestClient) -> list[tuple[str, str]]:
    """The recipient and link of every letter, the oldest first."""
    with catalogue_behind(site).reading() as desk:
        found = desk.outbox.listed(None, 1000)[::-1]
    return [(one.letter.recipient, one.letter.values.get("link", "")) for one in found]


def subscribed(site: TestClient, email: str = ADA) -> tuple[Subscription, str]:
    """An active subscription since yesterday, and the token in its letters."""
    wishes = Wishes(cadence=Cadence.DAILY, hour=present().hour, zone="UTC")
    with catalogue_behind(site).writing() as desk:
        one = add(desk, email, "", wishes, present() - timedelta(days=2))
    return one, reader_token(key_of(site), one.key)


def state(site: TestClient, one: Subscription) -> SubscriptionState:
    with catalogue_behind(site).reading() as desk:
        found = desk.subscriptions.get(one.key)
    assert found
    return found.state


def test_subscribing_takes_a_letter_and_a_button(site: TestClient) -> None:
    asked = send(
        site,
        "/subscribe",
        "/subscribe",
        email="Ada@Example.org",
        cadence="daily",
        hour="6",
        zone="America/New_York",
        categories="cs.CL, cs.LG",
        size="5",
    )
    assert (asked.status_code, asked.headers["location"]) == (303, "/subscribe/sent")
    assert "Look into your mail" in site.get("/subscribe/sent").text
    ((recipient, link),) = links(site)
    assert recipient == ADA
    with catalogue_behind(site).reading() as desk:
        (one,) = desk.subscriptions.of_address(ADA)
    assert one.state is SubscriptionState.PENDING
    shown = site.get(link)
    assert "Yes, send me letters" in shown.text
    assert state(site, one) is SubscriptionState.PENDING
    pressed = send(site, link, link)
    assert pressed.status_code == 303
    assert state(site, one) is SubscriptionState.ACTIVE
    page = site.get(pressed.headers["location"]).text
    assert "every day at 06:00 (America/New_York)" in page
    with catalogue_behind(site).reading() as desk:
        (one,) = desk.subscriptions.of_address(ADA)
    assert one.wishes == Wishes(
        cadence=Cadence.DAILY,
        hour=6,
        zone="America/New_York",
        categories=("cs.CL", "cs.LG"),
        size=5,
    )


def test_the_answer_tells_nobody_who_subscribes(site: TestClient) -> None:
    subscribed(site)
    known = send(site, "/subscribe", "/subscribe", email=ADA)
    unknown = send(site, "/subscribe", "/subscribe", email="bob@example.org")
    assert (known.status_code, known.headers["location"]) == (
        unknown.status_code,
        unknown.headers["location"],
    )
    assert [recipient for recipient, _ in links(site)] == ["bob@example.org"]


def test_an_address_cannot_be_bombed(site: TestClient) -> None:
    """M11: 200 sign-ups from as many addresses are one letter."""
    app = site.app
    for number in range(200):
        client = TestClient(
            app, headers=BROWSER, follow_redirects=False, client=(f"192.0.2.{number}", 1)
        )
        asked = send(client, "/subscribe", "/subscribe", email=ADA if number % 2 else ADA.upper())
        assert asked.headers["location"] == "/subscribe/sent"
    assert len(links(site)) == 1


@pytest.mark.parametrize(
    "variants",
    [
        [f"ada+{number}@example.org" for number in range(9)],
        ["ada+x@example.org", ADA, "ada+y+z@example.org"],
        ["ada.love@gmail.com", "a.dalove@gmail.com", "adalove+news@gmail.com"],
        ["a.dalove@googlemail.com", "adalove@gmail.com"],
    ],
)
def test_a_mailbox_with_many_addresses_cannot_be_bombed_either(
    site: TestClient, variants: list[str]
) -> None:
    for email in variants:
        send(site, "/subscribe", "/subscribe", email=email)
    assert [recipient for recipient, _ in links(site)] == variants[:1]
    send(site, "/subscribe", "/subscribe", email="adal@example.org")
    send(site, "/subscribe", "/subscribe", email="a.da@example.org")
    assert len(links(site)) == 3


@pytest.mark.parametrize(
    "fields",
    [
        {"email": "no address"},
        {"email": "ada@example.org\r\nBcc: all@example.org"},
        {"zone": "Mars/Olympus"},
        {"zone": "localtime"},
        {"hour": "24"},
        {"hour": "-1"},
        {"size": "13"},
        {"size": "0"},
        {"cadence": "hourly"},
        {"topics": "x" * 201},
        {"topics": "\n".join(map(str, range(21)))},
        {"section": "nowhere"},
    ],
)
def test_what_cannot_be_is_refused_in_words(site: TestClient, fields: dict[str, str]) -> None:
    asked = send(site, "/subscribe", "/subscribe", **{"email": ADA, **fields})
    assert asked.status_code in (400, 404)
    assert 'role="alert"' in asked.text
    assert links(site) == []


def test_a_reader_needs_no_letter_for_their_own_address(site: TestClient) -> None:
    ada = enrol(catalogue_behind(site), "ada")
    site.cookies.update(cookie_of(catalogue_behind(site), ada))
    asked = send(site, "/subscribe", "/subscribe", email=ADA)
    assert asked.headers["location"].startswith("/subscription/")
    assert send(site, "/subscribe", "/subscribe", email="other@example.org").headers[
        "location"
    ] == ("/subscribe/sent")
    with catalogue_behind(site).reading() as desk:
        (one,) = desk.subscriptions.of_address(ADA)
    assert (one.state, one.reader_key) == (SubscriptionState.ACTIVE, ada.key)


def test_a_reader_who_subscribes_again_changes_what_is_chosen(site: TestClient) -> None:
    ada = enrol(catalogue_behind(site), "ada")
    site.cookies.update(cookie_of(catalogue_behind(site), ada))
    send(site, "/subscribe", "/subscribe", email=ADA, cadence="weekly", hour="18", zone="UTC")
    assert '<option value="18" selected' in site.get("/subscribe").text
    send(site, "/subscribe", "/subscribe", email=ADA, cadence="daily", hour="6")
    with catalogue_behind(site).reading() as desk:
        (one,) = desk.subscriptions.of_address(ADA)
    assert (one.wishes.cadence, one.wishes.hour, one.wishes.zone) == (Cadence.DAILY, 6, "UTC")


def test_the_button_of_a_confirmation_lets_letters_go_again(site: TestClient) -> None:
    send(site, "/subscribe", "/subscribe", email=ADA)
    ((_, link),) = links(site)
    with catalogue_behind(site).writing() as desk:
        stop_address(desk, ADA, "A letter was called spam.", present())
    send(site, link, link)
    with catalogue_behind(site).reading() as desk:
        assert desk.bounces.suppressed([ADA]) == {}


@pytest.mark.parametrize("sent_as", ["data", "files"])
def test_one_request_ends_the_letters(site: TestClient, sent_as: str) -> None:
    """M8: without a cookie, a token of a form, or a redirect; urlencoded and multipart; twice."""
    one, token = subscribed(site)
    other, _ = subscribed(site, "bob@example.org")
    lone = TestClient(site.app, follow_redirects=False)
    for _ in range(2):
        body: Any = (
            {name: (None, value) for name, value in ONE_CLICK.items()}
            if sent_as == "files"
            else ONE_CLICK
        )
        answer = lone.post(f"/unsubscribe/{token}", **{sent_as: body})
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
        assert state(site, one) is SubscriptionState.STOPPED
    assert state(site, other) is SubscriptionState.ACTIVE


def test_one_request_from_elsewhere_is_taken_too(site: TestClient) -> None:
    one, token = subscribed(site)
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://mail.example", **BROWSER}
    answer = site.post(f"/unsubscribe/{token}", data=ONE_CLICK, headers=headers)
    assert answer.status_code == 200
    assert "No more letters" in answer.text
    assert state(site, one) is SubscriptionState.STOPPED


def test_the_button_of_the_page_ends_the_letters(site: TestClient) -> None:
    one, token = subscribed(site)
    page = site.get(f"/unsubscribe/{token}")
    assert "Send me no more letters" in page.text
    assert state(site, one) is SubscriptionState.ACTIVE
    assert site.post(f"/unsubscribe/{token}", data=ONE_CLICK).status_code == 200
    assert "gets no letters any more" in site.get(f"/unsubscribe/{token}").text
    assert "gets no letters" in site.get(f"/subscription/{token}").text


def test_links_of_others_and_for_other_ends_lead_nowhere(site: TestClient) -> None:
    one, token = subscribed(site)
    # The last letter of a signature has bits that say nothing.
    signed, _, signature = token.rpartition(".")
    wrong = [
        confirm_token(key_of(site), one.key),
        reader_token(b"another key" * 3, one.key),
        f"{signed}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}",
        reader_token(key_of(site), one.key + 1),
        "x",
    ]
    for text in wrong:
        assert site.get(f"/unsubscribe/{text}").status_code == 404
        assert site.post(f"/unsubscribe/{text}", data=ONE_CLICK).status_code in (200, 404)
        assert site.get(f"/subscription/{text}").status_code == 404
        assert site.get(f"/subscription/{text}/say?choice=more&paper=2502.90001").status_code == 404
    assert site.get(f"/subscribe/confirm/{token}").status_code == 404
    assert state(site, one) is SubscriptionState.ACTIVE


def test_wishes_are_changed_and_letters_paused(site: TestClient) -> None:
    one, token = subscribed(site)
    path = f"/subscription/{token}"
    sent = send(site, path, path, cadence="weekly", hour="18", paused_until="2030-01-01", topics="")
    assert sent.status_code == 303
    with catalogue_behind(site).reading() as desk:
        found = desk.subscriptions.get(one.key)
    assert found
    assert found.wishes.paused_until == date(2030, 1, 1)
    assert (found.wishes.cadence, found.wishes.hour, found.wishes.size) == (Cadence.WEEKLY, 18, 8)
    assert "paused until 1 January 2030" in site.get(path).text
    send(site, path, path, paused_until="2020-01-01")
    assert "paused until" not in site.get(path).text


def test_sections_are_chosen_and_taken_back(site: TestClient) -> None:
    one, token = subscribed(site)
    path = f"/subscription/{token}"
    assert "in place of the main one" not in site.get(path).text
    with catalogue_behind(site).writing() as desk:
        for name in ("bees", "tides"):
            desk.sections.add(
                name, title="", query=name, cutoff="06:00", zone="UTC", size=5, made=present()
            )
    assert send(site, path, path, sections="nonsense").status_code == 404

    def choose(*names: str) -> tuple[str, ...]:
        field = _FIELD.search(site.get(path).text)
        assert field
        given = {"form": field[1], "sections": ["", *names], "size": "3"}
        assert site.post(path, data=given).status_code == 303
        with catalogue_behind(site).reading() as desk:
            found = desk.subscriptions.get(one.key)
        assert found
        return found.wishes.sections

    assert choose("bees", "tides") == ("bees", "tides")
    assert 'value="bees" checked' in site.get(path).text
    assert send(site, path, path, size="4").status_code == 303
    assert choose("tides") == ("tides",)
    assert choose() == ()
    assert "in place of the main one" in site.get("/subscribe").text


def test_searches_are_kept_and_forgotten(site: TestClient) -> None:
    one, token = subscribed(site)
    path = f"/subscription/{token}"
    for _ in range(2):
        assert send(site, path, f"{path}/searches", query="tea kettles").status_code == 303
    with catalogue_behind(site).reading() as desk:
        (search,) = desk.watches.of_subscription(one.key)
    assert "tea kettles" in site.get(path).text
    send(site, path, f"{path}/searches", drop=str(search.key))
    with catalogue_behind(site).reading() as desk:
        assert desk.watches.of_subscription(one.key) == []


@pytest.mark.parametrize("choice", list(Choice))
@pytest.mark.parametrize("is_made", [True, False], ids=["made", "open"])
def test_what_is_said_of_a_paper_takes_a_button(
    site: TestClient, choice: Choice, is_made: bool
) -> None:
    one, token = subscribed(site)
    path = f"/subscription/{token}/say"
    shown = f"{path}?{f'choice={choice}&' if is_made else ''}paper=2502.90001"
    before = dump(catalogue_behind(site))
    page = site.get(shown).text
    assert "Tidal Attention" in page
    offered = {str(one) for one in Choice if f'name="choice" value="{one}"' in page}
    assert offered == ({str(choice)} if is_made else {str(one) for one in Choice})
    assert dump(catalogue_behind(site)) == before
    assert send(site, shown, path, choice=choice, paper="2502.90001").status_code == 303
    with catalogue_behind(site).reading() as desk:
        (said,) = desk.interests.said(subscription_key=one.key)
    assert said.choice is choice
    assert "Tidal Attention" in site.get(f"/subscription/{token}").text


def test_leaving_between_composing_and_sending_drops_the_letter(site: TestClient) -> None:
    """M12."""
    one, token = subscribed(site)
    now = present()
    with catalogue_behind(site).writing() as desk:
        span = span_of(EditionKind.DAY, now.date())
        edition = desk.editions.begin("", span.kind, span.label, window(span, time(6), UTC))
        desk.editions.put(edition.key, [Pick(paper_key=1, place=1)])
        desk.editions.publish(edition.key, now)
    noon = datetime.combine(now.date(), time(12), UTC)
    assert send_due(catalogue_behind(site), key_of(site), noon).letters == 1
    assert site.post(f"/unsubscribe/{token}", data=ONE_CLICK).status_code == 200
    with catalogue_behind(site).reading() as desk:
        assert desk.outbox.counts(DIGEST)[Fate.DROPPED] == 1
        assert desk.outbox.counts(DIGEST)[Fate.QUEUED] == 0
    assert state(site, one) is SubscriptionState.STOPPED


def test_forms_need_a_page_of_ours(site: TestClient) -> None:
    one, token = subscribed(site)
    confirm = f"/subscribe/confirm/{confirm_token(key_of(site), one.key)}"
    path = f"/subscription/{token}"
    before = dump(catalogue_behind(site))
    for place in ("/subscribe", confirm, path, f"{path}/searches", f"{path}/say"):
        assert site.post(place, data={"email": "bob@example.org"}).status_code == 403
    assert dump(catalogue_behind(site)) == before
