"""Policies of DMARC and what is aligned with the sender, from a real name server."""

import pytest

from broadsheet.faces.mail.checking import Names, Verdict
from broadsheet.faces.mail.checking.dmarc import is_aligned, of_dmarc
from tests.library.servers.dns import ZONE, text

SOUND = "v=DMARC1; p=reject; rua=mailto:dmarc@example.org"


@pytest.mark.parametrize(
    ("records", "verdict", "told"),
    [
        ([SOUND], Verdict.OK, "is reject"),
        (["v=DMARC1;p=none;rua=mailto:a@example.org"], Verdict.OK, "is none"),
        (["v=DMARC1; p=quarantine"], Verdict.OK, "is quarantine"),
        (["v=DMARC1; p=none"], Verdict.WARNING, "nobody gets reports"),
        ([], Verdict.WARNING, "no policy"),
        (["something else"], Verdict.WARNING, "no policy"),
        ([SOUND, f"{SOUND};"], Verdict.WRONG, "2 records"),
        (["v=DMARC1; p=maybe"], Verdict.WRONG, "no policy"),
        (["v=DMARC1"], Verdict.WRONG, "no policy"),
    ],
)
def test_a_policy(names: Names, records: list[str], verdict: Verdict, told: str) -> None:
    ZONE["_dmarc.example.org TXT"] = [text(one) for one in records]
    found = next(of_dmarc(names, "example.org", "example.org", "example.org"))
    assert (found.check, found.verdict) == ("DMARC", verdict)
    assert told in found.found
    assert found.advice or verdict is Verdict.OK


def test_the_policy_of_a_domain_above_holds_as_it_says_for_those_below(names: Names) -> None:
    ZONE["_dmarc.example.org TXT"] = [text("v=DMARC1; p=none; sp=reject; rua=mailto:a@b.example")]
    found, alignment = of_dmarc(names, "news.example.org", "keys.example.org", "b.example")
    assert found.found == "The policy of example.org is reject."
    # Both are below the domain that has the policy.
    assert alignment.verdict is Verdict.OK


@pytest.mark.parametrize(
    ("policy", "signed_for", "returns", "verdict"),
    [
        (SOUND, "example.org", "bounces.example", Verdict.OK),
        (SOUND, "mail.example.org", "bounces.example", Verdict.OK),
        (f"{SOUND}; adkim=s", "mail.example.org", "bounces.example", Verdict.WRONG),
        (f"{SOUND}; aspf=s", "other.example", "mail.example.org", Verdict.WRONG),
        (SOUND, None, "mail.example.org", Verdict.WARNING),
        (SOUND, "other.example", "mail.example.org", Verdict.WARNING),
        (SOUND, "other.example", "bounces.example", Verdict.WRONG),
        (SOUND, None, "bounces.example", Verdict.WRONG),
        ("v=DMARC1; p=none", "other.example", "bounces.example", Verdict.WARNING),
        (None, "other.example", "bounces.example", Verdict.WARNING),
    ],
)
def test_what_speaks_for_the_sender(
    names: Names, policy: str | None, signed_for: str | None, returns: str, verdict: Verdict
) -> None:
    ZONE["_dmarc.example.org TXT"] = [text(policy)] if policy else []
    _, found = of_dmarc(names, "example.org", signed_for, returns)
    assert (found.check, found.verdict) == ("alignment", verdict)
    assert found.advice or verdict is Verdict.OK


def test_what_only_a_list_of_registries_would_tell_is_said_to_be_open(names: Names) -> None:
    _, found = of_dmarc(names, "news.example.org", "keys.example.org", "bounces.example")
    assert found.verdict is Verdict.UNKNOWN
    assert is_aligned("b.co.example", "a.co.example", None, strict=False) is None
    assert is_aligned("a.example", "a.example", None, strict=True)
    assert is_aligned("example.org", "news.example.org", None, strict=False)
    assert is_aligned("notexample.org", "example.org", None, strict=False) is False
