"""SPF (RFC 7208) as far as it can be told without a letter: a domain's policy, read and judged."""

import ipaddress
import re
from dataclasses import dataclass
from enum import StrEnum

from broadsheet.faces.mail.checking.names import IpAddress, Names

MOST_LOOKUPS = 10
"""Terms that ask the DNS, in a policy and all that it includes (RFC 7208, 4.6.4)."""
_MOST_EXCHANGERS = 10
_ASKING = frozenset(("include", "a", "mx", "ptr", "exists", "redirect"))
_MECHANISM = re.compile(
    r"([+?~-]?)(all|include|a|mx|ptr|ip4|ip6|exists)(?::([^\s]*?))?((?:/\d+)?(?://\d+)?)", re.I
)
_NETWORK = re.compile(r"([+?~-]?)(ip4|ip6):(\S+)", re.I)
_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9_.-]*)=(\S*)")
_NEEDING = frozenset(("include", "exists"))
_BARE = frozenset(("all", "include", "ptr", "exists"))
"""What takes no length of a network."""


class Result(StrEnum):
    """What a policy says of an address; UNKNOWN where that depends on more than the address."""

    PASS = "+"
    NEUTRAL = "?"
    SOFTFAIL = "~"
    FAIL = "-"
    UNKNOWN = ""


class SpfError(Exception):
    """A policy that receivers take for broken (`permerror`), or that is not there."""


@dataclass(frozen=True, slots=True)
class Term:
    """One mechanism as it is written; `below` is the policy that it includes."""

    written: str
    qualifier: Result
    name: str
    value: str = ""
    lengths: str = ""
    below: "Policy | None" = None


@dataclass(frozen=True, slots=True)
class Policy:
    """A domain's mechanisms in order, where it goes on if none holds, and how often it asks."""

    domain: str
    terms: tuple[Term, ...]
    onward: "Policy | None"
    lookups: int

    @property
    def last(self) -> Result:
        """What it says of an address that nothing in it names."""
        for term in self.terms:
            if term.name == "all":
                return term.qualifier
        return self.onward.last if self.onward else Result.NEUTRAL


def read_policy(names: Names, domain: str, above: tuple[str, ...] = ()) -> Policy:
    """The policy of a domain with all that it includes.

    Raises SpfError where there is not exactly one record, or one that is broken, and OutsideError
    if no DNS server answers.
    """
    if domain.lower() in above:
        raise SpfError(f"{domain} includes itself")
    if len(above) > MOST_LOOKUPS:
        raise SpfError(f"it includes others more than {MOST_LOOKUPS} deep")
    words = _record(names, domain).split()[1:]
    trail, terms, target = (*above, domain.lower()), [], ""
    for word in words:
        modifier = _MODIFIER.fullmatch(word)
        if modifier is None:
            terms.append(_read_term(names, word, trail))
        elif modifier[1].lower() == "redirect":
            if target or not modifier[2]:
                raise SpfError(f"`{word}` of {domain} leads nowhere, or is the second")
            target = modifier[2]
    # A policy that says `all` never comes to where it redirects.
    is_open = bool(target) and not any(term.name == "all" for term in terms)
    if is_open and "%" in target:
        raise SpfError(f"`redirect={target}` depends on the letter, and is not followed here")
    onward = read_policy(names, target, trail) if is_open else None
    lookups = sum(
        (term.name in _ASKING) + (term.below.lookups if term.below else 0) for term in terms
    )
    return Policy(domain, tuple(terms), onward, lookups + (1 + onward.lookups if onward else 0))


def judged(names: Names, policy: Policy, address: IpAddress) -> tuple[Result, str]:
    """What a policy says of an address, and the term that says so; OutsideError without DNS."""
    doubtful: Term | None = None
    result, by = Result.NEUTRAL, "nothing in it"
    for term in policy.terms:
        holds = _holds(names, term, policy.domain, address)
        if holds is None:
            doubtful = doubtful or term
        elif holds:
            result, by = term.qualifier, term.written
            break
    else:
        if policy.onward is not None:
            result, by = judged(names, policy.onward, address)
    if doubtful is not None and result is not doubtful.qualifier:
        return Result.UNKNOWN, doubtful.written
    return result, by


def _record(names: Names, domain: str) -> str:
    """The one SPF record of a domain."""
    texts = names.texts(domain)
    found = [text for text in texts if text.lower().split(" ")[0] == "v=spf1"]
    if not found:
        raise SpfError(f"{domain} has no SPF record")
    if len(found) > 1:
        raise SpfError(f"{domain} has {len(found)} SPF records, and may have one")
    return found[0]


def _read_term(names: Names, word: str, trail: tuple[str, ...]) -> Term:
    """A mechanism; what it includes is read too, unless that depends on the letter."""
    found = _NETWORK.fullmatch(word)
    if found is not None:
        return _network_term(word, found)
    found = _MECHANISM.fullmatch(word)
    if found is None:
        raise SpfError(f"`{word}` is no term of SPF")
    name, value, lengths = found[2].lower(), found[3] or "", found[4]
    is_odd = (name in _NEEDING and not value) or (name in _BARE and lengths)
    if is_odd or name in ("ip4", "ip6") or (name == "all" and found[3] is not None):
        raise SpfError(f"`{word}` is no term of SPF")
    below = None
    if name == "include" and "%" not in value:
        below = read_policy(names, value, trail)
    return Term(word, Result(found[1] or "+"), name, value, lengths, below)


def _network_term(word: str, found: re.Match[str]) -> Term:
    name, value = found[2].lower(), found[3]
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise SpfError(f"`{word}` names no network") from None
    if network.version != int(name[2]):
        raise SpfError(f"`{word}` names no network of that kind")
    return Term(word, Result(found[1] or "+"), name, value)


def _holds(names: Names, term: Term, domain: str, address: IpAddress) -> bool | None:
    """Whether a mechanism names an address; None if that depends on the letter."""
    target = term.value or domain
    match term.name:
        case "all":
            return True
        case "ip4" | "ip6":
            return address in ipaddress.ip_network(term.value, strict=False)
        case "include" if term.below is not None:
            result, _ = judged(names, term.below, address)
            return None if result is Result.UNKNOWN else result is Result.PASS
        case "a" if "%" not in target:
            return _is_near(names, [target], term.lengths, address)
        case "mx" if "%" not in target:
            hosts = [host for host in names.exchangers(target) if host]
            if len(hosts) > _MOST_EXCHANGERS:
                raise SpfError(f"`{term.written}` names more than {_MOST_EXCHANGERS} hosts")
            return _is_near(names, hosts, term.lengths, address)
        case "exists" if "%" not in target:
            return any(one.version == 4 for one in names.addresses(target))
        case _:
            return None


def _is_near(names: Names, hosts: list[str], lengths: str, address: IpAddress) -> bool:
    """Whether an address is in the network of one of some hosts."""
    four, _, six = lengths.partition("//")
    length = (four.strip("/") or "32") if address.version == 4 else (six or "128")
    if int(length) > address.max_prefixlen:
        raise SpfError(f"`{lengths}` is no length of a network")
    return any(
        address in ipaddress.ip_network(f"{one}/{length}", strict=False)
        for host in hosts
        for one in names.addresses(host)
        if one.version == address.version
    )
