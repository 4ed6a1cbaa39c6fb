"""Which addresses lead to one mailbox."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, or_

_DOTLESS = ("gmail.com", "googlemail.com")


def same_mailbox(written: ColumnElement[str], email: str) -> ColumnElement[bool]:
    """Whether an address in a column leads where `email` does; both are in lower case.

    Whatever stands after a `+` is a mark. At Google dots mean nothing, and both domains are one.
    """
    local, _, domain = email.rpartition("@")
    base = local.partition("+")[0]
    if domain not in _DOTLESS:
        return _at(written, base, [domain])
    domains = [one.replace(".", "") for one in _DOTLESS]
    return _at(func.replace(written, ".", ""), base.replace(".", ""), domains)


def _at(written: ColumnElement[str], base: str, domains: Sequence[str]) -> ColumnElement[bool]:
    marked = written.startswith(f"{base}+", autoescape=True)
    ends = or_(*(written.endswith(f"@{domain}", autoescape=True) for domain in domains))
    return written.in_([f"{base}@{domain}" for domain in domains]) | (marked & ends)
