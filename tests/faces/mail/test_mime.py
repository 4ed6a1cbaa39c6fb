"""Both parts of a message arrive as they were written, whatever is in them."""

from email import message_from_bytes
from email.message import MIMEPart
from email.policy import default

from hypothesis import example, given
from hypothesis import strategies as st

from broadsheet.faces.mail.mime import alternatives

TEXTS = st.text(st.characters(codec="utf-8")).map(lambda text: f"{text}\n")


def read(content: bytes) -> list[MIMEPart]:
    """The parts, as a mail program finds them."""
    message = message_from_bytes(b"MIME-Version: 1.0\r\n" + content, policy=default)
    assert message.get_content_type() == "multipart/alternative"
    assert not message.defects
    return list(message.iter_parts())


def told(text: str) -> str:
    """A text with its lines broken in one way."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


@given(text=TEXTS, html=TEXTS)
@example(text="--===============0==--\n", html="--===============0==\n")
@example(text=".\nFrom me\n-- \nend \t\n", html="=\n==3D_\n" + "x" * 2_000 + "\n")
def test_both_arrive_as_they_are(text: str, html: str) -> None:
    content = alternatives(text, html)
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) < 998
    assert b"\n" not in content.replace(b"\r\n", b"")
    first, second = read(content)
    assert (first.get_content_type(), second.get_content_type()) == ("text/plain", "text/html")
    for part, sent in ((first, text), (second, html)):
        payload = part.get_payload(decode=True)
        assert isinstance(payload, bytes)
        assert payload.decode().replace("\r\n", "\n") == told(sent)


def test_short_plain_text_stays_readable() -> None:
    plain, _ = read(alternatives("Sign in:\n\nhttps://papers.example.org/?a=1&b=2\n", "<p>"))
    assert plain["Content-Transfer-Encoding"] == "7bit"
    assert b"/?a=1&b=2" in alternatives("https://papers.example.org/?a=1&b=2\n", "<p>")
