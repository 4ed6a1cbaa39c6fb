"""The index of one catalogue: caught up with it, made anew, checked, and opened for searching."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from broadsheet.catalogue import Catalogue
from broadsheet.errors import BusyError, FullError, SearchIndexError
from broadsheet.index.clauses import WordQuery
from broadsheet.index.deepening import Reading, carry, newest_first, read, unchanged
from broadsheet.index.documents import documents, paper_text
from broadsheet.index.embedded import EmbeddedEngine
from broadsheet.index.encoders import Encoder
from broadsheet.index.engine import Engine
from broadsheet.index.progress import IndexProgress, Progress, Stop
from broadsheet.index.stamp import Stamp, State, read_current, read_state, write_current

PAGE = 512
"""Changes that are read, encoded and added at a time."""
COMMIT_EVERY = 40_000
"""Papers between two commits; what is lost by a kill is at most this much work."""
DEEPENED_TOGETHER = 2_048
"""Papers whose contextual vectors are kept at a time; a kill loses at most these."""
_DEEPENING = "deepening.lock"
_PATIENCE_SECONDS = 2.0
"""What a writer waits for another's commit before it says that the index is busy."""
_SAMPLED = 20
_TRIES = 3
_LEAST_COSINE = 0.99


@dataclass(frozen=True, slots=True)
class Status:
    """What the index holds: `behind` counts catalogue changes that are not in it yet.

    `vectors` counts the papers that have one, by encoder; `lacking` those that the contextual
    encoder has still to read.
    """

    state: str
    papers: int
    vectors: dict[str, int]
    lacking: int
    watermark: int
    behind: int
    bytes: int


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
        with self._alone():
            former = generation = self._current()
            if generation is None or not self._fits(generation):
                generation = self._next(generation)
                generation.mkdir(parents=True)
                write_current(self.folder, generation.name)
            done = self._filled(generation, progress, stop)
            self._carry(former, generation)
            self._sweep()
            return done

    def rebuild(self, progress: Progress, stop: Stop = lambda: False) -> int:
        """Make the index anew; until it is done the old one answers."""
        with self._alone():
            former = self._current()
            generation = self._next(former)
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
        with self._alone(_DEEPENING):
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
            with self._alone(_DEEPENING, patience=0):
                return False
        except BusyError:
            return True

    def status(self) -> Status:
        """What the index holds."""
        behind = self.behind()
        size = sum(file.stat().st_size for file in self.folder.rglob("*") if file.is_file())
        try:
            engine = self.reader()
        except SearchIndexError:
            return Status("missing", 0, {}, 0, 0, behind, size)
        vectors = {identity: engine.vector_count(identity) for identity in self._widths()}
        state = "behind" if behind else "level"
        return Status(
            state, engine.count(), vectors, self.lacking(), engine.watermark, behind, size
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
        problems = _differences("words", filed, engine.keys())
        for encoder in self.encoders:
            held = engine.vector_keys(encoder.identity)
            problems += _differences(f"vectors of {encoder.identity}", filed, held)
        problems += self._wrong_vectors(engine, self.encoders[0], filed)
        if self.contextual is not None:
            held = engine.vector_keys(self.contextual.identity)
            known = np.intersect1d(filed, held)
            problems += _differences(f"vectors of {self.contextual.identity}", known, held)
            problems += self._wrong_vectors(engine, self.contextual, known)
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
            raise FullError(
                f"The index in {self.folder} cannot be written: {error.strerror}.",
                hint="Make room there; nothing of the catalogue is lost.",
            ) from error
        finally:
            engine.close()
        return done

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
        with self._alone():
            vectors = unchanged(self._catalogue, reading)
            engine = self._opened()
            held = set(engine.keys().tolist())
            vectors = {key: row for key, row in vectors.items() if key in held}
            if vectors:
                engine.deepen(encoder.identity, vectors)
            engine.close()

    def _wrong_vectors(self, engine: Engine, encoder: Encoder, filed: np.ndarray) -> list[str]:
        """Papers of a sample that are not nearest to their own text."""
        if not len(filed):
            return []
        sample = filed[np.linspace(0, len(filed) - 1, min(_SAMPLED, len(filed))).astype(int)]
        with self._catalogue.reading() as desk:
            papers = desk.papers.by_keys([int(key) for key in sample])
        problems = []
        for key, paper in papers.items():
            vector = encoder.encode_papers([paper_text(paper)])[0]
            near = engine.nearest(encoder.identity, vector, 1, WordQuery())
            if vector.any() and (not near or near[0].score < _LEAST_COSINE):
                problems.append(f"paper {paper.id} (key {key}) has another vector than its text")
        return problems

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

    @contextmanager
    def _alone(
        self, name: str = "index.lock", patience: float = _PATIENCE_SECONDS
    ) -> Iterator[None]:
        """Be the only process that writes this index, or that does what the lock is named for."""
        try:
            self._locks.mkdir(parents=True, exist_ok=True)
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self._locks / name, timeout=patience)
            lock.acquire()
        except Timeout as error:
            what = "reading papers for" if name == _DEEPENING else "writing"
            raise BusyError(
                f"Another process is {what} the index.", hint="Wait until it is done."
            ) from error
        except OSError as error:
            raise SearchIndexError(
                f"The index in {self.folder} cannot be written: {error.strerror}.",
                hint="Choose a home that may be written to.",
            ) from error
        try:
            yield
        finally:
            lock.release()


def _differences(what: str, filed: np.ndarray, held: np.ndarray) -> list[str]:
    """Papers that only one of the two has."""
    problems = []
    for keys, words in (
        (np.setdiff1d(filed, held), "not in the index"),
        (np.setdiff1d(held, filed), "only in the index"),
    ):
        if len(keys):
            problems.append(f"{what}: {len(keys)} papers are {words} (first key {keys[0]})")
    return problems
