"""Which addresses are of the public internet, and what a name leads to."""

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Resolver = Callable[[str, int], Sequence[str]]
"""All addresses of a host for a port; OSError if there is none."""

_UNICAST = IPv6Network("2000::/3")
"""What is given to anybody at all; all the rest of IPv6 is local, reserved or a translation."""
_NAT64 = IPv6Network("64:ff9b::/96")
_TUNNELS = (IPv6Network("2002::/16"), IPv6Network("2001::/32"))
"""6to4 and Teredo carry an IPv4 address that a gateway nearby may lead to."""
_NOBODY = (IPv6Network("3fff::/20"), *_TUNNELS)
_RELAYS = IPv4Network("192.88.99.0/24")


def is_public(address: str) -> bool:
    """Whether an address, in the plain form a resolver gives, is of the public internet.

    IPv4 addresses mapped into IPv6 (RFC 4291) or translated (RFC 6052) count as what they lead to.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        if found.scope_id:
            return False
        inner = found.ipv4_mapped
        if inner is None and found in _NAT64:
            inner = IPv4Address(found.packed[-4:])
        if inner is None:
            return (
                found in _UNICAST
                and found.is_global
                and not any(found in network for network in _NOBODY)
            )
        found = inner
    return found.is_global and not found.is_multicast and found not in _RELAYS


def resolved(host: str, port: int) -> Sequence[str]:
    """What the system's resolver says, with every form of a number that it reads as an address."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
