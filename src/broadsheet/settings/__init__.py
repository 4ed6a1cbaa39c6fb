"""Every setting; the only reader of the environment."""

from pathlib import Path

from pydantic import ValidationError

from broadsheet.errors import SettingError
from broadsheet.settings.fields import Settings
from broadsheet.settings.kinds import Provider
from broadsheet.settings.origins import FILE_NAME, PREFIX, hand_down
from broadsheet.settings.showing import MASK, ShownSetting, defaults, shown

__all__ = [
    "FILE_NAME",
    "MASK",
    "PREFIX",
    "Provider",
    "Settings",
    "ShownSetting",
    "defaults",
    "hand_down",
    "read_settings",
    "shown",
]


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
