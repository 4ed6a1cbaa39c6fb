"""The catalogue, where all facts are kept: open it, and reach each shelf by its name."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from broadsheet.catalogue.alerts import Alert, AlertShelf, Space
from broadsheet.catalogue.attention import AttentionShelf
from broadsheet.catalogue.backups import Restored, back_up, restore
from broadsheet.catalogue.bounces import Bounce, BounceKind, BounceShelf
from broadsheet.catalogue.candidates import CandidateShelf
from broadsheet.catalogue.changes import Change, ChangeShelf
from broadsheet.catalogue.checks import problems
from broadsheet.catalogue.citations import Citation, CitationShelf
from broadsheet.catalogue.claims import Claim, ClaimShelf, ClaimState
from broadsheet.catalogue.comments import Comment, CommentShelf, CommentText
from broadsheet.catalogue.counts import CountShelf
from broadsheet.catalogue.editions import (
    Edition,
    EditionChange,
    EditionKind,
    EditionShelf,
    EditionState,
    Pick,
    Ranked,
)
from broadsheet.catalogue.encoding import pack
from broadsheet.catalogue.failures import translated
from broadsheet.catalogue.findings import FindingShelf
from broadsheet.catalogue.harvests import Harvest, HarvestShelf, History, Outcome
from broadsheet.catalogue.idempotency import Answered, AnsweredShelf
from broadsheet.catalogue.identities import IdentityShelf
from broadsheet.catalogue.interests import Choice, Interest, InterestShelf, PersonalChoice
from broadsheet.catalogue.keys import KeyShelf
from broadsheet.catalogue.letters import Fate, Letter, Posted
from broadsheet.catalogue.mailings import Mailing, MailingShelf
from broadsheet.catalogue.matches import Decision, MatchShelf, Pair
from broadsheet.catalogue.moderation import Deed, ModerationShelf, Report
from broadsheet.catalogue.notices import Notice, NoticeShelf
from broadsheet.catalogue.opening import open_store
from broadsheet.catalogue.organisations import Organisation, OrganisationShelf
from broadsheet.catalogue.outbox import OutboxShelf
from broadsheet.catalogue.papers import FiledPaper, PaperShelf, Spot
from broadsheet.catalogue.passes import PassShelf
from broadsheet.catalogue.personal import PersonalShelf
from broadsheet.catalogue.quarantine import Quarantined, QuarantineShelf
from broadsheet.catalogue.readers import ReaderShelf
from broadsheet.catalogue.records import (
    FiledRecord,
    KnownRecord,
    RecordShelf,
    SourceCount,
    StoredRecord,
)
from broadsheet.catalogue.rounds import RoundShelf, StepOutcome, StepRun
from broadsheet.catalogue.sections import SECTION_NAME, Section, SectionShelf
from broadsheet.catalogue.sessions import SessionShelf
from broadsheet.catalogue.signals import DatedSignal, SignalShelf
from broadsheet.catalogue.snapshots import Manifest, export_snapshot, import_snapshot
from broadsheet.catalogue.stores import Store
from broadsheet.catalogue.submissions import (
    Concern,
    Submission,
    SubmissionShelf,
    SubmissionState,
)
from broadsheet.catalogue.subscriptions import (
    DIGEST,
    Cadence,
    OnEmpty,
    Sent,
    Subscription,
    SubscriptionShelf,
    SubscriptionState,
    Wishes,
)
from broadsheet.catalogue.votes import VoteShelf
from broadsheet.catalogue.watches import SavedSearch, WatchShelf

__all__ = [
    "DIGEST",
    "SECTION_NAME",
    "Alert",
    "AlertShelf",
    "Answered",
    "AnsweredShelf",
    "AttentionShelf",
    "Bounce",
    "BounceKind",
    "BounceShelf",
    "Cadence",
    "CandidateShelf",
    "Catalogue",
    "Change",
    "ChangeShelf",
    "Choice",
    "Citation",
    "CitationShelf",
    "Claim",
    "ClaimShelf",
    "ClaimState",
    "Comment",
    "CommentShelf",
    "CommentText",
    "Concern",
    "CountShelf",
    "DatedSignal",
    "Decision",
    "Deed",
    "Desk",
    "Edition",
    "EditionChange",
    "EditionKind",
    "EditionShelf",
    "EditionState",
    "Fate",
    "FiledPaper",
    "FiledRecord",
    "FindingShelf",
    "Harvest",
    "HarvestShelf",
    "History",
    "IdentityShelf",
    "Interest",
    "InterestShelf",
    "KeyShelf",
    "KnownRecord",
    "Letter",
    "Mailing",
    "MailingShelf",
    "Manifest",
    "MatchShelf",
    "ModerationShelf",
    "Notice",
    "NoticeShelf",
    "OnEmpty",
    "Organisation",
    "OrganisationShelf",
    "OutboxShelf",
    "Outcome",
    "Pair",
    "PaperShelf",
    "PassShelf",
    "PersonalChoice",
    "PersonalShelf",
    "Pick",
    "Posted",
    "QuarantineShelf",
    "Quarantined",
    "Ranked",
    "ReaderShelf",
    "RecordShelf",
    "Report",
    "Restored",
    "RoundShelf",
    "SavedSearch",
    "Section",
    "SectionShelf",
    "Sent",
    "SessionShelf",
    "SignalShelf",
    "SourceCount",
    "Space",
    "Spot",
    "StepOutcome",
    "StepRun",
    "StoredRecord",
    "Submission",
    "SubmissionShelf",
    "SubmissionState",
    "Subscription",
    "SubscriptionShelf",
    "SubscriptionState",
    "VoteShelf",
    "WatchShelf",
    "Wishes",
    "import_snapshot",
    "pack",
    "restore",
]


@dataclass(frozen=True, slots=True)
class Desk:
    """The shelves as one transaction sees them."""

    papers: PaperShelf
    records: RecordShelf
    signals: SignalShelf
    citations: CitationShelf
    quarantine: QuarantineShelf
    matches: MatchShelf
    changes: ChangeShelf
    rounds: RoundShelf
    alerts: AlertShelf
    harvests: HarvestShelf
    findings: FindingShelf
    counts: CountShelf
    keys: KeyShelf
    readers: ReaderShelf
    sessions: SessionShelf
    passes: PassShelf
    identities: IdentityShelf
    personal: PersonalShelf
    answered: AnsweredShelf
    subscriptions: SubscriptionShelf
    interests: InterestShelf
    watches: WatchShelf
    bounces: BounceShelf
    submissions: SubmissionShelf
    claims: ClaimShelf
    organisations: OrganisationShelf
    votes: VoteShelf
    attention: AttentionShelf
    comments: CommentShelf
    notices: NoticeShelf
    moderation: ModerationShelf
    outbox: OutboxShelf
    mailings: MailingShelf
    editions: EditionShelf
    sections: SectionShelf
    candidates: CandidateShelf

    @classmethod
    def at(cls, connection: Connection) -> "Desk":
        """The shelves of the transaction that a connection is in."""
        return cls(
            papers=PaperShelf(connection),
            records=RecordShelf(connection),
            signals=SignalShelf(connection),
            citations=CitationShelf(connection),
            quarantine=QuarantineShelf(connection),
            matches=MatchShelf(connection),
            changes=ChangeShelf(connection),
            rounds=RoundShelf(connection),
            alerts=AlertShelf(connection),
            harvests=HarvestShelf(connection),
            findings=FindingShelf(connection),
            counts=CountShelf(connection),
            keys=KeyShelf(connection),
            readers=ReaderShelf(connection),
            sessions=SessionShelf(connection),
            passes=PassShelf(connection),
            identities=IdentityShelf(connection),
            personal=PersonalShelf(connection),
            answered=AnsweredShelf(connection),
            subscriptions=SubscriptionShelf(connection),
            interests=InterestShelf(connection),
            watches=WatchShelf(connection),
            bounces=BounceShelf(connection),
            submissions=SubmissionShelf(connection),
            claims=ClaimShelf(connection),
            organisations=OrganisationShelf(connection),
            votes=VoteShelf(connection),
            attention=AttentionShelf(connection),
            comments=CommentShelf(connection),
            notices=NoticeShelf(connection),
            moderation=ModerationShelf(connection),
            outbox=OutboxShelf(connection),
            mailings=MailingShelf(connection),
            editions=EditionShelf(connection),
            sections=SectionShelf(connection),
            candidates=CandidateShelf(connection),
        )


@dataclass(frozen=True, slots=True)
class Catalogue:
    """An open catalogue; its methods may be called from any thread.

    What a database refuses is raised as CatalogueError, FullError (no room left) or BusyError
    (another process does not let go); nothing of that transaction is then kept.
    """

    _store: Store

    @classmethod
    def open(cls, url: str, *, locks: Path, create: bool = False) -> "Catalogue":
        """Open the catalogue that a URL names (`sqlite:///file`, `postgresql://…`).

        An older one is brought up to date. Lock files go into the folder `locks`. Raises
        CatalogueError if there is none and `create` is not set, or if what is there is none;
        NewerCatalogueError for one of a newer program: in each case it is left as it is.
        """
        return cls(open_store(url, locks=locks, create=create))

    @property
    def where(self) -> str:
        """The file or address, without a password."""
        return self._store.where

    @property
    def writable(self) -> bool:
        """Whether it may be written to."""
        return self._store.writer is not None

    @property
    def lineage(self) -> str:
        """What names this line of history, as it is now: a restore begins another."""
        with self.reading() as desk:
            return desk.changes.lineage()

    @contextmanager
    def reading(self) -> Iterator[Desk]:
        """One consistent snapshot, from the first question on."""
        with translated(self._store.where), self._store.reader.begin() as connection:
            yield Desk.at(connection)

    @contextmanager
    def writing(self) -> Iterator[Desk]:
        """One transaction: kept whole at the end (on the disk by then), not at all on an error."""
        with translated(self._store.where), self._store.writing() as connection:
            yield Desk.at(connection)

    @contextmanager
    def alone(self, what: str) -> Iterator[None]:
        """Be the only process that does `what` (`import`, `index`); BusyError if another does."""
        self._store.writable()
        with translated(self._store.where), self._store.alone(what):
            yield

    def backup(self, target: Path, *, progress: Callable[[float], None]) -> None:
        """Copy the catalogue as it is now into a new SQLite file, while others go on writing.

        `progress` gets the share that is done, 0 to 1. The file appears whole or not at all;
        CatalogueError if there is one with that name.
        """
        back_up(self._store, target, progress=progress)

    def snapshot(
        self, target: Path, *, jsonl: bool, now: datetime, progress: Callable[[float], None]
    ) -> Manifest:
        """Write every table, as it is now, into a new folder, or file that ends with `.zip`.

        As Parquet, or as JSON Lines; `import_snapshot` makes a catalogue of it in either store.
        It appears whole or not at all. CatalogueError if there is something with that name.
        """
        return export_snapshot(self._store, target, jsonl=jsonl, now=now, progress=progress)

    def empty_log(self) -> bool:
        """Let what was deleted stay in no file of the store; False if somebody reads just now.

        It is then to be tried again. Only SQLite keeps a log of ours beside its file.
        """
        with translated(self._store.where):
            return self._store.empty_log()

    def check(self) -> list[str]:
        """What is wrong with the catalogue, in words; empty if it is sound."""
        with translated(self._store.where), self._store.reader.begin() as connection:
            return problems(connection)

    def close(self) -> None:
        """Let go of the database."""
        self._store.close()
