"""Policies of SPF, read from a name server and judged as receivers judge them (RFC 7208)."""

import ipaddress
import socket

import pytest

from broadsheet.errors import InputError, OutsideError
from broadsheet.faces.mail.checking import Names, read_server
from broadsheet.faces.mail.checking.spf import Result, SpfError, judged, read_policy
from tests.library.servers.dns import FAIL, ZONE, text

OURS, OTHER = "192.0.2.7", "198.51.100.9"
SIX = "2001:db8::7"
HOSTS = {
    "mail.example.org A": [OURS],
    "mail.example.org AAAA": [SIX],
    "example.org A": [OTHER],
    "example.org MX": ["10 mail.example.org."],
    "relay.example TXT": [text("v=spf1 ip4:192.0.2.0/28 ~all")],
    "soft.example TXT": [text("v=spf1 ?ip4:192.0.2.7 -all")],
    "onward.example TXT": [text("v=spf1 a:mail.example.org -all")],
    "many.example MX": [f"{at} m{at}.example." for at in range(1, 12)],
    "two.example TXT": [text("v=spf1 -all"), text("v=spf1 +all")],
    "mail.example TXT": [text("v=spf1 ?all")],
}


@pytest.fixture
def names(names: Names) -> Names:
    """Asks a server that knows the hosts above and whatever a test adds."""
    ZONE.update(HOSTS)
    return names


@pytest.mark.parametrize(
    ("policy", "address", "result", "by"),
    [
        ("v=spf1 ip4:192.0.2.7 -all", OURS, Result.PASS, "ip4:192.0.2.7"),
        ("V=SPF1 IP4:192.0.2.0/24 -ALL", OURS, Result.PASS, "IP4:192.0.2.0/24"),
        ("v=spf1 ip4:192.0.2.7 -all", OTHER, Result.FAIL, "-all"),
        ("v=spf1 ip6:2001:db8::/32 ~all", SIX, Result.PASS, "ip6:2001:db8::/32"),
        ("v=spf1 ip6:2001:db8::/32 ~all", OURS, Result.SOFTFAIL, "~all"),
        ("v=spf1 a ~all", OTHER, Result.PASS, "a"),
        ("v=spf1 a:mail.example.org/24 ~all", "192.0.2.99", Result.PASS, "a:mail.example.org/24"),
        ("v=spf1 a:mail.example.org//64 ~all", "2001:db8::ff", Result.PASS, None),
        ("v=spf1 a:mail.example.org/24 ~all", "2001:db8::ff", Result.SOFTFAIL, None),
        ("v=spf1 mx -all", OURS, Result.PASS, "mx"),
        ("v=spf1 mx:nowhere.example -all", OURS, Result.FAIL, "-all"),
        ("v=spf1 include:relay.example -all", OURS, Result.PASS, "include:relay.example"),
        ("v=spf1 include:relay.example -all", OTHER, Result.FAIL, "-all"),
        # What is included holds only if it says pass.
        ("v=spf1 include:soft.example ~all", OURS, Result.SOFTFAIL, "~all"),
        ("v=spf1 redirect=onward.example", OURS, Result.PASS, "a:mail.example.org"),
        ("v=spf1 redirect=onward.example", OTHER, Result.FAIL, "-all"),
        ("v=spf1 ?all redirect=onward.example", OURS, Result.NEUTRAL, "?all"),
        ("v=spf1", OURS, Result.NEUTRAL, "nothing in it"),
        ("v=spf1 exists:mail.example.org -all", OTHER, Result.PASS, "exists:mail.example.org"),
        ("v=spf1 exists:%{i}.list.example -all", OURS, Result.UNKNOWN, "exists:%{i}.list.example"),
        ("v=spf1 ptr ip4:192.0.2.7 -all", OURS, Result.PASS, "ip4:192.0.2.7"),
        ("v=spf1 ptr ip4:192.0.2.7 -all", OTHER, Result.UNKNOWN, "ptr"),
        ("v=spf1 include:%{d}.example -all exp=why.example", OTHER, Result.UNKNOWN, None),
    ],
)
def test_a_policy_is_judged(
    names: Names, policy: str, address: str, result: Result, by: str | None
) -> None:
    ZONE["example.org TXT"] = [text("google-site-verification=x"), text(policy)]
    read = read_policy(names, "example.org")
    found, term = judged(names, read, ipaddress.ip_address(address))
    assert found is result
    assert by is None or term == by


@pytest.mark.parametrize(
    ("policy", "problem"),
    [
        ("v=spf10 -all", "has no SPF record"),
        ("v=spf1 ip4:192.0.2.300 -all", "names no network"),
        ("v=spf1 ip4:2001:db8::1 -all", "names no network of that kind"),
        ("v=spf1 ipv4:192.0.2.7", "is no term"),
        ("v=spf1 include -all", "is no term"),
        ("v=spf1 all/24", "is no term"),
        ("v=spf1 all:example.org", "is no term"),
        ("v=spf1 ip4 -all", "is no term"),
        ("v=spf1 include:nobody.example -all", "nobody.example has no SPF record"),
        ("v=spf1 include:two.example -all", "2 SPF records"),
        ("v=spf1 include:example.org -all", "includes itself"),
        ("v=spf1 redirect=a.example redirect=b.example", "is the second"),
        ("v=spf1 redirect=%{d}.example", "depends on the letter"),
    ],
)
def test_a_broken_policy_is_said_to_be(names: Names, policy: str, problem: str) -> None:
    ZONE["example.org TXT"] = [text(policy)]
    with pytest.raises(SpfError, match=problem):
        read_policy(names, "example.org")


@pytest.mark.parametrize("policy", ["v=spf1 mx:many.example -all", "v=spf1 a:mail.example.org/64"])
def test_what_is_broken_only_when_it_is_judged(names: Names, policy: str) -> None:
    ZONE["example.org TXT"] = [text(policy)]
    read = read_policy(names, "example.org")
    with pytest.raises(SpfError):
        judged(names, read, ipaddress.ip_address(OURS))


def test_what_asks_is_counted_in_all_that_is_included(names: Names) -> None:
    ZONE["inner.example TXT"] = [text("v=spf1 a mx exists:x.example ip4:192.0.2.7 ~all")]
    ZONE["example.org TXT"] = [text("v=spf1 include:inner.example a redirect=onward.example")]
    read = read_policy(names, "example.org")
    assert (read.lookups, read.last) == (7, Result.FAIL)
    for at in range(12):
        ZONE[f"deep{at}.example TXT"] = [text(f"v=spf1 include:deep{at + 1}.example -all")]
    with pytest.raises(SpfError, match="deep"):
        read_policy(names, "deep0.example")


def test_a_policy_that_includes_without_end_is_not_followed(names: Names) -> None:
    for at in range(400):
        wide = " ".join(f"include:w{10 * at + one}.example" for one in range(1, 11))
        ZONE[f"w{at}.example TXT"] = [text(f"v=spf1 {wide} -all" if at < 40 else "v=spf1 -all")]
    with pytest.raises(OutsideError, match="300 times"):
        read_policy(names, "w0.example")


def test_a_server_that_fails_is_no_answer(names: Names) -> None:
    ZONE["example.org TXT"] = [FAIL]
    with pytest.raises(OutsideError, match="cannot tell"):
        read_policy(names, "example.org")
    with pytest.raises(OutsideError, match="cannot be asked"):
        names.texts("a" * 70 + ".example")
    assert names.texts("nowhere.example") == []
    assert names.addresses("example.org") == [ipaddress.ip_address(OTHER)]


def test_a_server_that_says_nothing_is_no_answer() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        names = Names(silent.getsockname(), seconds=0.3)
        with pytest.raises(OutsideError, match="in time"):
            names.texts("example.org")


@pytest.mark.parametrize(
    ("written", "server"),
    [
        ("192.0.2.53", ("192.0.2.53", 53)),
        ("192.0.2.53:5353", ("192.0.2.53", 5353)),
        ("2001:db8::53", ("2001:db8::53", 53)),
        ("[2001:db8::53]:5353", ("2001:db8::53", 5353)),
    ],
)
def test_a_name_server_is_named_by_its_address(written: str, server: tuple[str, int]) -> None:
    assert read_server(written) == server


@pytest.mark.parametrize("written", ["", "dns.example", "192.0.2.53:", "192.0.2.53:0", "::1:x]:1"])
def test_what_is_no_name_server_is_refused(written: str) -> None:
    with pytest.raises(InputError, match="no name server"):
        read_server(written)
