"""What `broadsheet index compress` does and shows: ways measured, one chosen, and why."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from broadsheet.errors import InputError
from broadsheet.faces.cli import output
from broadsheet.faces.cli.output import Format
from broadsheet.index import compressing
from broadsheet.index.compressing import Way
from broadsheet.index.encoders import Encoder
from broadsheet.index.progress import Progress, Stop
from broadsheet.service import Service


class Which(StrEnum):
    """Whose vectors are meant."""

    STATIC = "static"
    CONTEXTUAL = "contextual"


@dataclass(frozen=True, slots=True)
class Compression:
    """The ways that were measured, the one chosen (None: none is within the budget).

    `note` says what was written, or why nothing was.
    """

    encoder: str
    papers: int
    budget: float
    chosen: str | None
    written: bool
    note: str
    ways: Sequence[Way]


def encoder_of(service: Service, which: Which) -> Encoder:
    """The encoder that is meant; InputError if there is none."""
    if which is Which.STATIC:
        return service.index.encoders[0]
    if service.index.contextual is None:
        raise InputError(
            "There is no contextual encoder here.",
            hint="Leave out `--encoder contextual`, or set BROADSHEET_CONTEXTUAL=true.",
        )
    return service.index.contextual


def measured(
    service: Service, encoder: Encoder, budget: float, progress: Progress, stop: Stop
) -> Compression:
    """Measure all ways, and choose; nothing is written."""
    engine = service.index.reader()
    papers = engine.vector_count(encoder.identity)
    if note := compressing.unneeded(engine, encoder):
        return Compression(encoder.identity, papers, budget, None, False, note, ())
    ways = compressing.measured(service.catalogue, engine, encoder, progress, stop)
    best = compressing.chosen(ways, budget)
    note = f"{best.codes} is the best; nothing was written." if best else ""
    name = best.codes if best else None
    return Compression(encoder.identity, papers, budget, name, False, note, ways)


def written(service: Service, encoder: Encoder, found: Compression) -> Compression:
    """Write the choice down, where it counts; InputError if no way was within the budget."""
    if not found.ways:
        return found
    if note := compressing.unlisted(service.index.reader(), encoder):
        return replace(found, note=note)
    if found.chosen is None:
        least = compressing.smallest(found.ways)
        takes = f"; the smallest, {least.codes}, takes {least.bytes_a_paper:.0f}" if least else ""
        raise InputError(
            f"No way to keep these vectors takes {found.budget:g} bytes a paper or less{takes}.",
            hint="Give a greater --budget.",
        )
    service.index.recode(encoder, found.chosen)
    note = f"The vectors of {found.encoder} are kept as {found.chosen} from now on."
    return replace(found, written=True, note=note)


def show(found: Compression, format: Format | None) -> None:
    """Write what was measured and chosen."""
    if format is Format.JSON:
        output.as_json(asdict(found))
        return
    if found.ways:
        kinds = list(found.ways[0].recall)
        columns = ("way", "bytes", *kinds, "worst", "of", "CPU ms", "offered")
        output.rows(format, columns, [_cells(way, kinds, found.chosen) for way in found.ways])
    if found.note:
        output.say(found.note)


def _cells(way: Way, kinds: Sequence[str], chosen: str | None) -> list[str]:
    offered = "yes" if way.offered else "no"
    return [
        way.codes,
        f"{way.bytes_a_paper:.1f}",
        *(f"{way.recall[kind]:.3f}" for kind in kinds),
        f"{way.worst_recall:.3f}",
        way.worst_group,
        f"{way.cpu_milliseconds:.2f}",
        "chosen" if way.codes == chosen else offered,
    ]
