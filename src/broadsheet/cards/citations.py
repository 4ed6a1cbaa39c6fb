"""Papers as other programs cite them: BibTeX, RIS and CSL-JSON."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from broadsheet.cards.links import address_of, pdf_of
from broadsheet.cards.names import FullName, split_name
from broadsheet.papers import Paper, PartialDate
from broadsheet.text import formulas, plain

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_CONFERENCE = re.compile(
    r"\b(?:proceedings|conference|symposium|workshop|meeting|congress|neurips|nips|icml|iclr|cvpr"
    r"|iccv|eccv|acl|naacl|eacl|emnlp|coling|aaai|ijcai|kdd|sigir|sigmod|sigcomm|sosp|osdi|stoc"
    r"|focs|chi|www|interspeech|icassp)\b",
    re.IGNORECASE,
)
_SMALL_WORDS = frozenset("a an the on in of for to and or with from by at is are how why".split())
_ESCAPED = {sign: f"\\{sign}" for sign in "&%#_$"} | {
    "{": "",
    "}": "",
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_ESCAPES = str.maketrans(_ESCAPED)
_KEY_SIGN = re.compile(r"[^a-z0-9]")
_SUFFIXES = "abcdefghijklmnopqrstuvwxyz"


def citation_key(paper: Paper) -> str:
    """First author, year and first telling word of the title, such as `vaswani2017attention`."""
    family = split_name(plain(paper.authors[0].name)).family.split() if paper.authors else []
    words = [_letters(word) for word in plain(paper.title).split()]
    telling = next((word for word in words if word and word not in _SMALL_WORDS), "")
    year = str(paper.announced.year) if paper.announced else ""
    return f"{_letters(family[-1]) if family else ''}{year}{telling}"[:60] or "paper"


def is_conference(paper: Paper) -> bool:
    """Whether the venue reads like proceedings and not like a journal."""
    return bool(_CONFERENCE.search(paper.venue))


def bibtex(papers: Iterable[Paper]) -> str:
    """The papers as BibTeX entries in UTF-8, each with a key of its own."""
    taken: dict[str, int] = {}
    entries = []
    for paper in papers:
        key = citation_key(paper)
        taken[key] = again = taken.get(key, -1) + 1
        # The first keeps the plain key, so that it does not change with the list it is in.
        ending = "" if not again else _SUFFIXES[again] if again < 26 else f"-{again}"
        entries.append(_entry(paper, key + ending))
    return "\n".join(entries)


def ris(papers: Iterable[Paper]) -> str:
    """The papers as RIS records, with the line ends that format asks for."""
    return "".join(f"{line}\r\n" for paper in papers for line in _ris_lines(paper))


def csl(papers: Iterable[Paper]) -> list[dict[str, Any]]:
    """The papers as items of CSL-JSON (Citation Style Language 1.0.2)."""
    return [_csl_item(paper) for paper in papers]


def _entry(paper: Paper, key: str) -> str:
    kind, holder = _kind(paper)
    names = [split_name(plain(author.name)) for author in paper.authors]
    fields = {
        "title": f"{{{_tex(paper.title)}}}",
        "author": " and ".join(filter(None, map(_bibtex_name, names))),
        "year": str(paper.announced.year) if paper.announced else "",
        holder: _tex(paper.venue),
        "eprint": _escaped(paper.arxiv_id or ""),
        "archivePrefix": "arXiv" if paper.arxiv_id else "",
        "primaryClass": _escaped(paper.categories[0]) if _is_arxiv(paper) else "",
        "doi": _escaped(paper.doi or ""),
        "url": _escaped_url(address_of(paper)),
        "keywords": ", ".join(_tex(keyword) for keyword in paper.keywords),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    if paper.announced and paper.announced.month:
        lines.append(f"  month = {_MONTHS[paper.announced.month - 1]}")
    return f"@{kind}{{{key},\n" + ",\n".join(lines) + "\n}\n"


def _kind(paper: Paper) -> tuple[str, str]:
    """The type of entry, and the field that holds the venue."""
    if not paper.venue:
        return "misc", "howpublished"
    if is_conference(paper):
        return "inproceedings", "booktitle"
    return "article", "journal"


def _is_arxiv(paper: Paper) -> bool:
    return bool(paper.arxiv_id and paper.categories)


def _bibtex_name(name: FullName) -> str:
    if name.is_whole:
        return f"{{{_escaped(name.family)}}}" if name.family else ""
    parts = (name.family, name.suffix, name.given)
    return ", ".join(_escaped(part) for part in parts if part)


def _tex(text: str) -> str:
    """A stored text as TeX: prose escaped, formulas kept if their braces match."""
    pieces = []
    for is_formula, content in formulas.split(" ".join(text.split())):
        if is_formula and _is_balanced(content):
            pieces.append(f"${content}$")
        else:
            line = formulas.readable(content) if is_formula else content.replace("\\$", "$")
            pieces.append(_escaped(line))
    return "".join(pieces)


def _escaped(text: str) -> str:
    """Plain text with the signs that mean something to TeX written so that they do not."""
    return _printable(text).translate(_ESCAPES)


def _escaped_url(url: str) -> str:
    """An address: braces would end the field, all else BibTeX leaves alone."""
    return url.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")


def _is_balanced(content: str) -> bool:
    depth = 0
    for sign in re.sub(r"\\.", "", content):
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            return False
    # Two backslashes or an escaped brace would be counted otherwise by simple readers.
    return depth == 0 and "\\{" not in content and "\\}" not in content and "@" not in content


def _ris_lines(paper: Paper) -> Iterable[str]:
    kind = {"misc": "UNPB", "article": "JOUR", "inproceedings": "CONF"}[_kind(paper)[0]]
    yield f"TY  - {kind}"
    for author in paper.authors:
        name = split_name(plain(author.name))
        parts = (name.family, name.given, name.suffix)
        yield from _ris("AU", ", ".join(part for part in parts if part))
    yield from _ris("TI", plain(paper.title))
    if paper.announced:
        yield from _ris("PY", str(paper.announced.year))
        yield from _ris("DA", str(paper.announced).replace("-", "/"))
    yield from _ris("T2", plain(paper.venue))
    yield from _ris("AB", plain(paper.abstract))
    yield from _ris("DO", paper.doi or "")
    yield from _ris("UR", address_of(paper))
    yield from _ris("L1", pdf_of(paper))
    for keyword in paper.keywords:
        yield from _ris("KW", plain(keyword))
    yield from _ris("ID", paper.id)
    yield "ER  - "


def _ris(tag: str, value: str) -> Iterable[str]:
    if line := " ".join(_printable(value).split()):
        yield f"{tag}  - {line}"


def _csl_item(paper: Paper) -> dict[str, Any]:
    kind = {"misc": "article", "article": "article-journal", "inproceedings": "paper-conference"}
    item: dict[str, Any] = {
        "id": paper.id,
        "type": kind[_kind(paper)[0]],
        "title": plain(paper.title),
        "author": [_csl_name(split_name(plain(author.name))) for author in paper.authors],
        "issued": _csl_date(paper.announced) if paper.announced else None,
        "container-title": plain(paper.venue),
        "abstract": plain(paper.abstract),
        "DOI": paper.doi,
        "URL": address_of(paper),
        "number": f"arXiv:{paper.arxiv_id}" if paper.arxiv_id else None,
        "publisher": "arXiv" if paper.arxiv_id and not paper.venue else None,
        "keyword": ", ".join(paper.keywords),
    }
    return {name: value for name, value in item.items() if value}


def _csl_name(name: FullName) -> dict[str, str]:
    if name.is_whole:
        return {"literal": name.family}
    parts = {"family": name.family, "given": name.given, "suffix": name.suffix}
    return {key: value for key, value in parts.items() if value}


def _csl_date(date: PartialDate) -> dict[str, list[list[int]]]:
    parts = (date.year, date.month, date.day)
    return {"date-parts": [[part for part in parts if part]]}


def _letters(word: str) -> str:
    """The plain letters and digits of a word, in lower case."""
    folded = unicodedata.normalize("NFKD", word.lower().replace("ø", "o").replace("ß", "ss"))
    return _KEY_SIGN.sub("", folded)


def _printable(text: str) -> str:
    """A text without control characters."""
    return "".join(sign for sign in text if sign.isprintable() or sign.isspace())
