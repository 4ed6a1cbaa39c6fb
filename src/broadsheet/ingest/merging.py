"""One paper folded from all its records: which fact is believed, and who said it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain

from broadsheet.catalogue import Citation, StoredRecord
from broadsheet.curation import flags, tidied
from broadsheet.identifiers import id_rank, paper_id, read_reference
from broadsheet.papers import FACT_NAMES, Facts, Finding, Paper, PaperId, Record
from broadsheet.text import title_key

_UNITED = ("categories", "keywords", "links")
_FLAGS = ("withdrawn", "retracted")
_LONGEST_CITED = 500
BY_AUTHORS = "author-links"
"""The format of what verified authors say here where things of their paper are."""
Provenance = Mapping[str, tuple[int, ...]]


def own_id(stored: StoredRecord, facts: Facts) -> PaperId:
    """The id a record has by itself."""
    record = stored.record
    return paper_id(facts, record.source, record.native_id, title_key(facts.title))


def all_ids(source: str, native_id: str | None, facts: Facts) -> list[PaperId]:
    """Every id a record tells: its arXiv id, its DOI and its source's own."""
    found = []
    if facts.arxiv_id:
        found.append(PaperId(facts.arxiv_id))
    if facts.doi:
        found.append(PaperId(f"doi:{facts.doi}"))
    if native_id:
        found.append(PaperId(f"{source}:{native_id}"))
    return found


def cited(records: Iterable[Record]) -> list[Citation]:
    """What these records of one paper say that it cites; what is no id is left out."""
    found: dict[Citation, None] = {}
    for record in records:
        for text in record.references:
            id = read_reference(text)
            if id and len(id) <= _LONGEST_CITED and id.isprintable():
                found[Citation(id, record.source)] = None
    return list(found)


def fold(
    records: Sequence[StoredRecord], templates: Collection[int] = frozenset()
) -> tuple[Paper, Provenance]:
    """The paper that these records (at least one) speak of, and the keys behind each fact.

    Records with an arXiv id are believed before those with a DOI, these before those with an id
    of their source, these before the rest; among equals, those received first. Of each fact the
    first that is not empty counts, but: the authors' own abstract before anybody's summary, the
    earliest announcement, the latest revision, a flag that anybody raised, and all categories,
    keywords and links. The order of `records` does not matter. One record alone has said
    everything: its provenance is empty. The paper is flagged by what is believed of it, with
    the `templates` known.
    """
    read = [(stored, *tidied(stored.record, as_received=stored.as_received)) for stored in records]
    repairs = (repair for _, _, found in read for repair in found)
    ranked = sorted(
        ((stored, facts) for stored, facts, _ in read),
        key=lambda one: (id_rank(own_id(*one)), one[0].received_at, one[0].key),
    )
    ids = [own_id(*one) for one in ranked]
    aliases = dict.fromkeys(
        alias
        for stored, facts in ranked
        for alias in all_ids(stored.record.source, stored.record.native_id, facts)
    )
    values: dict[str, object] = {}
    provenance: dict[str, tuple[int, ...]] = {}
    for name in FACT_NAMES:
        heard = _heard(name, ranked)
        said = [(stored.key, getattr(facts, name)) for stored, facts in heard]
        said = [(key, value) for key, value in said if value]
        if said:
            values[name], provenance[name] = _believed(name, said)
    believed = Facts(**values)  # type: ignore[arg-type]
    paper = Paper(
        id=ids[0],
        aliases=tuple(a for a in aliases if a != ids[0]),
        findings=_first_of_each(repairs, flags(believed, templates)),
        **values,  # type: ignore[arg-type]
    )
    return paper, provenance if len(records) > 1 else {}


def _first_of_each(*found: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, of each stage and name the first."""
    first: dict[tuple[str, str], Finding] = {}
    for one in chain(*found):
        first.setdefault((one.stage, one.name), one)
    return tuple(sorted(first.values()))


def _heard(name: str, ranked: list[tuple[StoredRecord, Facts]]) -> list[tuple[StoredRecord, Facts]]:
    """Who is heard on one fact, in which order.

    An abstract of the authors' own silences who wrote a summary; their links come first.
    """
    if name == "links":
        return sorted(ranked, key=lambda one: one[0].record.format != BY_AUTHORS)
    if name not in ("abstract", "summary_by"):
        return ranked
    own = [one for one in ranked if one[1].abstract and not one[1].summary_by]
    if name == "abstract":
        return own or ranked
    return [] if own else ranked


def _believed(name: str, said: list[tuple[int, object]]) -> tuple[object, tuple[int, ...]]:
    """What is believed of one fact, and the records that said it, the believed one first."""
    if name in _UNITED:
        united = dict.fromkeys(item for _, items in said for item in items)  # type: ignore[attr-defined]
        return tuple(united), tuple(key for key, _ in said)
    if name in _FLAGS:
        return True, tuple(key for key, _ in said)
    if name == "announced":
        said.sort(key=lambda one: str(one[1]))
    elif name == "revised":
        said.sort(key=lambda one: str(one[1]), reverse=True)
    value = said[0][1]
    return value, tuple(key for key, other in said if other == value)
