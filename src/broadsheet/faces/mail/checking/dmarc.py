"""Whether letters pass DMARC: the policy of the sender's domain, and what is aligned with it."""

from collections.abc import Iterator
from dataclasses import dataclass

from broadsheet.faces.mail.checking.findings import Finding, ok, unknown, warning, wrong
from broadsheet.faces.mail.checking.names import Names
from broadsheet.faces.mail.checking.records import read_tags

_POLICIES = ("none", "quarantine", "reject")
_MOST_STEPS = 8
"""How far up one looks for a policy."""


class DmarcError(Exception):
    """A record that receivers take for none."""


@dataclass(frozen=True, slots=True)
class Dmarc:
    """The policy that holds for a domain, `place` being the domain that has it."""

    place: str
    policy: str
    strict_dkim: bool
    strict_spf: bool
    has_reports: bool


def read_dmarc(names: Names, domain: str) -> Dmarc | None:
    """The policy of a domain, or of the nearest one above it; None if there is none.

    Raises DmarcError for a record that does not count.
    """
    labels = domain.split(".")
    # A domain of one label is a registry's.
    for step in range(min(_MOST_STEPS, max(1, len(labels) - 1))):
        place = ".".join(labels[step:])
        texts = [text for text in names.texts(f"_dmarc.{place}") if _is_dmarc(text)]
        if len(texts) > 1:
            raise DmarcError(f"_dmarc.{place} has {len(texts)} records, and may have one")
        if texts:
            return _read(texts[0], place, is_own=step == 0)
    return None


def of_dmarc(names: Names, sender: str, signed_for: str | None, returns: str) -> Iterator[Finding]:
    """The policy of the domain that letters come from, and whether they pass it.

    `signed_for` is the domain of our signature, `returns` that of the return path.
    """
    try:
        dmarc = read_dmarc(names, sender)
    except DmarcError as error:
        yield wrong("DMARC", f"{error}.", _publish(sender))
        return
    if dmarc is None:
        yield warning(
            "DMARC", f"{sender} has no policy; large receivers want one.", _publish(sender)
        )
    elif not dmarc.has_reports and dmarc.policy == "none":
        found = f"_dmarc.{dmarc.place} says `p=none`, and nobody gets reports."
        yield warning("DMARC", found, "Add `rua=mailto:…`: the reports say who sends in your name.")
    else:
        told = "" if dmarc.policy != "none" else "Once reports look well, say `p=quarantine`."
        yield ok("DMARC", f"The policy of {dmarc.place} is {dmarc.policy}.", told)
    yield _of_alignment(dmarc, sender, signed_for, returns)


def is_aligned(domain: str, sender: str, place: str | None, *, strict: bool) -> bool | None:
    """Whether a domain is aligned with the sender's; None if a list of registries would tell.

    `place` is the domain above both that has the policy.
    """
    one, other = domain.lower(), sender.lower()
    if one == other:
        return True
    if strict:
        return False
    if one.endswith(f".{other}") or (other.endswith(f".{one}") and "." in one):
        return True
    if place is not None and "." in place and one.endswith(f".{place.lower()}"):
        return True
    return None if one.split(".")[-2:] == other.split(".")[-2:] else False


def _of_alignment(
    dmarc: Dmarc | None, sender: str, signed_for: str | None, returns: str
) -> Finding:
    """Whether the signature or the return path speaks for the domain that readers see."""
    check, place = "alignment", dmarc.place if dmarc else None
    by_key: bool | None = False
    if signed_for is not None:
        by_key = is_aligned(signed_for, sender, place, strict=bool(dmarc and dmarc.strict_dkim))
    by_path = is_aligned(returns, sender, place, strict=bool(dmarc and dmarc.strict_spf))
    if by_key:
        return ok(check, f"Letters from {sender} are signed for {signed_for}.")
    if by_path and signed_for is None:
        found = f"Only the return path ({returns}) speaks for {sender}, which a forwarder breaks."
        return warning(check, found, f"Sign for {sender}, here or by the relay.")
    if by_path:
        found = f"The signature is for {signed_for}, and only the return path speaks for {sender}."
        return warning(check, found, f"Set `mail_dkim_domain` to {sender}.")
    if by_key is None or by_path is None:
        found = f"Whether {signed_for or returns} and {sender} belong together is not known here."
        return unknown(check, found, f"Sign for {sender}, and it is certain.")
    advice = f"Set `mail_dkim_domain` to {sender}, or `mail_return_path` to a mailbox there."
    found = f"Neither signature nor return path ({returns}) speaks for {sender}."
    if dmarc is not None and dmarc.policy != "none":
        return wrong(check, f"{found} The policy is to {dmarc.policy} such letters.", advice)
    return warning(check, found, advice)


def _is_dmarc(text: str) -> bool:
    return text.replace(" ", "").lower().startswith("v=dmarc1")


def _read(text: str, place: str, *, is_own: bool) -> Dmarc:
    tags = {name.lower(): value for name, value in read_tags(text).items()}
    policy = tags.get("p", "") if is_own else tags.get("sp", tags.get("p", ""))
    if policy.lower() not in _POLICIES:
        raise DmarcError(f"_dmarc.{place} says `p={policy}`, which is no policy")
    return Dmarc(
        place=place,
        policy=policy.lower(),
        strict_dkim=tags.get("adkim", "r").lower() == "s",
        strict_spf=tags.get("aspf", "r").lower() == "s",
        has_reports="rua" in tags,
    )


def _publish(domain: str) -> str:
    return f"Publish one TXT record at _dmarc.{domain}: v=DMARC1; p=none; rua=mailto:you@{domain}"
