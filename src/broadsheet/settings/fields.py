"""Every setting: its default, its meaning and its check."""

from datetime import time
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from platformdirs import user_data_path
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from broadsheet.settings.kinds import Networks, Pairs, Providers, Words, Zone
from broadsheet.settings.origins import PREFIX, origins


class Settings(BaseSettings):
    """All settings, from `BROADSHEET_…` in the environment, then `<home>/broadsheet.toml`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    home: Path = Field(
        default_factory=lambda: user_data_path("broadsheet"),
        description="The folder that holds the catalogue and the index.",
    )
    database_url: SecretStr | None = Field(
        None,
        description="Where the catalogue is, if not in the home: `sqlite:///file` or "
        "`postgresql://user:password@host/name`.",
    )
    encoder: Literal["packaged", "onnx", "endpoint"] = Field(
        "packaged",
        description="What turns text into vectors: the packaged model, a local ONNX model, or an "
        "OpenAI-compatible embeddings endpoint.",
    )
    encoder_path: Path | None = Field(
        None, description="For `onnx`: the folder with model.onnx and tokenizer.json."
    )
    encoder_url: str | None = Field(
        None, description="For `endpoint`: the address up to, but without, `/embeddings`."
    )
    encoder_model: str | None = Field(None, description="For `endpoint`: the model's name.")
    encoder_key: SecretStr | None = Field(
        None, description="For `endpoint`: the key, sent as a bearer token."
    )
    encoder_dimensions: int | None = Field(
        None, ge=8, le=8192, description="For `endpoint`: how long its vectors should be."
    )
    contextual: bool = Field(
        True,
        description="Beside `packaged`: whether a second, contextual model reads the papers in "
        "the background, for better search. It takes about 20 ms of processor time a paper.",
    )
    search_budget: float = Field(
        2.0,
        gt=0,
        description="Seconds after which a search takes no further step and answers with what it "
        "has found, marked as partial.",
    )
    semantic_weight: float = Field(
        0.4,
        ge=0,
        le=1,
        description="The share of nearness in hybrid scores, from 0 to 1, before the contextual "
        "model has read the papers.",
    )
    contextual_weight: float = Field(
        0.5, ge=0, le=1, description="That share once the contextual model has read them all."
    )
    index_memory_mb: int = Field(
        64, ge=16, le=4096, description="Memory for writing the word index, in MiB."
    )
    site_name: str = Field(
        "Broadsheet", min_length=1, max_length=80, description="The name in the masthead."
    )
    base_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s?#]+$",
        description="The public address of the pages; by default the one a request came to.",
    )
    contact: str = Field(
        "",
        description="Who keeps this site: a name or address, shown on About and told to sources.",
    )
    sources: Words = Field(
        (),
        description="What `harvest` keeps the catalogue current from, as `kind` or `kind:what`: "
        "words, or a list in the file.",
    )
    endpoints: Pairs = Field(
        {},
        description="Other addresses to ask sources at (mirrors), by kind: `kind=https://…` as "
        "words, or a table in the file.",
    )
    fetch_allow: Words = Field(
        (),
        description="Hosts that may be fetched from although their addresses are private: words, "
        "or a list in the file.",
    )
    openalex_key: SecretStr | None = Field(None, description="The key for OpenAlex.")
    semanticscholar_key: SecretStr | None = Field(None, description="The key for Semantic Scholar.")
    github_token: SecretStr | None = Field(None, description="The token for GitHub.")
    zotero_key: SecretStr | None = Field(None, description="The key for Zotero.")
    ncbi_key: SecretStr | None = Field(None, description="The key for PubMed (NCBI).")
    host: str = Field("127.0.0.1", description="The address that `serve` listens on.")
    port: int = Field(8080, ge=0, le=65535, description="The port that `serve` listens on.")
    workers: int = Field(1, ge=1, le=64, description="How many processes serve pages.")
    trusted_proxies: str = Field(
        "127.0.0.1",
        description="Whose `X-Forwarded-For` and `-Proto` are believed: addresses with commas.",
    )
    rate_limit: int = Field(
        3000,
        ge=0,
        description="Requests to `/api` that one address may make in five minutes; 0 is no limit.",
    )
    scheduler: bool = Field(
        True,
        description="Whether `serve` does the daily round: harvest, index, backup, clean-up, "
        "checks and alerts. Turn it off where `broadsheet scheduler run` does it.",
    )
    round_at: str = Field(
        "06:00",
        pattern=r"^([01]\d|2[0-3]):[0-5]\d$",
        description="When the daily round begins, `HH:MM` in the time zone that is set.",
    )
    time_zone: Zone = Field(
        "UTC", description="The time zone of the daily round, by its IANA name: `Europe/Berlin`."
    )
    alert_webhook: SecretStr | None = Field(
        None,
        description="An address that gets a POST with JSON for each alert: a stale or dead source, "
        "a failing step, a filling disk.",
    )
    alert_mail: str = Field("", description="An address that gets a letter for each alert.")
    ping_url: SecretStr | None = Field(
        None,
        description="An address that gets a GET after each round in which all went well, so that a "
        "monitor outside can tell when none comes.",
    )
    secret_key: SecretStr | None = Field(
        None,
        min_length=32,
        description="What signs links and forms; by default one that was made with the catalogue.",
    )
    accounts: Literal["open", "invite", "header"] = Field(
        "invite",
        description="Who may have an account: anybody with an address, those who were invited, or "
        "those that a proxy in front names in a header.",
    )
    account_header: str = Field(
        "Remote-User",
        pattern=r"^[A-Za-z0-9-]+$",
        description="For `header`: the header that names who is asking.",
    )
    account_proxies: Networks = Field(
        (),
        description="For `header`: the addresses or networks of the proxies that are believed; "
        "from anywhere else the header is left out.",
    )
    sign_in_providers: Providers = Field(
        {},
        description="Sites at which readers may sign in (OpenID Connect), by a short name: tables "
        "`[sign_in_providers.NAME]` with `issuer`, `client_id`, `client_secret` and, if it is to "
        "be called otherwise, `label`; JSON in the environment.",
    )
    mail_url: SecretStr | None = Field(
        None,
        description="Where letters are handed over: `smtp://user:password@host:port`, "
        "`smtp+starttls://…` or `smtps://…`; without it they are put into the home and shown to "
        "the operator.",
    )
    mail_from: str = Field(
        "", description="The address that letters come from; by default one of this host's name."
    )
    mail_return_path: str = Field(
        "",
        description="The mailbox that is told when a letter cannot be delivered; each letter has "
        "a mark of its own there (`name+mark@host`). Without it that is `mail_from`.",
    )
    mail_bounces: Path | None = Field(
        None,
        description="A maildir that gets what comes back to `mail_return_path`; it is read and "
        "acted on.",
    )
    mail_bounces_imap: SecretStr | None = Field(
        None,
        description="The same on an IMAP server: `imaps://user:password@host/INBOX` or "
        "`imap+starttls://…`; mails are marked there, and never removed.",
    )
    mail_hook_secret: SecretStr | None = Field(
        None,
        min_length=16,
        description="The password that a mail provider gives when it tells of bounces at "
        "`/webhooks/postmark` or `/webhooks/ses`; without it nothing is taken there.",
    )
    mail_hook_topic: str = Field(
        "",
        description="For SES: the ARN of the SNS topic that is believed.",
    )
    mail_connections: int = Field(
        2, ge=1, le=32, description="How many letters one process hands over side by side."
    )
    mail_dkim_key: SecretStr | None = Field(
        None,
        description="The private key (PEM, RSA or Ed25519) that signs letters (DKIM); without it "
        "they are not signed here.",
    )
    mail_dkim_selector: str = Field(
        "",
        pattern=r"^([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?)?$",
        description="The selector that the key's public half is published under.",
    )
    mail_dkim_domain: str = Field(
        "",
        pattern=r"^([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?)?$",
        description="The domain that letters are signed for; by default that of `mail_from`.",
    )
    post: bool = Field(
        True,
        description="Whether `serve` hands letters over. Turn it off where `broadsheet post run` "
        "does it.",
    )
    submission_days: int = Field(
        60, ge=0, description="How old a paper may be that is submitted, in days; 0 is any age."
    )
    submission_cap: int = Field(
        5, ge=1, description="How many papers one person may submit in a day."
    )
    submission_categories: Words = Field(
        (), description="Categories of which a submitted paper needs one; none is any."
    )
    vote_limit: int = Field(
        120,
        ge=1,
        description="How many votes one person may cast in an hour; those withdrawn do not count.",
    )
    comment_limit: int = Field(
        30, ge=1, description="How many comments one person may write in an hour."
    )
    edition_at: str = Field(
        "07:00",
        pattern=r"^([01]\d|2[0-3]):[0-5]\d$",
        description="The cut-off of a day's edition, `HH:MM` in the time zone that is set.",
    )
    edition_size: int = Field(
        10, ge=1, le=100, description="How many papers an edition that makes itself has."
    )
    backup_folder: Path | None = Field(
        None, description="Where the daily round puts a backup; without it there is none."
    )
    keep_backups: int = Field(
        7, ge=1, description="How many backups of the daily round are kept, the newest."
    )
    keep_days: int = Field(
        90, ge=1, description="How long records of harvests, rounds and alerts are kept, in days."
    )
    operator_addresses: Networks = Field(
        ("127.0.0.0/8", "::1"),
        description="Whom `/operator` is shown to: addresses or networks, as words or a list in "
        "the file.",
    )
    log_format: Literal["auto", "console", "json"] = Field(
        "auto", description="How log lines are written; `auto` is `json` unless in a terminal."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What was given, the environment, secrets in files, and the home's file, in this order."""
        return origins(settings_cls, init_settings, env_settings)

    @property
    def catalogue_url(self) -> str:
        """Where the catalogue is."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.home.absolute() / 'catalogue.db'}"

    @property
    def round_time(self) -> time:
        """When the daily round begins, in its zone."""
        return time.fromisoformat(self.round_at)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the daily round."""
        return ZoneInfo(self.time_zone)
