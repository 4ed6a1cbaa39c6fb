"""Regular letters: their two parts, their links, and the headers that let one leave (M7, M10)."""

import base64
import json
import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.catalogue import DIGEST, Letter
from broadsheet.errors import InputError
from broadsheet.faces.mail import compose, written
from broadsheet.faces.mail.dkim import read_signer
from broadsheet.faces.mail.letters import LARGEST_HTML
from tests.library.letters import HEAD, NOW, part, posted, read

MOST_LINKS = 60
TOKEN = "WyIxIl0.awHefQ.XgwetO4E5K7HuePfHby32dgz8_I"
ITEM = {
    "id": "2502.90001",
    "key": "1",
    "title": "Tidal Attention",
    "byline": "Mira Østergaard and Tomás Quill",
    "categories": "cs.LG, cs.CL",
    "date": "11 February 2025",
    "standfirst": "Attention over a book is slow.",
    "warning": "",
    "reason": "Number 1 of 21 November",
}
HEADERS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "List-Id",
    "List-Help",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "MIME-Version",
    "Content-Type",
}
# What breaks lines, ends text, or is decoded to what does.
HOSTILE = (
    "\r\nBcc: all@example.org",
    "\nX-Evil: 1",
    "\0",
    "\u2028",
    "\u0085",
    "=?utf-8?b?DQpCY2M6IGFsbEBleGFtcGxlLm9yZw==?=",
    "=?utf-8?q?=0D=0ABcc:_all=40example.org?=",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\u202egnirts",
    "{{ 7 * 7 }}",
    "x" * 2_000,
)


def letter(*items: dict[str, str], section: str = "", **passage: str) -> Letter:
    """A regular letter with these papers."""
    told = {"title": "Today", "reason": "Picked.", "path": "/papers/date/2026-11-21", **passage}
    return Letter(
        kind=DIGEST,
        subject="1:2026-11-21",
        recipient="ada@example.org",
        values={
            "subscription": "1",
            "section": section,
            "day": "2026-11-21",
            "cadence": "daily",
            "token": TOKEN,
            "passages": json.dumps([{**told, "items": list(items)}] if items else []),
        },
        due=NOW,
        expires=NOW + timedelta(hours=20),
    )


class Links(HTMLParser):
    """The links, pictures and scripts of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.others: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        if tag == "a":
            self.links.append(held["href"] or "")
        if tag in ("img", "script", "iframe", "link", "object", "form"):
            self.others.append(tag)
        self.others += [name for name in held if name.startswith("on")]


class Text(HTMLParser):
    """What a page says, one text after the other."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.feed(html[html.index("<body") :])

    def handle_data(self, data: str) -> None:
        self.said += [data.strip()] if data.strip() else []


def test_a_letter_has_the_headers_of_a_list() -> None:
    message = read(compose(posted(letter(ITEM)), HEAD, NOW).content)
    assert set(message.keys()) == HEADERS
    assert message["List-Unsubscribe"] == f"<{HEAD.base}/unsubscribe/{TOKEN}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"] == "<all.papers.example.org>"
    assert message["Subject"] == "Tidal Attention · 21 November"
    assert read(compose(posted(letter(section="ml")), HEAD, NOW).content)["List-Id"] == (
        "<ml.papers.example.org>"
    )


def test_without_https_no_one_click_is_offered() -> None:
    plain = replace(HEAD, base="http://papers.example.org")
    message = read(compose(posted(letter(ITEM)), plain, NOW).content)
    assert message["List-Unsubscribe"]
    assert message["List-Unsubscribe-Post"] is None


def test_other_letters_are_of_no_list() -> None:
    other = Letter(
        kind="notice",
        subject="one",
        recipient="ada@example.org",
        values={"text": "Hello", "link": "/papers"},
        due=NOW,
    )
    message = read(compose(posted(other), HEAD, NOW).content)
    assert [name for name in message if name.startswith("List-")] == []


def test_both_parts_say_the_same_and_lead_to_the_same() -> None:
    message = read(compose(posted(letter(ITEM)), HEAD, NOW).content)
    text, html = part(message, "plain"), part(message, "html")
    for told in (
        "Tidal Attention",
        "Mira Østergaard and Tomás Quill",
        "cs.LG, cs.CL · 11 February 2025",
        "Attention over a book",
        "Number 1 of 21 November",
        "ada@example.org gets this every day",
    ):
        assert told in text
        assert told in html
    in_text = set(re.findall(r"https://\S+", text))
    in_html = set(Links(html).links)
    say = f"{HEAD.base}/subscription/{TOKEN}/say?"
    for link in (
        f"{HEAD.base}/papers/2502.90001",
        f"{HEAD.base}/subscription/{TOKEN}",
        f"{HEAD.base}/unsubscribe/{TOKEN}",
    ):
        assert link in in_text
        assert link in in_html
    # One link in the text leads to all three choices.
    assert f"{say}paper=2502.90001" in in_text
    for choice in ("save", "more", "less"):
        assert f"{say}choice={choice}&paper=2502.90001" in in_html


def test_the_first_words_tell_what_is_in_it() -> None:
    second = {**ITEM, "title": "Bees", "id": "2502.90002"}
    long = {**ITEM, "title": "Tides and " + "waves " * 40}
    subject, _, html = written(posted(letter(long, second)), HEAD)
    assert re.fullmatch(r"Tides and (waves )+waves… and 1 more · 21 November", subject)
    assert len(subject) < 120
    assert Text(html).said[:2] == ["Bees", "Toy News"]
    assert Text(written(posted(letter(ITEM)), HEAD)[2]).said[0] == ITEM["standfirst"]


def test_letters_that_were_composed_before_papers_had_categories_are_still_written() -> None:
    old = {name: text for name, text in ITEM.items() if name != "categories"}
    assert "\n    11 February 2025\n" in written(posted(letter(old)), HEAD)[1]


def test_the_largest_letter_is_small_and_readable_without_pictures() -> None:
    long = {
        **ITEM,
        "title": "W" * 300,
        "byline": "Ø" * 200,
        "standfirst": "Ж" * 420,
        "reason": "w" * 160,
        "id": "doi:10.1000/" + "x" * 100,
    }
    _, _, html = written(posted(letter(*[long] * 12)), HEAD)
    assert len(html.encode()) < LARGEST_HTML
    found = Links(html)
    # Two more passages would have a link each.
    assert len(found.links) + 2 <= MOST_LINKS
    assert found.others == []
    assert "prefers-color-scheme: dark" in html
    content = compose(posted(letter(*[long] * 12)), HEAD, NOW).content
    assert max(map(len, content.split(b"\r\n"))) <= 998


def test_the_text_says_why_before_what_and_keeps_its_edge_past_nine_papers() -> None:
    long = {**ITEM, "title": "Tidal Attention " * 8}
    lines = written(posted(letter(*[long] * 10)), HEAD)[1].splitlines()
    why, what = (
        lines.index(f"    {one}") for one in (f"Why: {ITEM['reason']}", ITEM["standfirst"])
    )
    assert why < what
    titles = [line for line in lines if "Tidal" in line]
    assert titles[0].startswith(" 1. T")
    assert titles[-2].startswith("10. T")
    assert titles[-1].startswith("    T")


def test_a_warning_comes_with_the_title() -> None:
    _, text, html = written(posted(letter({**ITEM, "warning": "Retracted"})), HEAD)
    assert "Tidal Attention [Retracted]" in text
    assert "Retracted</p>" in html


def test_an_empty_letter_says_so() -> None:
    subject, text, html = written(posted(letter()), HEAD)
    assert subject.startswith("Nothing new")
    assert "nothing new for you today" in text
    assert "nothing new for you today" in html


@pytest.mark.parametrize(
    "values",
    [{}, {"day": "x"}, {"passages": "{"}, {"passages": "[1]"}, {"passages": '[{"title": "x"}]'}],
)
def test_damaged_values_are_an_error_that_says_so(values: dict[str, str]) -> None:
    whole = letter(ITEM)
    damaged = replace(whole, values={**whole.values, **values} if values else {})
    with pytest.raises(InputError, match="damaged"):
        compose(posted(damaged), HEAD, NOW)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    texts=st.lists(
        st.one_of(st.sampled_from(HOSTILE), st.text(max_size=80)),
        min_size=len(ITEM),
        max_size=len(ITEM),
    )
)
def test_nothing_in_a_letter_becomes_a_header_or_a_recipient(texts: list[str]) -> None:
    """M10: whatever a title, an author, a reason or a section holds."""
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    item: dict[str, Any] = dict(zip(ITEM, texts, strict=True))
    hostile = letter(
        {**item, "id": "2502.90001"}, section=texts[0], title=texts[1], reason=texts[2]
    )
    message = compose(posted(hostile), HEAD, NOW)
    found = read(message.content)
    assert set(found.keys()) == HEADERS
    assert all(found.get_all(name) and len(found.get_all(name) or ()) == 1 for name in HEADERS)
    assert message.recipient == "ada@example.org"
    assert found["To"].addresses[0].addr_spec == "ada@example.org"
    assert len(found["To"].addresses) == 1
    assert max(map(len, message.content.split(b"\r\n"))) <= 998
    assert Links(part(found, "html")).others == []


def test_the_way_out_is_signed() -> None:
    """M7: both headers are covered, and changing either is noticed by an independent verifier."""
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)

    def is_sound(content: bytes) -> bool:
        return bool(dkim.verify(content, dnsfunc=lambda name, timeout=5: record))

    head = replace(HEAD, signer=read_signer(pem, "papers.example.org", "s2026"))
    content = compose(posted(letter(ITEM)), head, NOW).content
    assert is_sound(content)
    for name in (b"List-Unsubscribe: ", b"List-Unsubscribe-Post: ", b"List-Id: "):
        assert content.count(b"\r\n" + name) == 1
        assert not is_sound(content.replace(b"\r\n" + name, b"\r\n" + name + b"x", 1))
