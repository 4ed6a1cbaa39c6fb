"""A paper as the index sees it: plain text, tags, and the vectors of each encoder."""

from collections.abc import Mapping, Sequence

from broadsheet.index.encoders import Encoder
from broadsheet.index.engine import Document
from broadsheet.papers import LinkKind, Paper, PartialDate
from broadsheet.text import plain

_TELLING_LINKS = (LinkKind.CODE, LinkKind.PDF, LinkKind.PROJECT)


def documents(papers: Mapping[int, Paper], encoders: Sequence[Encoder]) -> list[Document]:
    """The documents of papers by key, each with a vector of every encoder."""
    texts = {key: (plain(paper.title), plain(paper.abstract)) for key, paper in papers.items()}
    encoded = [
        (encoder.identity, encoder.encode_papers([encoder_text(*both) for both in texts.values()]))
        for encoder in encoders
    ]
    return [
        Document(
            key=key,
            title=texts[key][0],
            abstract=texts[key][1],
            authors=tuple(plain(author.name) for author in paper.authors),
            venue=plain(paper.venue),
            categories=paper.categories,
            year=paper.announced.year if paper.announced else None,
            day=_day(paper.announced),
            has=_has(paper),
            vectors={identity: rows[place] for identity, rows in encoded},
        )
        for place, (key, paper) in enumerate(papers.items())
    ]


def paper_text(paper: Paper) -> str:
    """What an encoder is given of a paper."""
    return encoder_text(plain(paper.title), plain(paper.abstract))


def encoder_text(title: str, abstract: str) -> str:
    """What an encoder is given of a title and an abstract without markup."""
    return f"{title}. {abstract}" if abstract else title


def _day(date: PartialDate | None) -> int:
    """A date as YYYYMMDD, so that dates are in order; 0 where it is unknown."""
    return date.year * 10_000 + date.month * 100 + date.day if date else 0


def _has(paper: Paper) -> tuple[str, ...]:
    """What a paper comes with, as `has:` is asked for it."""
    kinds = {link.kind for link in paper.links}
    found = [str(kind) for kind in _TELLING_LINKS if kind in kinds]
    return (*found, "abstract") if paper.abstract else tuple(found)
