"""What the DNS says: texts, addresses, mail exchangers and names of addresses."""

import ipaddress
from collections.abc import Iterator
from typing import Any

import dns.exception
import dns.rdata
import dns.resolver
import dns.reversename

from broadsheet.errors import InputError, OutsideError

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
_SECONDS = 5.0
_MOST_QUESTIONS = 300
"""What others publish decides how much is asked: SPF may include without end."""


class Names:
    """Asks the name servers of the system, or the one that is named; each question once."""

    def __init__(self, server: tuple[str, int] | None = None, *, seconds: float = _SECONDS) -> None:
        """`server` is the address and port of a name server; OutsideError if there is none.

        A question may take so many seconds, all servers and tries together.
        """
        try:
            self._resolver = dns.resolver.Resolver(configure=server is None)
        except dns.exception.DNSException as error:
            raise OutsideError(
                "This system names no DNS server.", hint="Name one with --nameserver."
            ) from error
        if server is not None:
            self._resolver.nameservers, self._resolver.port = [server[0]], server[1]
        self._resolver.lifetime = seconds
        self._answers: dict[tuple[str, str], tuple[dns.rdata.Rdata, ...]] = {}
        self._gone: set[str] = set()

    def is_there(self, name: str) -> bool:
        """Whether there is anything of a name, or below it."""
        return bool(list(self._asked(name, "SOA"))) or name.rstrip(".").lower() not in self._gone

    def texts(self, name: str) -> list[str]:
        """The TXT records of a name, each with its pieces put together."""
        return [
            b"".join(record.strings).decode("utf-8", "replace")
            for record in self._asked(name, "TXT")
        ]

    def addresses(self, name: str) -> list[IpAddress]:
        """The addresses of a name, those of IPv4 first."""
        return [
            ipaddress.ip_address(record.address)
            for kind in ("A", "AAAA")
            for record in self._asked(name, kind)
        ]

    def exchangers(self, name: str) -> list[str]:
        """Who takes mail for a domain, the preferred first; a null MX (RFC 7505) is ``""``."""
        found = sorted((one.preference, str(one.exchange)) for one in self._asked(name, "MX"))
        return [host.rstrip(".") for _, host in found]

    def names_of(self, address: IpAddress) -> list[str]:
        """The names that an address has (PTR)."""
        reverse = str(dns.reversename.from_address(str(address)))
        return [str(record.target).rstrip(".") for record in self._asked(reverse, "PTR")]

    def _asked(self, name: str, kind: str) -> Iterator[Any]:
        """The records of a kind; none if there are none, OutsideError if nobody answers."""
        question = (name.rstrip(".").lower(), kind)
        if question not in self._answers:
            if len(self._answers) == _MOST_QUESTIONS:
                raise OutsideError(
                    f"The DNS was asked {_MOST_QUESTIONS} times, and no end was seen."
                )
            self._answers[question] = self._records(*question)
        yield from self._answers[question]

    def _records(self, name: str, kind: str) -> tuple[dns.rdata.Rdata, ...]:
        try:
            # What is a name is asked for as it is, whatever domains the system would append.
            return tuple(self._resolver.resolve(f"{name}.", kind, search=False))
        except dns.resolver.NXDOMAIN:
            self._gone.add(name)
            return ()
        except dns.resolver.NoAnswer:
            return ()
        except dns.resolver.LifetimeTimeout:
            raise OutsideError(f"No DNS server answered about {name} ({kind}) in time.") from None
        except dns.resolver.NoNameservers:
            raise OutsideError(f"The DNS servers cannot tell of {name} ({kind}).") from None
        except (dns.exception.DNSException, UnicodeError) as error:
            raise OutsideError(f"{name!r} cannot be asked for: {error}.") from None


def read_server(text: str) -> tuple[str, int]:
    """The name server that `ADDRESS`, `ADDRESS:PORT` or `[ADDRESS]:PORT` names; else InputError."""
    host, _, port = text.rpartition(":") if _has_port(text) else (text, "", "53")
    try:
        address = ipaddress.ip_address(host.strip("[]"))
        if not (port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
            raise ValueError
    except ValueError:
        raise InputError(
            f"{text!r} is no name server.", hint="Write its address, such as 192.0.2.53:53."
        ) from None
    return str(address), int(port)


def _has_port(text: str) -> bool:
    return text.count(":") == 1 or "]:" in text
