"""Whether the DNS says what receivers look for: SPF, the key of signatures, and who takes mail."""

import base64
import binascii
from collections.abc import Callable, Iterator, Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from broadsheet.errors import OutsideError
from broadsheet.faces.mail.checking.findings import Finding, ok, unknown, warning, wrong
from broadsheet.faces.mail.checking.names import IpAddress, Names
from broadsheet.faces.mail.checking.spf import (
    MOST_LOOKUPS,
    Policy,
    Result,
    SpfError,
    judged,
    read_policy,
)
from broadsheet.faces.mail.dkim import Signer

SENDS_FROM = "Name the address that letters leave from with --sends-from."
TRY_AGAIN = "Try again; name another DNS server with --nameserver."


def answered(check: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """What a look at the DNS finds; where no server answers, that it could not be checked."""
    try:
        yield from look()
    except OutsideError as error:
        yield unknown(check, error.message, TRY_AGAIN)


def of_spf(
    names: Names, domain: str, senders: Sequence[IpAddress], relay: str
) -> Iterator[Finding]:
    """SPF of the return path's domain: the record, and whether it names where letters come from.

    `relay` says whose addresses they are, where they are not known.
    """
    try:
        policy = read_policy(names, domain)
    except SpfError as error:
        advice = f"Publish one TXT record at {domain}: `v=spf1 …`, with what your relay names."
        yield wrong("SPF", f"{error}.", advice)
        return
    yield _of_policy(policy)
    if not senders:
        found = f"Whether {domain} names the addresses that {relay} sends from is not known here."
        yield unknown("SPF of the sender", found, SENDS_FROM)
    for address in senders:
        yield _of_sender(names, policy, address)


def _of_policy(policy: Policy) -> Finding:
    """Whether a policy is one that helps."""
    told = f"{policy.domain} has a record that asks {policy.lookups} times"
    if policy.lookups > MOST_LOOKUPS:
        advice = f"Receivers stop after {MOST_LOOKUPS}: take out what is not needed."
        return wrong("SPF", f"{told}.", advice)
    if policy.last is Result.PASS:
        return wrong("SPF", f"{told} and lets everybody send.", "End it with `~all` or `-all`.")
    if policy.last is Result.NEUTRAL:
        return warning(
            "SPF", f"{told} and says nothing of strangers.", "End it with `~all` or `-all`."
        )
    return ok("SPF", f"{told} and ends with `{policy.last}all`.")


def _of_sender(names: Names, policy: Policy, address: IpAddress) -> Finding:
    check = "SPF of the sender"
    try:
        result, by = judged(names, policy, address)
    except SpfError as error:
        return wrong(check, f"{error}.", f"Correct the record of {policy.domain}.")
    kind = f"ip{address.version}:{address}"
    match result:
        case Result.PASS:
            return ok(check, f"{address} may send for {policy.domain}, by `{by}`.")
        case Result.UNKNOWN:
            found = f"Whether {address} may send depends on the letter (`{by}`)."
            return unknown(check, found, "Send a test letter with --to and look at its headers.")
        case Result.NEUTRAL:
            found = f"{policy.domain} says nothing of {address}."
            return warning(check, found, f"Add `{kind}` to its record.")
        case _:
            found = f"{policy.domain} says that {address} may not send (`{by}`)."
            return wrong(check, found, f"Add `{kind}` to its record.")


def of_key(names: Names, signer: Signer | None) -> Iterator[Finding]:
    """Whether the key that signs is the one that is published under its selector."""
    if signer is None:
        advice = (
            "Set `mail_dkim_key`; or, where the relay signs, send a test letter with --to and look "
            "for `dkim=pass` in its headers."
        )
        yield unknown("DKIM", "Letters are not signed here.", advice)
        return
    place = f"{signer.selector}._domainkey.{signer.domain}"
    public, kind = published(signer)
    publish = f"Publish at {place} as TXT: v=DKIM1; k={kind}; p={public}"
    texts = names.texts(place)
    if len(texts) != 1:
        count = f"{len(texts)} records" if texts else "no record"
        yield wrong("DKIM", f"{place} has {count}, and needs one.", publish)
        return
    tags = read_tags(texts[0])
    problem = _mismatch(tags, public, kind)
    if problem:
        yield wrong("DKIM", f"The record at {place} {problem}.", publish)
    elif "y" in _listed(tags.get("t", "")):
        found = f"The key at {place} is ours, and says that it is being tested (`t=y`)."
        yield warning("DKIM", found, "Take `t=y` out: some receivers ignore such signatures.")
    elif kind == "ed25519":
        found = f"The key at {place} is ours, and is Ed25519."
        yield warning("DKIM", found, "Not every receiver knows it: a key of RSA reaches all.")
    else:
        yield ok("DKIM", f"The key at {place} is ours ({signer.key.key_size} bits of RSA).")  # type: ignore[union-attr]


def published(signer: Signer) -> tuple[str, str]:
    """The public half of a key as it is published (`p`), and what kind it is (`k`)."""
    public = signer.key.public_key()
    if isinstance(signer.key, Ed25519PrivateKey):
        raw, kind = public.public_bytes(Encoding.Raw, PublicFormat.Raw), "ed25519"
    else:
        raw = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        kind = "rsa"
    return base64.b64encode(raw).decode(), kind


def _mismatch(tags: dict[str, str], public: str, kind: str) -> str:
    """Why a published key does not let our signatures pass; empty if it does."""
    if tags.get("v", "DKIM1") != "DKIM1":
        return f"is of the version {tags['v']}"
    if tags.get("k", "rsa") != kind:
        return f"says that its key is {tags.get('k', 'rsa')}, and ours is {kind}"
    if "h" in tags and "sha256" not in _listed(tags["h"]):
        return "does not allow SHA-256"
    if not {"*", "email"}.intersection(_listed(tags.get("s", "*"))):
        return "is not for mail"
    if not tags.get("p"):
        return "has no key: it was withdrawn"
    try:
        is_ours = base64.b64decode("".join(tags["p"].split())) == base64.b64decode(public)
    except (binascii.Error, ValueError):
        return "holds a key that cannot be read"
    return "" if is_ours else "holds another key"


def read_tags(text: str) -> dict[str, str]:
    """The tags of a record of DKIM or DMARC; of two of a name the last one counts."""
    pairs = (piece.partition("=") for piece in text.split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs if name.strip()}


def _listed(text: str) -> list[str]:
    return [word.strip() for word in text.split(":")]


def of_exchangers(names: Names, domain: str) -> Iterator[Finding]:
    """Whether what comes back has somewhere to go."""
    hosts = names.exchangers(domain)
    advice = f"Give {domain} an MX record, or set `mail_return_path` to a domain that has one."
    if "" in hosts:
        yield wrong("MX", f"{domain} says that it takes no mail.", advice)
    elif hosts:
        gone = [host for host in hosts if not names.addresses(host)]
        if len(gone) == len(hosts):
            yield wrong("MX", f"{', '.join(gone)} of {domain} has no address.", advice)
        elif gone:
            yield warning("MX", f"{', '.join(gone)} of {domain} has no address.", "Take it out.")
        else:
            yield ok("MX", f"What comes back to {domain} goes to {', '.join(hosts)}.")
    elif names.addresses(domain):
        yield warning("MX", f"{domain} has an address, but no MX record.", advice)
    else:
        yield wrong("MX", f"Nothing takes mail for {domain}: failures are lost.", advice)


def of_pointers(names: Names, senders: Sequence[IpAddress], relay: str) -> Iterator[Finding]:
    """Whether each sending address has a name that leads back to it (FCrDNS)."""
    if not senders:
        found = f"Which addresses {relay} sends from is not known here; their names are the "
        yield unknown("PTR", f"{found}business of whoever keeps it.", SENDS_FROM)
    for address in senders:
        hosts = names.names_of(address)
        back = [host for host in hosts if address in names.addresses(host)]
        if back:
            yield ok("PTR", f"{address} is {back[0]}, and that is {address}.")
        elif hosts:
            found = f"{address} is {hosts[0]}, and that is not {address}."
            yield wrong("PTR", found, f"Give {hosts[0]} the address {address}.")
        else:
            advice = "Have whoever gave you the address set its name (reverse DNS)."
            yield wrong("PTR", f"{address} has no name.", advice)
