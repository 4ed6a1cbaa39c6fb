"""Settings as they may be shown to anybody: secrets masked."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from pydantic import SecretStr

from broadsheet.settings.fields import Settings
from broadsheet.settings.origins import origin

MASK = "********"


@dataclass(frozen=True, slots=True)
class ShownSetting:
    """A setting as it may be shown: secrets masked, with where its value came from."""

    name: str
    value: str
    origin: str
    meaning: str


def shown(settings: Settings) -> list[ShownSetting]:
    """All settings, fit to be shown to anybody."""
    return [
        ShownSetting(
            name=name,
            value=_masked(name, getattr(settings, name)),
            origin=origin(name, name in settings.model_fields_set),
            meaning=field.description or "",
        )
        for name, field in Settings.model_fields.items()
    ]


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
