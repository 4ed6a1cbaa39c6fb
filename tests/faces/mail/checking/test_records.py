"""What the DNS has to say for letters to arrive, right and wrong, from a real name server."""

import base64
import ipaddress
from collections.abc import Iterator, Sequence

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from broadsheet.faces.mail.checking import Finding, Names, Verdict
from broadsheet.faces.mail.checking.records import (
    answered,
    of_exchangers,
    of_key,
    of_pointers,
    of_spf,
)
from broadsheet.faces.mail.dkim import Signer
from tests.library.servers.dns import FAIL, ZONE, text

OURS = ipaddress.ip_address("192.0.2.7")
RELAY = "smtp://mail.example.net:25"
RSA = rsa.generate_private_key(65537, 2048)
ED25519 = ed25519.Ed25519PrivateKey.generate()
SIGNERS = {
    "rsa": Signer("example.org", "s2026", RSA),
    "ed25519": Signer("example.org", "s2026", ED25519),
}
PUBLIC = {
    "rsa": base64.b64encode(
        RSA.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ).decode(),
    "ed25519": base64.b64encode(
        ED25519.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    ).decode(),
}


def verdicts(found: Iterator[Finding]) -> list[tuple[str, Verdict]]:
    """What was checked, and how it ended; what is not well says what to do."""
    every = list(found)
    assert all(one.advice for one in every if one.verdict is not Verdict.OK)
    return [(one.check, one.verdict) for one in every]


@pytest.mark.parametrize(
    ("policy", "record", "sender"),
    [
        ("v=spf1 ip4:192.0.2.7 -all", Verdict.OK, Verdict.OK),
        ("v=spf1 ip4:192.0.2.7 ?all", Verdict.WARNING, Verdict.OK),
        ("v=spf1 +all", Verdict.WRONG, Verdict.OK),
        ("v=spf1 -all", Verdict.OK, Verdict.WRONG),
        ("v=spf1 ~all", Verdict.OK, Verdict.WRONG),
        ("v=spf1", Verdict.WARNING, Verdict.WARNING),
        ("v=spf1 exists:%{i}.example ~all", Verdict.OK, Verdict.UNKNOWN),
        ("v=spf1" + " a" * 11 + " -all", Verdict.WRONG, Verdict.WRONG),
        ("v=spf1 a/64 -all", Verdict.OK, Verdict.WRONG),
    ],
)
def test_spf(names: Names, policy: str, record: Verdict, sender: Verdict) -> None:
    ZONE["example.org TXT"] = [text(policy)]
    ZONE["example.org A"] = ["203.0.113.1"]
    assert verdicts(of_spf(names, "example.org", [OURS], RELAY)) == [
        ("SPF", record),
        ("SPF of the sender", sender),
    ]


def test_spf_that_is_not_there_or_whose_sender_is_not_known(names: Names) -> None:
    assert verdicts(of_spf(names, "example.org", [OURS], RELAY)) == [("SPF", Verdict.WRONG)]
    ZONE["example.net TXT"] = [text("v=spf1 -all")]
    record, sender = of_spf(names, "example.net", [], RELAY)
    assert (record.verdict, sender.verdict) == (Verdict.OK, Verdict.UNKNOWN)
    assert RELAY in sender.found
    assert "--sends-from" in sender.advice


@pytest.mark.parametrize(
    ("kind", "records", "verdict", "told"),
    [
        ("rsa", ["v=DKIM1; k=rsa; p={rsa}"], Verdict.OK, "2048 bits"),
        ("rsa", ["p={rsa}"], Verdict.OK, "is ours"),
        ("rsa", ["v=DKIM1; h=sha1:sha256; s=email; t=s; p={rsa}"], Verdict.OK, "is ours"),
        ("ed25519", ["v=DKIM1; k=ed25519; p={ed25519}"], Verdict.WARNING, "Ed25519"),
        ("rsa", ["v=DKIM1; t=y:s; p={rsa}"], Verdict.WARNING, "tested"),
        ("rsa", [], Verdict.WRONG, "no record"),
        ("rsa", ["p={rsa}", "p="], Verdict.WRONG, "2 records"),
        ("rsa", ["v=DKIM2; p={rsa}"], Verdict.WRONG, "version DKIM2"),
        ("rsa", ["v=DKIM1; k=ed25519; p={ed25519}"], Verdict.WRONG, "ours is rsa"),
        ("ed25519", ["v=DKIM1; p={ed25519}"], Verdict.WRONG, "ours is ed25519"),
        ("rsa", ["v=DKIM1; h=sha1; p={rsa}"], Verdict.WRONG, "SHA-256"),
        ("rsa", ["v=DKIM1; s=other; p={rsa}"], Verdict.WRONG, "not for mail"),
        ("rsa", ["v=DKIM1; p="], Verdict.WRONG, "withdrawn"),
        ("rsa", ["v=DKIM1; p=a"], Verdict.WRONG, "cannot be read"),
        ("rsa", ["v=DKIM1; p={ed25519}"], Verdict.WRONG, "another key"),
    ],
)
def test_the_key_of_signatures(
    names: Names, kind: str, records: Sequence[str], verdict: Verdict, told: str
) -> None:
    ZONE["s2026._domainkey.example.org TXT"] = [text(one.format(**PUBLIC)) for one in records]
    (found,) = of_key(names, SIGNERS[kind])
    assert found.verdict is verdict
    assert told in found.found
    if verdict is Verdict.WRONG:
        assert f"p={PUBLIC[kind]}" in found.advice


def test_without_a_key_nothing_is_said_of_signatures(names: Names) -> None:
    assert verdicts(of_key(names, None)) == [("DKIM", Verdict.UNKNOWN)]


@pytest.mark.parametrize(
    ("zone", "verdict"),
    [
        ({"MX": ["10 mx1.example.org."], "A@mx1": ["192.0.2.9"]}, Verdict.OK),
        (
            {"MX": ["10 mx1.example.org.", "20 mx2.example.org."], "AAAA@mx2": ["2001:db8::9"]},
            Verdict.WARNING,
        ),
        ({"MX": ["10 mx1.example.org."]}, Verdict.WRONG),
        ({"MX": ["0 ."]}, Verdict.WRONG),
        ({"A": ["192.0.2.9"]}, Verdict.WARNING),
        ({}, Verdict.WRONG),
    ],
)
def test_who_takes_what_comes_back(
    names: Names, zone: dict[str, list[str]], verdict: Verdict
) -> None:
    for name, records in zone.items():
        kind, _, host = name.partition("@")
        ZONE[f"{host}{'.' * bool(host)}example.org {kind}"] = records
    assert verdicts(of_exchangers(names, "example.org")) == [("MX", verdict)]


@pytest.mark.parametrize(
    ("pointers", "addresses", "verdict"),
    [
        (["mail.example.org."], ["192.0.2.7"], Verdict.OK),
        (["mail.example.org."], ["192.0.2.8"], Verdict.WRONG),
        ([], ["192.0.2.7"], Verdict.WRONG),
    ],
)
def test_names_of_addresses_that_lead_back(
    names: Names, pointers: list[str], addresses: list[str], verdict: Verdict
) -> None:
    ZONE["7.2.0.192.in-addr.arpa PTR"] = pointers
    ZONE["mail.example.org A"] = addresses
    assert verdicts(of_pointers(names, [OURS], RELAY)) == [("PTR", verdict)]
    (found,) = of_pointers(names, [], RELAY)
    assert found.verdict is Verdict.UNKNOWN
    assert "business of whoever keeps it" in found.found


def test_where_no_server_answers_nothing_is_said(names: Names) -> None:
    ZONE["example.org MX"] = [FAIL]
    (found,) = answered("MX", lambda: of_exchangers(names, "example.org"))
    assert found.verdict is Verdict.UNKNOWN
    assert "cannot tell" in found.found
