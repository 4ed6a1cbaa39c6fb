"""Every setting: its default, its meaning and its check; the only reader of the environment."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from platformdirs import user_data_path
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from broadsheet.errors import SettingError

PREFIX = "BROADSHEET_"
FILE_NAME = "broadsheet.toml"
MASK = "********"


def _words(given: object) -> object:
    """A list as it is, or the words of a text."""
    return given.split() if isinstance(given, str) else given


def _pairs(given: object) -> object:
    """A mapping as it is, or that of a text: JSON, or words of the form `name=value`."""
    if not isinstance(given, str) or given.lstrip().startswith("{"):
        return json.loads(given) if isinstance(given, str) else given
    pairs = [word.partition("=") for word in given.split()]
    if not all(name and value for name, _, value in pairs):
        raise ValueError("each word is to be name=value")
    return {name: value for name, _, value in pairs}


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)]


def _zone(given: str) -> str:
    """The name of a time zone, if it is one."""
    try:
        ZoneInfo(given)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("there is no such time zone; write one like Europe/Berlin") from error
    return given


def _networks(given: tuple[str, ...]) -> tuple[str, ...]:
    """Addresses or networks, if they all are."""
    for one in given:
        ip_network(one)
    return given


Zone = Annotated[str, AfterValidator(_zone)]
Networks = Annotated[Words, AfterValidator(_networks)]
Pairs = Annotated[Mapping[str, str], NoDecode, BeforeValidator(_pairs)]


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
    ping_url: SecretStr | None = Field(
        None,
        description="An address that gets a GET after each round in which all went well, so that a "
        "monitor outside can tell when none comes.",
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
        given = init_settings()
        home = Path(given.get("home") or env_settings().get("home") or _default_home())
        file = TomlConfigSettingsSource(settings_cls, home / FILE_NAME)
        return init_settings, env_settings, _SecretFiles(settings_cls), file

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


class _SecretFiles(PydanticBaseSettingsSource):
    """Secrets from the files that `BROADSHEET_<NAME>_FILE` name."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The content of the file named for a secret field, without its line end."""
        variable = f"{PREFIX}{field_name.upper()}_FILE"
        path = os.environ.get(variable) if "SecretStr" in str(field.annotation) else None
        if not path:
            return None, field_name, False
        try:
            return Path(path).read_text("utf-8").strip(), field_name, False
        except (OSError, UnicodeDecodeError) as error:
            raise SettingError(f"{variable} names a file that cannot be read: {path}.") from error

    def __call__(self) -> dict[str, Any]:
        """All secrets that come from files."""
        fields = self.settings_cls.model_fields.items()
        found = {name: self.get_field_value(field, name)[0] for name, field in fields}
        return {name: value for name, value in found.items() if value is not None}


@dataclass(frozen=True, slots=True)
class ShownSetting:
    """A setting as it may be shown: secrets masked, with where its value came from."""

    name: str
    value: str
    origin: str
    meaning: str


def read_settings(home: Path | None = None) -> Settings:
    """Read all settings; SettingError names the one that cannot be."""
    try:
        return Settings(**({"home": home} if home else {}))  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        if first["type"] == "extra_forbidden":
            raise SettingError(
                f"There is no setting named {name}.", hint="See `broadsheet config show`."
            ) from error
        raise SettingError(
            f"{PREFIX}{name.upper()} (or `{name}` in {FILE_NAME}) cannot be that: {first['msg']}.",
            hint=Settings.model_fields[name].description or "",
        ) from error
    except ValueError as error:
        raise SettingError(f"{FILE_NAME} in the home is not valid TOML: {error}.") from error


def hand_down(home: Path, counted: Path | None) -> None:
    """Let processes started from here read this home, and count together in the folder `counted`.

    The second is how prometheus_client adds up what several workers count.
    """
    os.environ[f"{PREFIX}HOME"] = str(home)
    if counted is not None:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(counted)


def shown(settings: Settings) -> list[ShownSetting]:
    """All settings, fit to be shown to anybody."""
    rows = []
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        rows.append(
            ShownSetting(
                name, _masked(name, value), _origin(settings, name), field.description or ""
            )
        )
    return rows


def defaults() -> Mapping[str, str]:
    """The default of each setting, as the reference shows it."""
    return {
        name: "the platform's data folder" if name == "home" else _masked(name, field.default)
        for name, field in Settings.model_fields.items()
    }


def _masked(name: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    if isinstance(value, Mapping):
        return " ".join(f"{name}={one}" for name, one in value.items())
    if not isinstance(value, SecretStr):
        return str(value)
    if name != "database_url":
        return MASK
    try:
        parts = urlsplit(value.get_secret_value())
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return MASK
    if not parts.scheme:
        return MASK
    user = f"{parts.username or ''}:{MASK}@" if parts.password else ""
    return urlunsplit((parts.scheme, f"{user}{parts.hostname or ''}{port}", parts.path, "", ""))


def _origin(settings: Settings, name: str) -> str:
    variable = f"{PREFIX}{name.upper()}"
    if variable in os.environ or variable.lower() in os.environ:
        return "environment"
    if f"{variable}_FILE" in os.environ:
        return "secret file"
    if name not in settings.model_fields_set:
        return "default"
    return "--home" if name == "home" else FILE_NAME


def _default_home() -> Path:
    return user_data_path("broadsheet")
