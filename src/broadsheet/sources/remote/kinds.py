"""The kinds of sources that are known, and the one way from an operator's words to a source."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Final, cast

from broadsheet.errors import SettingError
from broadsheet.sources.remote import Options, Remote

Opener = Callable[[str, Options], Remote]

KINDS: Final[Mapping[str, str]] = {
    "acl": "acl",
    "arxiv": "arxiv",
    "arxiv-ids": "arxivids",
    "arxiv-rss": "arxivrss",
    "biorxiv": "biorxiv",
    "crossref": "crossref",
    "dblp": "dblp",
    "europepmc": "europepmc",
    "feed": "feeds",
    "github": "github",
    "huggingface": "huggingface",
    "jsonl": "jsonl",
    "medrxiv": "medrxiv",
    "oai": "oai",
    "openalex": "openalex",
    "pubmed": "pubmed",
    "semanticscholar": "semanticscholar",
    "zotero": "zotero",
}
"""The kinds, each with the module beside this one that opens it (`open_source`).

A module is imported when a source of its kind is opened: most homes need one or two.
"""


def kind_of(spec: str) -> str:
    """The kind that a source is of: what stands before the first colon."""
    return spec.partition(":")[0].strip()


def open_remote(spec: str, options: Options) -> Remote:
    """The source that `kind` or `kind:what` names; SettingError for what names none."""
    kind, _, what = spec.strip().partition(":")
    module = KINDS.get(kind.strip())
    if module is None:
        raise SettingError(
            f"There is no source of the kind {kind!r}.",
            hint=f"Write one of {', '.join(sorted(KINDS))}, most with what is wanted of it: "
            "kind:what.",
        )
    opener = cast(Opener, import_module(f"broadsheet.sources.remote.{module}").open_source)
    return opener(what.strip(), options)
