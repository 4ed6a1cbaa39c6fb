"""The `citation_…` tags that Zotero and scholarly search engines read from a page's head."""

from broadsheet.cards.citations import is_conference, own_abstract
from broadsheet.papers import Paper
from broadsheet.text import plain


def highwire_tags(paper: Paper, *, address: str, pdf: str) -> list[tuple[str, str]]:
    """Names and plain values of the tags, in order, none empty and none escaped.

    `address` is that of the page itself, `pdf` that of the PDF or "". Dates are `YYYY/MM/DD`, as
    precise as known; an abstract is told only if it is the authors' own. The names are those of
    Highwire Press that Google Scholar's inclusion guidelines list.
    """
    date = str(paper.announced).replace("-", "/") if paper.announced else ""
    venue = "citation_conference_title" if is_conference(paper) else "citation_journal_title"
    tags = [("citation_title", plain(paper.title))]
    tags += [("citation_author", plain(author.name)) for author in paper.authors]
    tags += [
        ("citation_publication_date", date),
        ("citation_date", date),
        (venue, plain(paper.venue)),
        ("citation_doi", paper.doi or ""),
        ("citation_arxiv_id", paper.arxiv_id or ""),
        ("citation_abstract_html_url", address),
        ("citation_pdf_url", pdf),
        ("citation_keywords", "; ".join(plain(word) for word in paper.keywords)),
        ("citation_abstract", own_abstract(paper)),
    ]
    return [(name, " ".join(value.split())) for name, value in tags if value.strip()]
