"""Everything opened from the settings, for the faces: a value with no verbs."""

from dataclasses import dataclass

from broadsheet.catalogue import Catalogue
from broadsheet.fetch import Client
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
        return cls(settings, catalogue, index, weights_of(settings))


def weights_of(settings: Settings) -> Weights:
    """The shares of nearness that the settings choose."""
    return Weights(settings.semantic_weight, settings.contextual_weight)


def open_client(settings: Settings) -> Client:
    """What fetches from the network, as the settings say."""
    return Client(
        contact=settings.contact,
        folder=settings.home / "fetch",
        allowed_hosts=settings.fetch_allow,
    )


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
