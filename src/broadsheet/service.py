"""Everything opened from the settings, for the faces: a value with no verbs."""

import secrets
from dataclasses import dataclass

from broadsheet.catalogue import Catalogue
from broadsheet.community import Rules
from broadsheet.fetch import Client, host_of
from broadsheet.index import Index
from broadsheet.index.encoders import EncoderChoice, open_contextual, open_encoder
from broadsheet.ingest import Access
from broadsheet.ranking import Weights
from broadsheet.settings import Settings


@dataclass(frozen=True, slots=True)
class Service:
    """The open catalogue and its index."""

    settings: Settings
    catalogue: Catalogue
    index: Index
    weights: Weights
    signing_key: bytes

    @classmethod
    def open(
        cls, settings: Settings, *, create: bool = False, reading_threads: int = 1
    ) -> "Service":
        """Open what the settings name; `create` makes a catalogue where there is none.

        The contextual encoder reads `reading_threads` papers side by side.

        Raises CatalogueError, SettingError or EncoderError.
        """
        locks = settings.home / "locks"
        catalogue = Catalogue.open(settings.catalogue_url, locks=locks, create=create)
        choice = encoder_choice(settings)
        index = Index(
            settings.home / "index",
            catalogue,
            [open_encoder(choice)],
            locks=locks,
            memory_mb=settings.index_memory_mb,
            contextual=open_contextual(choice, reading_threads),
        )
        return cls(
            settings, catalogue, index, weights_of(settings), _signing_key(settings, catalogue)
        )


def _signing_key(settings: Settings, catalogue: Catalogue) -> bytes:
    """What signs links and forms: as set, or kept with the catalogue, or for this run only."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value().encode()
    with catalogue.reading() as desk:
        key = desk.keys.signing()
    if key is None and catalogue.writable:
        with catalogue.writing() as desk:
            desk.keys.make()
            key = desk.keys.signing()
    # A catalogue that cannot be written to takes no forms either.
    return key or secrets.token_bytes()


def weights_of(settings: Settings) -> Weights:
    """The shares of nearness that the settings choose."""
    return Weights(settings.semantic_weight, settings.contextual_weight)


def open_client(settings: Settings) -> Client:
    """What fetches from the network, as the settings say; hosts they name may be private."""
    return Client(
        contact=settings.contact,
        folder=settings.home / "fetch",
        allowed_hosts=_allowed_hosts(settings),
    )


def open_sign_in_client(settings: Settings) -> Client:
    """What asks the sites at which readers sign in: somebody waits, so it gives up soon."""
    hosts = {host_of(one.issuer) for one in settings.sign_in_providers.values()}
    return Client(
        contact=settings.contact,
        allowed_hosts=hosts.union(settings.fetch_allow),
        timeout=5.0,
        total=10.0,
        tries=2,
        patience=2.0,
        most_bytes=1 << 20,
    )


def open_hurried_client(settings: Settings) -> Client:
    """What fetches for somebody who waits: one try, a turn within 8 seconds, an answer in 15."""
    return Client(
        contact=settings.contact,
        folder=settings.home / "fetch",
        allowed_hosts=_allowed_hosts(settings),
        timeout=8.0,
        total=15.0,
        tries=1,
        patience=8.0,
        most_bytes=4 << 20,
    )


def _allowed_hosts(settings: Settings) -> set[str]:
    return {host_of(base) for base in settings.endpoints.values()}.union(settings.fetch_allow)


def submission_rules(settings: Settings) -> Rules:
    """The operator's rules for what is submitted."""
    return Rules(settings.submission_days, settings.submission_cap, settings.submission_categories)


def source_access(settings: Settings) -> Access:
    """The addresses and keys that the settings choose for sources."""
    keys = {
        "openalex": settings.openalex_key,
        "semanticscholar": settings.semanticscholar_key,
        "github": settings.github_token,
        "zotero": settings.zotero_key,
        "pubmed": settings.ncbi_key,
    }
    given = {kind: key.get_secret_value() for kind, key in keys.items() if key}
    return Access(settings.endpoints, given, settings.contact)


def encoder_choice(settings: Settings) -> EncoderChoice:
    """The encoder that the settings choose."""
    key = settings.encoder_key
    return EncoderChoice(
        kind=settings.encoder,
        path=settings.encoder_path,
        url=settings.encoder_url,
        model=settings.encoder_model,
        key=key.get_secret_value() if key else None,
        dimensions=settings.encoder_dimensions,
        contextual=settings.contextual,
    )
