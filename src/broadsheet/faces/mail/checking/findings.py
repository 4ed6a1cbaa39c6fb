"""What a check of mail finds: a verdict, what was found, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a check ended; what could not be checked is neither well nor wrong."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"
    UNKNOWN = "could not be checked"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; `advice` is what to do, empty where nothing is."""

    check: str
    verdict: Verdict
    found: str
    advice: str = ""


def ok(check: str, found: str, advice: str = "") -> Finding:
    """All is well."""
    return Finding(check, Verdict.OK, found, advice)


def warning(check: str, found: str, advice: str) -> Finding:
    """Letters get out, some perhaps not."""
    return Finding(check, Verdict.WARNING, found, advice)


def wrong(check: str, found: str, advice: str) -> Finding:
    """Letters are lost, or will be taken for spam."""
    return Finding(check, Verdict.WRONG, found, advice)


def unknown(check: str, found: str, advice: str) -> Finding:
    """It cannot be told from here."""
    return Finding(check, Verdict.UNKNOWN, found, advice)
