"""Papers as other programs cite them: BibTeX, RIS and CSL-JSON."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from broadsheet.cards.links import address_of, pdf_of
from broadsheet.cards.names import FullName, split_name
from broadsheet.cards.retractions import retraction_note
from broadsheet.papers import Paper, PartialDate
from broadsheet.text import formulas, plain, title_key

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_CONFERENCE = re.compile(
    r"\b(?:proceedings|conference|symposium|workshop|meeting|congress|findings|neurips|nips|icml"
    r"|iclr|cvpr|iccv|eccv|wacv|bmvc|miccai|acl|naacl|eacl|emnlp|coling|lrec|aaai|ijcai|ecai|uai"
    r"|aistats|colt|corl|icra|iros|kdd|wsdm|cikm|recsys|sigir|ecir|sigmod|vldb|icde|sigcomm|nsdi"
    r"|sosp|osdi|usenix|stoc|focs|chi|www|interspeech|icassp)(?![a-z])",
    re.IGNORECASE,
)
_JOURNAL = re.compile(
    r"\b(?:journal|transactions|letters|annals|magazine|bulletin|review|tacl|pvldb"
    r"|proceedings of the (?:national academy|royal society|ieee\Z|vldb|acm on))\b",
    re.IGNORECASE,
)
_SMALL_WORDS = frozenset("a an the on in of for to and or with from by at is are how why".split())
_ESCAPED = {sign: f"\\{sign}" for sign in "&%#_$"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_ESCAPES = str.maketrans(_ESCAPED | {"{": r"\{", "}": r"\}"})
_LONE_BRACES = str.maketrans(_ESCAPED | {"{": r"\textbraceleft{}", "}": r"\textbraceright{}"})
_COMMENT = re.compile(r"(?<!\\)(?:\\\\)*%")
_ESCAPED_SIGN = re.compile(r"\\.")
_BRACE = re.compile(r"[{}]")
_NOT_IN_ADDRESS = re.compile(r"[{}\\\s]")
_NOT_SHOWN = ("Cc", "Cs")
_KEY_SIGN = re.compile(r"[^a-z0-9]")
_SUFFIXES = "abcdefghijklmnopqrstuvwxyz"
_LONGEST_KEY = 60


def citation_key(paper: Paper) -> str:
    """First author, year and first telling word of the title, such as `vaswani2017attention`.

    Of a person the family name without particles, of a group the first telling word. Only a-z and
    0-9, at most 60 of them; `paper` where nothing else is known.
    """
    year = str(paper.announced.year) if paper.announced else ""
    first = next(iter(_names(paper)), None)
    return (
        f"{_author_word(first) if first else ''}{year}{_telling(plain(paper.title))}"[:_LONGEST_KEY]
        or "paper"
    )


def is_conference(paper: Paper) -> bool:
    """Whether the venue reads like proceedings: a word for a meeting or one's short name in it.

    A word for a journal comes first (`Transactions of the ACL`), and so do the journals that call
    themselves proceedings (`Proceedings of the National Academy of Sciences`).
    """
    return bool(_CONFERENCE.search(paper.venue)) and not _JOURNAL.search(paper.venue)


def own_abstract(paper: Paper) -> str:
    """The authors' abstract as plain text; "" where only someone else's summary is held."""
    return "" if paper.summary_by else plain(paper.abstract)


def bibtex(papers: Iterable[Paper]) -> str:
    """The papers as BibTeX entries, each with a key of its own.

    Prose is escaped, formulas stay TeX. A key that is taken gets `a` … `z`, then `-27` and so on.
    """
    return "\n".join(bibtex_entries(papers))


def bibtex_entries(papers: Iterable[Paper]) -> Iterator[str]:
    """The same, one entry after another as the papers come."""
    keys = _Keys()
    return (_entry(paper, keys.next(citation_key(paper))) for paper in papers)


def ris(papers: Iterable[Paper]) -> str:
    """The papers as RIS records, each value on one line, with CRLF as that format asks.

    `DA` is as precise as known. A summary that is not the authors' is a note (`N1`), not an `AB`.
    """
    return "".join(f"{line}\r\n" for paper in papers for line in _ris_lines(paper))


def csl(papers: Iterable[Paper]) -> list[dict[str, Any]]:
    """The papers as items of CSL-JSON (Citation Style Language 1.0.2), without empty variables.

    A summary that is not the authors' is a `note`, not an `abstract`.
    """
    return [_csl_item(paper) for paper in papers]


class _Keys:
    """The keys given out so far, and how many endings of each have been tried."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._tried: dict[str, int] = {}

    def next(self, wanted: str) -> str:
        """The wanted key, with an ending if it is taken; it is taken then."""
        key = wanted
        # The first keeps the plain key, so that it does not change with the list it is in.
        while key in self._taken:
            self._tried[wanted] = again = self._tried.get(wanted, 0) + 1
            key = wanted + (_SUFFIXES[again - 1] if again <= len(_SUFFIXES) else f"-{again}")
        self._taken.add(key)
        return key


def _entry(paper: Paper, key: str) -> str:
    kind, holder = _kind(paper)
    fields = {
        "title": f"{{{_tex(paper.title)}}}",
        "author": " and ".join(map(_bibtex_name, _names(paper))),
        "year": str(paper.announced.year) if paper.announced else "",
        holder: _tex(paper.venue),
        "eprint": _verbatim(paper.arxiv_id or ""),
        "archivePrefix": "arXiv" if paper.arxiv_id else "",
        "primaryClass": _escaped(paper.categories[0]) if _is_arxiv(paper) else "",
        "doi": _verbatim(paper.doi or ""),
        "url": _verbatim(address_of(paper)),
        "keywords": ", ".join(_tex(keyword) for keyword in paper.keywords),
        "note": retraction_note(paper),
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
        return f"{{{_escaped(name.family)}}}"
    parts = (name.family, name.suffix, name.given)
    return ", ".join(_escaped(part) for part in parts if part)


def _tex(text: str) -> str:
    """A stored text as TeX: prose escaped, formulas kept if their braces match."""
    pieces = []
    for is_formula, content in formulas.split(" ".join(_printable(text).split())):
        if is_formula and _is_kept(content):
            pieces.append(f"${content}$")
        else:
            line = formulas.readable(content) if is_formula else content.replace("\\$", "$")
            pieces.append(_escaped(line))
    return "".join(pieces)


def _escaped(text: str) -> str:
    """Plain text with the signs that mean something to TeX written so that they do not."""
    # BibTeX counts escaped braces as well, so a lone one has to be spelt out.
    return _printable(text).translate(_ESCAPES if _is_balanced(text) else _LONE_BRACES)


def _verbatim(name: str) -> str:
    """An id or address, which is not TeX: only what would end the field is percent-encoded."""
    return _NOT_IN_ADDRESS.sub(lambda found: quote(found[0]), _printable(name))


def _is_kept(formula: str) -> bool:
    """Whether a formula can stand in a field as TeX: all readers find the same braces in it."""
    bare = _ESCAPED_SIGN.sub("", formula)
    return _is_balanced(formula) and _is_balanced(bare) and not _COMMENT.search(formula)


def _is_balanced(text: str) -> bool:
    depth = 0
    for sign in _BRACE.findall(text):
        depth += 1 if sign == "{" else -1
        if depth < 0:
            return False
    return depth == 0


def _ris_lines(paper: Paper) -> Iterator[str]:
    kind = {"misc": "UNPB", "article": "JOUR", "inproceedings": "CONF"}[_kind(paper)[0]]
    yield f"TY  - {kind}"
    for name in _names(paper):
        parts = (name.family, name.given, name.suffix)
        yield from _ris("AU", ", ".join(part for part in parts if part))
    yield from _ris("TI", plain(paper.title))
    if paper.announced:
        yield from _ris("PY", str(paper.announced.year))
        yield from _ris("DA", str(paper.announced).replace("-", "/"))
    yield from _ris("T2", plain(paper.venue))
    yield from _ris("AB", own_abstract(paper))
    yield from _ris("N1", retraction_note(paper))
    yield from _ris("N1", _summary(paper))
    yield from _ris("DO", paper.doi or "")
    yield from _ris("UR", address_of(paper))
    yield from _ris("L1", pdf_of(paper))
    for keyword in paper.keywords:
        yield from _ris("KW", plain(keyword))
    yield from _ris("ID", paper.id)
    yield "ER  - "


def _ris(tag: str, value: str) -> Iterator[str]:
    if line := " ".join(_printable(value).split()):
        yield f"{tag}  - {line}"


def _csl_item(paper: Paper) -> dict[str, Any]:
    kind = {"misc": "article", "article": "article-journal", "inproceedings": "paper-conference"}
    item: dict[str, Any] = {
        "id": paper.id,
        "type": kind[_kind(paper)[0]],
        "title": plain(paper.title),
        "author": [_csl_name(name) for name in _names(paper)],
        "issued": _csl_date(paper.announced) if paper.announced else None,
        "container-title": plain(paper.venue),
        "abstract": own_abstract(paper),
        "note": " ".join(filter(None, (retraction_note(paper), _summary(paper)))),
        "DOI": paper.doi,
        "URL": address_of(paper),
        "number": f"arXiv:{paper.arxiv_id}" if paper.arxiv_id else None,
        "publisher": "arXiv" if paper.arxiv_id and not paper.venue else None,
        "keyword": ", ".join(plain(keyword) for keyword in paper.keywords),
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


def _summary(paper: Paper) -> str:
    """What someone else says of the paper, and who; "" if the abstract is the authors' own."""
    if not (paper.summary_by and paper.abstract):
        return ""
    return f"Summary by {plain(paper.summary_by)}: {plain(paper.abstract)}"


def _names(paper: Paper) -> Iterator[FullName]:
    """The authors' names in parts, without those that have no letter to show."""
    # Cut after what is not shown is gone: a hidden sign could make an "and" of two letters.
    cut = (split_name(_printable(plain(author.name))) for author in paper.authors)
    return (name for name in cut if name.family)


def _author_word(name: FullName) -> str:
    """The one word that names an author in a key."""
    return _telling(name.family) if name.is_whole else _letters(name.family.split()[-1])


def _telling(text: str) -> str:
    """The first word that tells something, as it stands in a key; "" if there is none."""
    words = (_letters(word) for word in text.split())
    return next((word for word in words if word and word not in _SMALL_WORDS), "")


def _letters(word: str) -> str:
    """The ASCII letters and digits of a word without its accents, in lower case."""
    return _KEY_SIGN.sub("", title_key(word))


def _printable(text: str) -> str:
    """A text without control characters and lone surrogates; joiners of scripts stay."""
    if text.isprintable():
        return text
    return "".join(
        sign for sign in text if sign.isspace() or unicodedata.category(sign) not in _NOT_SHOWN
    )
