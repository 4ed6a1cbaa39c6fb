"""All papers curated anew: by today's rules, and with the sentences that their abstracts share."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from broadsheet.catalogue import Catalogue
from broadsheet.curation import TemplateCount
from broadsheet.ingest.filing import refold
from broadsheet.ingest.importing import Stop
from broadsheet.papers import Paper

BATCH = 500
Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class Curated:
    """What curating anew did: papers looked at and changed, sentences that many abstracts share.

    `stages` counts the findings of the papers that changed, as in an import's report.
    """

    read: int = 0
    changed: int = 0
    templates: int = 0
    stopped: bool = False
    stages: dict[str, int] = field(default_factory=dict)


def curate(
    catalogue: Catalogue,
    *,
    progress: Progress = lambda phase, done, total: None,
    stop: Stop = lambda: False,
) -> Curated:
    """Tidy, repair, fold and flag every paper again from its records; write those that change.

    Matching is not done again: papers stay one or two. A stop leaves what is done, and doing it
    again goes on as if nothing had been. Raises BusyError while something is imported.
    """
    with catalogue.alone("import"):
        done = Curated()
        with catalogue.reading() as desk:
            total = desk.papers.count()
        templates = _templates(catalogue, progress, stop, total)
        if stop():
            done.stopped = True
            return done
        done.templates = len(templates)
        for keys in _pages(catalogue):
            if stop():
                done.stopped = True
                break
            _curate_page(catalogue, keys, templates, done)
            progress("curating", done.read, total)
        return done


def _templates(catalogue: Catalogue, progress: Progress, stop: Stop, total: int) -> Collection[int]:
    """The sentences that many abstracts share, counted and kept; by their digests."""
    count, read, after = TemplateCount(), 0, 0
    while not stop():
        with catalogue.reading() as desk:
            page = desk.papers.page(after, BATCH)
        if not page:
            break
        for _, paper in page:
            count.add(paper.abstract)
        after = page[-1][0]
        read += len(page)
        progress("comparing", read, total)
    found = count.templates()
    if not stop():
        with catalogue.writing() as desk:
            desk.findings.keep_templates(found)
    return found.keys()


def _pages(catalogue: Catalogue) -> Iterator[list[int]]:
    """The keys of all papers, some at a time."""
    after = 0
    while True:
        with catalogue.reading() as desk:
            keys = [key for key, _ in desk.papers.page(after, BATCH)]
        if not keys:
            return
        yield keys
        after = keys[-1]


def _curate_page(
    catalogue: Catalogue, keys: list[int], templates: Collection[int], done: Curated
) -> None:
    changed: list[tuple[Paper, Paper]]
    with catalogue.writing() as desk:
        changed = refold(desk, keys, templates=templates)
    done.read += len(keys)
    done.changed += len(changed)
    for _, paper in changed:
        for one in paper.findings:
            kind = f"{one.stage}: {one.name}"
            done.stages[kind] = done.stages.get(kind, 0) + 1
