"""Whether a paper still stands: what a reader must know before all else."""

from broadsheet.papers import Paper


def retraction(paper: Paper) -> str:
    """`Retracted`, `Withdrawn`, or "" as long as no source says either; the first outweighs."""
    if paper.retracted:
        return "Retracted"
    return "Withdrawn" if paper.withdrawn else ""


def retraction_note(paper: Paper) -> str:
    """The same as a sentence for bibliographies."""
    said = retraction(paper)
    return f"This paper was {said.lower()}." if said else ""


def marked_title(paper: Paper, title: str) -> str:
    """A title, after what must be known of its paper."""
    said = retraction(paper)
    return f"{said}: {title}" if said else title
