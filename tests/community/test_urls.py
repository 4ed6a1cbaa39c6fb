"""Addresses that people add are of the public web, or are refused in words."""

import pytest

from broadsheet.community import fit_address
from broadsheet.errors import InputError


@pytest.mark.parametrize(
    "url",
    [
        "https://code.example/a/b?c=d#e",
        "http://code.example:8080/",
        "https://93.184.216.34/x",
        "https://[2606:2800:220:1:248:1893:25c8:1946]/",
        "https://xn--bcher-kva.example/",
    ],
)
def test_an_address_of_the_web_is_kept_as_it_is(url: str) -> None:
    assert fit_address(f" {url}\n", "Code") == url


def test_no_address_is_none() -> None:
    assert fit_address("  ", "Code") == ""


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("javascript:alert(1)", "is not of the web"),
        ("data:text/html,x", "is not of the web"),
        ("//code.example/", "is not of the web"),
        ("ftp://code.example/", "is not of the web"),
        ("http://localhost/x", "does not lead to the public web"),
        ("http://127.0.0.1/x", "does not lead to the public web"),
        ("http://0x7f000001/x", "does not lead to the public web"),
        ("http://0177.0.0.1/x", "does not lead to the public web"),
        ("http://2130706433/", "does not lead to the public web"),
        ("http://127.1/", "does not lead to the public web"),
        ("http://[::1]/", "does not lead to the public web"),
        ("http://[::ffff:10.0.0.1]/", "does not lead to the public web"),
        ("http://169.254.169.254/latest", "does not lead to the public web"),
        ("http://10.0.0.8/", "does not lead to the public web"),
        ("http://router.local/", "does not lead to the public web"),
        ("https://", "does not lead to the public web"),
        ("https://user:secret@code.example/", "holds a name or password"),
        ("https://code.example@10.0.0.8/", "holds a name or password"),
        ("https://code.example/\r\nSet-Cookie: a=b", "holds a sign that no address has"),
        ("https://code.example/\u2028x", "holds a sign that no address has"),
        ('https://code.example/" onclick=x', "holds a sign that no address has"),
        ("https://code.example:port/", "cannot be read"),
        ("https://code.example/" + "x" * 2_000, "has more than 2,000 characters"),
    ],
    ids=range(23),
)
def test_any_other_is_refused(url: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        fit_address(url, "Code")
