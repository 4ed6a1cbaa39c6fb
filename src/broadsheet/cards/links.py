"""Where a paper is: its page, its PDF, its code and its project."""

from broadsheet.papers import LinkKind, Paper


def address_of(paper: Paper) -> str:
    """The page of the paper elsewhere: as a source says, else by its arXiv id or DOI, else ""."""
    if said := _said(paper, LinkKind.PAGE):
        return said
    if paper.arxiv_id:
        return f"https://arxiv.org/abs/{paper.arxiv_id}"
    return f"https://doi.org/{paper.doi}" if paper.doi else ""


def pdf_of(paper: Paper) -> str:
    """The PDF: as a source says, else arXiv's, else ""."""
    arxiv = f"https://arxiv.org/pdf/{paper.arxiv_id}" if paper.arxiv_id else ""
    return _said(paper, LinkKind.PDF) or arxiv


def code_of(paper: Paper) -> str:
    """The code, or ""."""
    return _said(paper, LinkKind.CODE)


def project_of(paper: Paper) -> str:
    """The page of the project, or ""."""
    return _said(paper, LinkKind.PROJECT)


def _said(paper: Paper, kind: LinkKind) -> str:
    return next((link.url for link in paper.links if link.kind is kind), "")
