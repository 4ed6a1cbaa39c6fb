"""How a paper is read and cited: as HTML, Markdown, BibTeX, RIS, CSL-JSON, CSV and meta tags."""

from broadsheet.cards.briefs import STANDFIRST, byline, spelt, standfirst
from broadsheet.cards.citations import bibtex, citation_key, csl, ris
from broadsheet.cards.exports import MEDIA_TYPES, ExportFormat, exported
from broadsheet.cards.highwire import highwire_tags
from broadsheet.cards.links import address_of, code_of, pdf_of, project_of
from broadsheet.cards.markdown import as_markdown
from broadsheet.cards.mathematics import as_html, paragraphs
from broadsheet.cards.retractions import marked_title, retraction

__all__ = [
    "MEDIA_TYPES",
    "STANDFIRST",
    "ExportFormat",
    "address_of",
    "as_html",
    "as_markdown",
    "bibtex",
    "byline",
    "citation_key",
    "code_of",
    "csl",
    "exported",
    "highwire_tags",
    "marked_title",
    "paragraphs",
    "pdf_of",
    "project_of",
    "retraction",
    "ris",
    "spelt",
    "standfirst",
]
