"""How often one may ask is counted by who can be told apart: an address, or a network of IPv6."""

import pytest

from broadsheet.faces.guard import Limiter, counted_as


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
    ],
)
def test_what_an_address_is_counted_as(address: str, counted: str) -> None:
    assert counted_as(address) == counted


def test_a_whole_network_of_one_customer_shares_its_room() -> None:
    limiter = Limiter(2)
    taken = [limiter.take(counted_as(f"2001:db8::{last}"), 0) for last in range(3)]
    assert [one.allowed for one in taken if one] == [True, True, False]
