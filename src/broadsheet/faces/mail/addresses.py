"""Mail addresses as letters need them: checked, with a domain in ASCII, and with a mark."""

from dataclasses import dataclass

from broadsheet.errors import InputError

_FORBIDDEN = frozenset('<>()[],;:\\"@ ')
_LONGEST_LOCAL = 64
_LONGEST_DOMAIN = 253


@dataclass(frozen=True, slots=True)
class Address:
    """The two parts of an address; the domain is in ASCII (IDNA)."""

    local: str
    domain: str

    def __str__(self) -> str:
        """As it is written."""
        return f"{self.local}@{self.domain}"

    @property
    def is_international(self) -> bool:
        """Whether a server needs SMTPUTF8 for it."""
        return not self.local.isascii()

    def marked(self, mark: str) -> "Address":
        """The same mailbox with a mark (`+mark`), by which what comes back is told apart."""
        return Address(f"{self.local}+{mark}", self.domain)


def read_address(text: str) -> Address:
    """The address that a text is; InputError for one that no letter can be sent to."""
    local, at, domain = text.strip().rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode()
    except UnicodeError:
        ascii_domain = ""
    is_sound = (
        at
        and 0 < len(local.encode()) <= _LONGEST_LOCAL
        and 0 < len(ascii_domain) <= _LONGEST_DOMAIN
        and (local + ascii_domain).isprintable()
        and not _FORBIDDEN.intersection(local + ascii_domain)
    )
    if not is_sound:
        raise InputError("This is no address for mail.", hint="Write one like ada@example.org.")
    return Address(local, ascii_domain)
