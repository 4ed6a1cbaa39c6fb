"""What letters look like, and that nothing in them becomes a header, a recipient or a script."""

from dataclasses import replace
from email.errors import MessageDefect
from html import escape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.catalogue import DIGEST
from broadsheet.errors import InputError
from broadsheet.faces import mail
from broadsheet.faces.mail import compose, written
from broadsheet.faces.mail.addresses import Address, read_address
from broadsheet.faces.mail.headers import one_line
from broadsheet.faces.mail.letters import LARGEST_HTML
from tests.library.letters import HEAD, NOW, VALUES, letter, part, posted, read

HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version"]
KINDS = sorted(VALUES)
NASTY = [
    "x\r\nBcc: eve@example.net",
    "x\nBcc: eve@example.net",
    "x\rBcc: eve@example.net",
    "x\0y",
    "x\u2028Bcc: eve@example.net",
    "x\u2029y\x0b\x0c\x1c\x85z",
    "=?utf-8?q?x=0D=0ABcc:_eve@example.net?=",
    "=?utf-8?b?eA0KQmNjOiBldmVAZXhhbXBsZS5uZXQ=?= tail",
    "=?UTF-8?Q?=0A?==?UTF-8?Q?Bcc:?=",
    "\ud800 lone",
    "\u202e reversed",
    "a" * 5000,
    "ä" * 5000,
    "  ",
    "P=?NP, or =?x?= of it",
]


def test_every_kind_has_a_text_and_a_page_and_is_tried() -> None:
    folder = Path(mail.__file__).parent / "templates"
    texts = {file.stem for file in folder.glob("*.txt")}
    # Regular letters have tests of their own.
    assert texts == {*KINDS, DIGEST}
    assert texts <= {file.stem for file in folder.glob("*.html")}


@pytest.mark.parametrize("kind", KINDS)
def test_a_letter_says_the_same_as_text_and_as_a_page(kind: str) -> None:
    made = compose(posted(letter(kind)), HEAD, NOW)
    message = read(made.content)
    assert list(message.keys()) == [*HEADERS, "Content-Type"]
    assert message["From"] == "Toy News <news@papers.example.org>"
    assert message["To"] == made.recipient == "ada@example.org"
    assert message["Message-ID"] == f"<{'ab' * 20}@papers.example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == NOW
    assert message.get_content_type() == "multipart/alternative"
    assert made.sender == "bounces@papers.example.org"
    text, html = part(message, "plain"), part(message, "html")
    for value in VALUES[kind].values():
        whole = HEAD.base + value if value.startswith("/") else value
        assert whole in text.replace("\n", " ")
        assert escape(whole, quote=False) in html
    assert message["Subject"]
    assert "<b>" not in html


@pytest.mark.parametrize("kind", KINDS)
def test_a_letter_is_fit_for_every_server_and_program(kind: str) -> None:
    content = compose(posted(letter(kind, recipient="ada@bücher.example")), HEAD, NOW).content
    assert content.isascii()
    lines = content.split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line or len(line) > 998 for line in lines)
    assert max(len(line) for line in lines) <= 100
    html = part(read(content), "html")
    assert len(html.encode()) < LARGEST_HTML / 10
    # Inlined, but for what depends on the screen; nothing is loaded from anywhere.
    assert html.count("style=") > 3
    assert "prefers-color-scheme: dark" in html
    assert "<img" not in html
    assert "url(" not in html
    text = part(read(content), "plain")
    assert all(len(line) <= 72 or " " not in line for line in text.splitlines())


def test_links_say_until_when_they_work() -> None:
    text = part(read(compose(posted(letter("sign-in")), HEAD, NOW).content), "plain")
    assert "It works once, until 21 November 2026, 08:30 UTC." in text


@pytest.mark.parametrize("link", ["javascript:alert(1)", "https://x.example/a b", "x", "ftp://x/"])
def test_a_link_that_leads_to_no_page_is_not_sent(link: str) -> None:
    with pytest.raises(InputError, match="leads to no page"):
        written(posted(letter("sign-in", link=link)), HEAD)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (letter("pigeon"), "no kind of letter named 'pigeon'"),
        (letter("../letter"), "no kind of letter"),
        (replace(letter("account"), values={"name": "ada"}), "'what' is undefined"),
        (letter(recipient="ada"), "no address for mail"),
        (letter(recipient="ada@x.example, eve@x.example"), "no address for mail"),
        (letter("notice", text="<" * 60_000), "notice"),
    ],
    ids=["kind", "path", "value", "address", "addresses", "long"],
)
def test_what_cannot_be_written_is_refused(wrong: object, message: str) -> None:
    if message == "notice":
        # A value is cut before it makes a letter too long.
        assert len(written(posted(wrong), HEAD)[2]) < LARGEST_HTML  # type: ignore[arg-type]
        return
    with pytest.raises(InputError, match=message):
        compose(posted(wrong), HEAD, NOW)  # type: ignore[arg-type]


texts = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=300),
    st.text(alphabet="\r\n\0\u2028=?utfq8b-_:ABcc @<>\"'", max_size=120),
    st.builds("{}{}".format, st.sampled_from(NASTY), st.sampled_from(NASTY)),
)


@given(text=texts, site=texts, kind=st.sampled_from(["notice", "account", "alert"]))
def test_no_text_becomes_a_header_or_a_recipient(text: str, site: str, kind: str) -> None:
    names = [name for name in VALUES[kind] if name != "link"]
    made = compose(
        posted(letter(kind, **dict.fromkeys(names, text))),
        replace(HEAD, site=one_line(site) or "x"),
        NOW,
    )
    assert (made.recipient, made.sender) == ("ada@example.org", "bounces@papers.example.org")
    head = made.content.partition(b"\r\n\r\n")[0]
    assert all(len(line) <= 998 for line in made.content.split(b"\r\n"))
    assert made.content.count(b"\r") == made.content.count(b"\r\n") == made.content.count(b"\n")
    assert b"\0" not in made.content
    folded = head.replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ").split(b"\r\n")
    assert [line.split(b":")[0].decode() for line in folded] == [*HEADERS, "Content-Type"]
    message = read(made.content)
    assert [one.addr_spec for one in message["To"].addresses] == ["ada@example.org"]
    assert [one.addr_spec for one in message["From"].addresses] == ["news@papers.example.org"]
    assert "Bcc" not in message
    for name in ("Subject", "From"):
        # Some readers keep the blanks between encoded words.
        assert "".join(one_line(str(message[name])).split()) == "".join(str(message[name]).split())
        assert not [defect for defect in message[name].defects if isinstance(defect, MessageDefect)]
    assert message.defects == []


@pytest.mark.parametrize("text", [*NASTY, "Ünïcødé — “quoted” 漢字 🦉 " * 5])
def test_a_subject_reads_as_it_was_meant(text: str) -> None:
    subject = read(compose(posted(letter(text=text)), HEAD, NOW).content)["Subject"]
    assert str(subject) == one_line(text)[:200].strip()


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ada@example.org", Address("ada", "example.org")),
        (" Ada.L+x@Example.org ", Address("Ada.L+x", "Example.org")),
        ("ada@bücher.example", Address("ada", "xn--bcher-kva.example")),
        ("root@localhost", Address("root", "localhost")),
        ("grüße@example.org", Address("grüße", "example.org")),
    ],
)
def test_addresses_are_read(text: str, address: Address) -> None:
    assert read_address(text) == address
    assert address.is_international is not str(address).isascii()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ada",
        "@example.org",
        "ada@",
        "ada@x..example",
        "ada@example.org\r\nRCPT TO:<eve@example.net>",
        "ada@exam ple.org",
        "a b@example.org",
        '"a"@example.org',
        "<ada@example.org>",
        "ada@eve@example.org",
        f"{'a' * 65}@example.org",
        f"ada@{'a.' * 130}org",
        "ada\u202e@example.org",
        "ada@exa\0mple.org",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="no address for mail"):
        read_address(text)


def test_a_return_path_tells_which_letter_it_is_of() -> None:
    marking = replace(HEAD, marks=b"k" * 32)
    made = compose(posted(letter()), marking, NOW)
    local, _, domain = made.sender.partition("@")
    assert (local.startswith("bounces+7-"), domain) == (True, "papers.example.org")
    assert marking.marked_letter(local) == 7
    forged = local.replace("+7-", "+8-")
    assert [marking.marked_letter(one) for one in (forged, "bounces", "bounces+x-y", "+²-1")] == [
        None
    ] * 4
    assert HEAD.marked_letter(local) is None


def test_an_international_address_makes_an_international_letter() -> None:
    made = compose(posted(letter(recipient="grüße@example.org")), HEAD, NOW)
    assert made.international
    assert made.recipient == "grüße@example.org"
    assert read(made.content)["To"] == "grüße@example.org"


@pytest.mark.parametrize(
    "name", ["Toy News", 'Ada\'s "Daily" \\ (x): a, b; <c@d>', "Zürich 漢字", "=?x?"]
)
def test_a_name_reads_as_it_was_meant(name: str) -> None:
    message = read(compose(posted(letter()), replace(HEAD, site=name), NOW).content)
    (box,) = message["From"].addresses
    assert (box.display_name, box.addr_spec) == (name, "news@papers.example.org")
