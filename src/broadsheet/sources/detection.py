"""Which format a text is in, told from how it begins and never from its file's name."""

import re

from broadsheet.sources import pages, tables

_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_ACL_ROOT = re.compile(r"<(?:collection|volume)\s[^<>]*\bid\s*=")
_XML = re.compile(r"<\?xml\b|<!DOCTYPE\b|<!--|<[A-Za-z][\w:.-]*[\s/>]")
_JSON = re.compile(r"\{\s*(?:[\"}]|\w+\s*:)|\[\s*[\]{\"]")
_RIS = re.compile(r"^TY {2}-", re.MULTILINE)
_BIBTEX = re.compile(
    r"^[ \t]*@(?:(?:string|comment|preamble)[ \t]*[{(]|[A-Za-z]+[ \t]*[{(]\s*[^\s,{}\"=]+\s*,)",
    re.MULTILINE | re.IGNORECASE,
)


def detect(head: str) -> str | None:
    """The name of the format that `head`, the beginning of a text, is in; None if it is none."""
    start = head.lstrip()
    if start.startswith("<"):
        return "acl-xml" if _ACL_ROOT.search(start) and not is_html(head) else None
    if _JSON.match(start):
        return "jsonl"
    if pages.is_page(start):
        return "pages"
    if _RIS.search(start):
        return "ris"
    if _BIBTEX.search(start):
        return "bibtex"
    return "csv" if tables.is_table(start) else None


def is_html(head: str) -> bool:
    """Whether a text begins as a web page does."""
    return bool(_HTML.search(head[:1000])) and head.lstrip().startswith("<")


def is_xml(head: str) -> bool:
    """Whether a text begins as XML does."""
    return bool(_XML.match(head.lstrip()))
