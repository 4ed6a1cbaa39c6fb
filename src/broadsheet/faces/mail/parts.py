"""The body of a message: the same as text and as HTML, in seven bits, which all servers pass on."""

from binascii import b2a_qp

_BOUNDARY = "=_one_of_two_parts"
"""It is in no part: quoted-printable (RFC 2045, 6.7) has no underscore behind an equals sign."""
_LONGEST_LINE = 990


def alternatives(text: str, html: str) -> bytes:
    """A `multipart/alternative` (RFC 2046, 5.1.4) with its headers, the richer part last."""
    parts = (_part("plain", text), _part("html", html))
    inside = "".join(f"\r\n--{_BOUNDARY}\r\n{part}" for part in parts)
    head = f'Content-Type: multipart/alternative; boundary="{_BOUNDARY}"\r\n'
    return f"{head}{inside}\r\n--{_BOUNDARY}--\r\n".encode("ascii")


def _part(kind: str, content: str) -> str:
    """One part: text that is short and plain stays readable as it is, all else is encoded."""
    lines = content.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    is_plain = kind == "plain" and _BOUNDARY not in lines and _is_plain(lines)
    body = lines if is_plain else b2a_qp(lines.encode(), quotetabs=False).decode("ascii")
    return (
        f"Content-Type: text/{kind}; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: {'7bit' if is_plain else 'quoted-printable'}\r\n\r\n{body}"
    )


def _is_plain(text: str) -> bool:
    return text.isascii() and all(len(line) < _LONGEST_LINE for line in text.splitlines())
