"""arXiv ids (new, old, versioned), DOIs and addresses that hold them, read into one PaperId."""

import hashlib
import re
from urllib.parse import unquote, urlsplit

from broadsheet.papers import Facts, PaperId

_NEW_ARXIV = r"\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}"
_OLD_ARXIV = r"[a-z]+(?:-[a-z]+)?(?:\.[A-Za-z-]{2,})?/\d{2}(?:0[1-9]|1[0-2])\d{3}"
_ARXIV = re.compile(rf"(?:arxiv\s*:\s*)?({_NEW_ARXIV}|{_OLD_ARXIV})(?:v[1-9]\d*)?", re.IGNORECASE)
_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.(.+)", re.IGNORECASE)
_DOI = re.compile(r"(?:doi\s*:\s*)?(10\.\d{4,9}(?:\.\d+)*/\S+)", re.IGNORECASE)
_ARXIV_HOSTS = ("arxiv.org", "alphaxiv.org", "huggingface.co", "hf.co", "ar5iv.org")
_ARXIV_PATH = re.compile(
    r"/(?:abs|pdf|html|format|ps|e-print|papers|overview|list)/(.+?)(?:\.pdf|\.md)?/?"
)
_DOI_HOSTS = ("doi.org",)
_DOI_PATH = re.compile(r"/(.+)")
_TITLE_DIGEST_BYTES = 10


def parse_arxiv_id(text: str) -> str | None:
    """Read an arXiv id, with or without prefix, version or address; None if it is none.

    The answer is version-less; old ids lose their subject class (`math.GT/0309136` is
    `math/0309136`), as arXiv itself writes them.
    """
    text = _path_of_address(text.strip(), _ARXIV_HOSTS, _ARXIV_PATH)
    text = _path_of_address(text, _DOI_HOSTS, _DOI_PATH)
    if as_doi := _DOI.fullmatch(text):
        held = _ARXIV_DOI.fullmatch(as_doi[1])
        if not held:
            return None
        text = held[1]
    found = _ARXIV.fullmatch(text)
    if not found:
        return None
    archive, slash, number = found[1].rpartition("/")
    return archive.split(".")[0].lower() + slash + number


def parse_doi(text: str) -> str | None:
    """Read a DOI, with or without prefix or address, in lower case; None if it is none.

    DOIs are case-insensitive (ISO 26324); trailing punctuation of a sentence is not part of one.
    """
    text = _path_of_address(text.strip(), _DOI_HOSTS, _DOI_PATH)
    found = _DOI.fullmatch(text)
    return found[1].rstrip(".,;:").lower() if found else None


def paper_id(facts: Facts, source: str, native_id: str | None, title_key: str) -> PaperId:
    """The id a record has by itself: arXiv id, else DOI, else native id, else its title's.

    `title_key` is the normalised title; records with the same one share the id `title:<digest>`.
    """
    if facts.arxiv_id:
        return PaperId(facts.arxiv_id)
    if facts.doi:
        return PaperId(f"doi:{facts.doi}")
    if native_id:
        return PaperId(f"{source}:{native_id}")
    digest = hashlib.blake2b(title_key.encode(), digest_size=_TITLE_DIGEST_BYTES).hexdigest()
    return PaperId(f"title:{digest}")


def id_rank(paper: str) -> int:
    """How well an id names a paper: 0 arXiv, 1 DOI, 2 a source's own, 3 from the title."""
    if _ARXIV.fullmatch(paper):
        return 0
    if paper.startswith("doi:"):
        return 1
    return 3 if paper.startswith("title:") else 2


def read_reference(text: str) -> PaperId | None:
    """The id that a reader's `text` names as a whole (id, DOI, address, `source:id`); else None."""
    text = text.strip()
    if arxiv := parse_arxiv_id(text):
        return PaperId(arxiv)
    if doi := parse_doi(text):
        return PaperId(f"doi:{doi}")
    if re.fullmatch(r"[A-Za-z0-9_-]+:[^\s\":]+", text) and not text.startswith("http"):
        return PaperId(text)
    return None


def _path_of_address(text: str, hosts: tuple[str, ...], path: re.Pattern[str]) -> str:
    """What `path` finds in a web address on one of `hosts`; any other text as it is."""
    if "/" not in text:
        return text
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
    except ValueError:
        return text
    host = (parts.hostname or "").lower()
    if not any(host == known or host.endswith(f".{known}") for known in hosts):
        return text
    found = path.fullmatch(unquote(parts.path))
    return found[1] if found else text
