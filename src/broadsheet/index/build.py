"""The index of one catalogue: caught up with it, made anew, checked, and opened for searching."""

import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from broadsheet.catalogue import Catalogue
from broadsheet.errors import BusyError, FullError, SearchIndexError
from broadsheet.index.deepening import Reading, carry, newest_first, read, unchanged
from broadsheet.index.documents import documents
from broadsheet.index.embedded import EmbeddedEngine
from broadsheet.index.encoders import Encoder
from broadsheet.index.engine import Engine
from broadsheet.index.locks import DEEPENING, alone
from broadsheet.index.progress import IndexProgress, Progress, Stop
from broadsheet.index.stamp import (
    Stamp,
    State,
    chosen_codes,
    read_current,
    read_state,
    write_current,
)
from broadsheet.index.verifying import differences, wrong_vectors

PAGE = 512
"""Changes that are read, encoded and added at a time."""
COMMIT_EVERY = 40_000
"""Papers between two commits; what is lost by a kill is at most this much work."""
DEEPENED_TOGETHER = 2_048
"""Papers whose contextual vectors are kept at a time; a kill loses at most these."""
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Status:
    """What the index holds: `behind` counts catalogue changes that are not in it yet.

    `vectors` counts the papers that have one, by encoder; `lacking` those that the contextual
    encoder has still to read; `codes` names the way in which each encoder's vectors are kept in
    memory, and `bytes_a_paper` what a paper takes there.
    """

    state: str
    papers: int
    vectors: dict[str, int]
    lacking: int
    watermark: int
    behind: int
    bytes: int
    codes: dict[str, str]
    bytes_a_paper: dict[str, int]


class Index:
    """The index in one folder; deleting the folder at any time only costs the time to make it."""

    def __init__(
        self,
        folder: Path,
        catalogue: Catalogue,
        encoders: Sequence[Encoder],
        *,
        locks: Path,
        memory_mb: int,
        contextual: Encoder | None = None,
    ) -> None:
        """`encoders` read every paper as it comes in, the first of them also queries.

        The `contextual` one reads them when there is time (`deepen`), and queries from then on;
        `memory_mb` MiB are for writing.
        """
        self.folder, self.encoders, self.contextual = folder, tuple(encoders), contextual
        self._catalogue, self._locks, self._memory_mb = catalogue, locks, memory_mb
        self._engine: EmbeddedEngine | None = None
        self._seen: tuple[object, ...] = ()

    def reader(self) -> Engine:
        """The engine as last committed by any process; SearchIndexError if there is none yet."""
        seen = self._fingerprint()
        if self._engine is not None and seen == self._seen:
            return self._engine
        # A writer may sweep files between the reading of the state and the opening of them.
        for _ in range(_TRIES - 1):
            with suppress(SearchIndexError):
                return self._remembered()
        return self._remembered()

    def behind(self) -> int:
        """How many numbers the catalogue's changes are ahead of the index."""
        with self._catalogue.reading() as desk:
            latest, lineage = desk.changes.latest(), desk.changes.lineage()
        generation = self._current()
        state = read_state(generation) if generation else None
        if state is None or state.stamp != self._stamp(lineage) or state.watermark > latest:
            return latest
        return latest - state.watermark

    def catch_up(self, progress: Progress, stop: Stop = lambda: False) -> int:
        """Bring the index level with the catalogue; the number of papers added or removed.

        An index made from something else (another encoder, a restored catalogue, older code) is
        made anew. Raises BusyError if another process is at it, FullError without room.
        """
        with alone(self._locks, self.folder):
            former = generation = self._current()
            if generation is None or not self._fits(generation):
                generation = self._begun(former)
                write_current(self.folder, generation.name)
            done = self._filled(generation, progress, stop)
            self._carry(former, generation)
            self._sweep()
            return done

    def rebuild(self, progress: Progress, stop: Stop = lambda: False) -> int:
        """Make the index anew; until it is done the old one answers."""
        with alone(self._locks, self.folder):
            former = self._current()
            generation = self._begun(former)
            done = self._filled(generation, progress, stop)
            if not stop():
                self._carry(former, generation)
                write_current(self.folder, generation.name)
            self._sweep()
            return done

    def lacking(self) -> int:
        """How many papers of the index have no contextual vector yet; 0 without such an encoder."""
        if self.contextual is None:
            return 0
        engine = self.reader()
        return engine.count() - engine.vector_count(self.contextual.identity)

    def deepen(self, progress: Progress, stop: Stop = lambda: False) -> int:
        """Let the contextual encoder read the papers that it has not read, the newest first.

        Other processes may write meanwhile; what was kept survives a kill. The number of papers
        read. Raises BusyError if another process is at it, SearchIndexError without an index.
        """
        if self.contextual is None:
            return 0
        done = 0
        with alone(self._locks, self.folder, DEEPENING):
            while not stop() and (keys := self._lacking(self.contextual)):
                left = IndexProgress(done, done + len(keys))
                some = keys[:DEEPENED_TOGETHER]
                reading = read(self._catalogue, self.contextual, some, left, progress, stop)
                if not reading.vectors:
                    # The catalogue has none of them any more: the next catch-up removes them.
                    break
                self._keep(self.contextual, reading)
                done += len(reading.vectors)
        return done

    def is_deepening(self) -> bool:
        """Whether a process is letting the contextual encoder read papers."""
        try:
            with alone(self._locks, self.folder, DEEPENING, patience=0):
                return False
        except BusyError:
            return True

    def recode(self, encoder: Encoder, codes: str) -> None:
        """Keep an encoder's vectors in memory another way, from now on.

        Searches by other processes go on; what a kill leaves is the old way. Raises BusyError if
        another process writes, InputError for codes that the engine does not know,
        SearchIndexError without an index, FullError without room.
        """
        with alone(self._locks, self.folder):
            engine = self._opened()
            try:
                engine.recode(encoder.identity, codes)
            except OSError as error:
                raise self._full(error) from error
            finally:
                engine.close()

    def status(self) -> Status:
        """What the index holds."""
        behind = self.behind()
        size = sum(file.stat().st_size for file in self.folder.rglob("*") if file.is_file())
        try:
            engine = self.reader()
        except SearchIndexError:
            return Status("missing", 0, {}, 0, 0, behind, size, {}, {})
        footprints = {identity: engine.footprint(identity) for identity in self._widths()}
        return Status(
            "behind" if behind else "level",
            engine.count(),
            {identity: engine.vector_count(identity) for identity in footprints},
            self.lacking(),
            engine.watermark,
            behind,
            size,
            {identity: one.codes for identity, one in footprints.items()},
            {identity: round(one.bytes_a_paper) for identity, one in footprints.items()},
        )

    def verify(self) -> list[str]:
        """Where index and catalogue disagree, in words; empty if they agree."""
        engine = self.reader()
        with self._catalogue.reading() as desk:
            changed = desk.changes.since(engine.watermark, 1)
            if changed:
                return [f"the index is {self.behind()} changes behind the catalogue"]
            kept = [change for change in desk.changes.since(0, 1 << 40) if not change.gone]
        filed = np.sort(np.array([change.paper_key for change in kept], np.int64))
        problems = differences("words", filed, engine.keys())
        for encoder in self.encoders:
            held = engine.vector_keys(encoder.identity)
            problems += differences(f"vectors of {encoder.identity}", filed, held)
        problems += wrong_vectors(self._catalogue, engine, self.encoders[0], filed)
        if self.contextual is not None:
            held = engine.vector_keys(self.contextual.identity)
            known = np.intersect1d(filed, held)
            problems += differences(f"vectors of {self.contextual.identity}", known, held)
            problems += wrong_vectors(self._catalogue, engine, self.contextual, known)
        return problems

    def close(self) -> None:
        """Let go of files and memory."""
        if self._engine is not None:
            self._engine.close()
            self._engine = None

    def _filled(self, generation: Path, progress: Progress, stop: Stop) -> int:
        """Add what is missing in a generation; the number of papers."""
        engine = EmbeddedEngine(generation, self._stamp(self._catalogue.lineage), self._widths())
        with self._catalogue.reading() as desk:
            first, last = engine.watermark, desk.changes.latest()
        engine.write(self._memory_mb)
        done = fresh = 0
        watermark = first
        try:
            while not stop():
                seq, papers = self._page(engine, watermark)
                if not papers:
                    break
                watermark, fresh, done = seq, fresh + papers, done + papers
                progress(IndexProgress(min(watermark, last) - first, last - first))
                if fresh >= COMMIT_EVERY:
                    engine.commit(watermark)
                    fresh = 0
            if fresh:
                engine.commit(watermark)
        except OSError as error:
            raise self._full(error) from error
        finally:
            engine.close()
        return done

    def _full(self, error: OSError) -> FullError:
        return FullError(
            f"The index in {self.folder} cannot be written: {error.strerror}.",
            hint="Make room there; nothing of the catalogue is lost.",
        )

    def _carry(self, former: Path | None, generation: Path) -> None:
        """Keep what the contextual encoder has read in the former generation, if it still holds."""
        if self.contextual is None or former is None or former == generation:
            return
        state, lineage = read_state(former), self._catalogue.lineage
        if state is None or state.stamp.lineage != lineage:
            return
        # Hours of reading are worth a look even at a generation that was found wanting.
        with suppress(SearchIndexError):
            old = EmbeddedEngine(former, state.stamp, self._widths())
            new = EmbeddedEngine(generation, self._stamp(lineage), self._widths())
            carry(self._catalogue, self.contextual, old, new)
            old.close()
            new.close()

    def _page(self, engine: EmbeddedEngine, after: int) -> tuple[int, int]:
        """Put the next changes into the engine: the last one's number, and how many they were."""
        with self._catalogue.reading() as desk:
            changes = desk.changes.since(after, PAGE)
            papers = desk.papers.by_keys([one.paper_key for one in changes if not one.gone])
        engine.delete([one.paper_key for one in changes if one.paper_key not in papers])
        engine.add(documents(papers, self.encoders))
        return (changes[-1].seq if changes else after), len(changes)

    def _lacking(self, encoder: Encoder) -> list[int]:
        """The keys of the papers without a vector of this encoder, the newest first."""
        engine = self.reader()
        lacking = np.setdiff1d(engine.keys(), engine.vector_keys(encoder.identity))
        return newest_first(self._catalogue, lacking)

    def _keep(self, encoder: Encoder, reading: Reading) -> None:
        """Put the vectors of papers that are as they were when they were read into the index."""
        with alone(self._locks, self.folder):
            vectors = unchanged(self._catalogue, reading)
            engine = self._opened()
            held = set(engine.keys().tolist())
            vectors = {key: row for key, row in vectors.items() if key in held}
            if vectors:
                engine.deepen(encoder.identity, vectors)
            engine.close()

    def _fits(self, generation: Path) -> bool:
        """Whether a generation was made from what there is now."""
        state = read_state(generation)
        with self._catalogue.reading() as desk:
            lineage, latest = desk.changes.lineage(), desk.changes.latest()
        if state is None or state.stamp != self._stamp(lineage) or state.watermark > latest:
            return False
        try:
            EmbeddedEngine(generation, state.stamp, self._widths()).close()
        except SearchIndexError:
            return False
        return True

    def _remembered(self) -> Engine:
        """The engine as it is now, kept until a process commits again."""
        seen = self._fingerprint()
        engine = self._opened()
        # The engine first: another thread must not take the old one for what was seen.
        self._engine, self._seen = engine, seen
        return engine

    def _opened(self) -> EmbeddedEngine:
        generation = self._current()
        state = read_state(generation) if generation else None
        stamp = self._stamp(self._catalogue.lineage)
        if generation is None or state is None or state.stamp != stamp or self._unbegun(state):
            raise SearchIndexError(
                "There is no index of this catalogue yet.", hint="Run `broadsheet index catch-up`."
            )
        return EmbeddedEngine(generation, stamp, self._widths())

    def _unbegun(self, state: State) -> bool:
        """Whether nothing is committed of what there is: no answer is truer than an empty one."""
        if state.watermark:
            return False
        with self._catalogue.reading() as desk:
            return desk.changes.latest() > 0

    def _stamp(self, lineage: str) -> Stamp:
        return Stamp(lineage, tuple(encoder.identity for encoder in self.encoders))

    def _widths(self) -> dict[str, int]:
        known = [*self.encoders, *([self.contextual] if self.contextual else [])]
        return {encoder.identity: encoder.dimensions for encoder in known}

    def _current(self) -> Path | None:
        name = read_current(self.folder)
        return self.folder / name if name and (self.folder / name).is_dir() else None

    def _begun(self, former: Path | None) -> Path:
        """A new, empty generation, whose vectors are to be kept as those of the former one."""
        generation, codes = self._next(former), {}
        if former is not None:
            # What cannot be read is no reason not to make an index anew.
            with suppress(SearchIndexError):
                codes = chosen_codes(former)
        stamp = self._stamp(self._catalogue.lineage)
        EmbeddedEngine(generation, stamp, self._widths(), codes).close()
        return generation

    def _next(self, current: Path | None) -> Path:
        """An unused folder for a generation."""
        taken = {folder.name for folder in self.folder.glob("g*")} | {
            current.name if current else ""
        }
        number = 1 + max((int(name[1:]) for name in taken if name[1:].isdecimal()), default=0)
        return self.folder / f"g{number}"

    def _sweep(self) -> None:
        """Remove the generations that do not count."""
        current = read_current(self.folder)
        for folder in self.folder.glob("g*"):
            if folder.name != current:
                shutil.rmtree(folder, ignore_errors=True)

    def _fingerprint(self) -> tuple[object, ...]:
        """What changes whenever a process commits."""
        generation = self._current()
        if generation is None:
            return (None,)
        try:
            state = (generation / "state").stat()
        except FileNotFoundError:
            return (generation.name,)
        return generation.name, state.st_ino, state.st_mtime_ns
