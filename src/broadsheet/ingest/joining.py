"""What people decide: two papers are one or not, a quarantined record is one, a text stays."""

from datetime import datetime

from broadsheet.catalogue import Catalogue, Decision, Desk
from broadsheet.errors import InputError, NotFoundError
from broadsheet.ingest.filing import file_batch, refold
from broadsheet.ingest.preparing import named, prepared
from broadsheet.papers import PaperId


def join(catalogue: Catalogue, left: str, right: str) -> PaperId:
    """Fold the paper `right` into `left`; the id of the paper that is left.

    All records and signals are kept, and both ids go on leading to it. Raises NotFoundError.
    """
    with catalogue.writing() as desk:
        into, gone = _found(desk, left), _found(desk, right)
        if into == gone:
            raise InputError(f"{left} and {right} are one paper already.")
        desk.papers.absorb(gone, into)
        refold(desk, [into])
        return desk.papers.by_keys([into])[into].id


def separate(catalogue: Catalogue, left: str, right: str) -> None:
    """Decide that a doubtful pair is two papers; NotFoundError if it is no such pair."""
    with catalogue.writing() as desk:
        desk.matches.decide(_found(desk, left), _found(desk, right), Decision.DIFFERENT)


def leave_as_received(catalogue: Catalogue, name: str, *, wanted: bool = True) -> PaperId:
    """Undo what was repaired in a paper's texts, now and from now on, or repair them again.

    LaTeX is read in any case. The id of the paper; NotFoundError if there is none.
    """
    with catalogue.writing() as desk:
        key = _found(desk, name)
        desk.records.leave_as_received(key, wanted)
        refold(desk, [key])
        return desk.papers.by_keys([key])[key].id


def release(catalogue: Catalogue, key: int, *, now: datetime) -> PaperId:
    """File a quarantined record as a paper against the judgement; the paper's id.

    Raises NotFoundError for an unknown key, InputError for a record that could not be read.
    """
    with catalogue.writing() as desk:
        held = desk.quarantine.get(key)
        if held is None:
            raise NotFoundError(
                f"There is no quarantined record {key}.", hint="See `broadsheet quarantine list`."
            )
        if not held.record.title.strip():
            raise InputError(
                f"The quarantined record {key} has no title to file it under.",
                hint="Mend it at its source and import it again.",
            )
        desk.quarantine.remove(key)
        file_batch(desk, [prepared(named(held.record), released=True)], now)
        name = (held.source, held.identity)
        filed = desk.records.known([name])[name].paper_key
        return desk.papers.by_keys([filed])[filed].id


def _found(desk: Desk, name: str) -> int:
    found = desk.papers.resolve([name])
    if name not in found:
        raise NotFoundError(f"There is no paper {name}.", hint="Look for it with `search`.")
    return found[name]
