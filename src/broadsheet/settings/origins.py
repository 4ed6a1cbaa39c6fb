"""Where settings come from: what was given, the environment, files with secrets, the home."""

import os
from pathlib import Path
from typing import Any

from platformdirs import user_data_path
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    TomlConfigSettingsSource,
)

from broadsheet.errors import SettingError

PREFIX = "BROADSHEET_"
FILE_NAME = "broadsheet.toml"


def origins(
    settings_cls: type[BaseSettings],
    given: PydanticBaseSettingsSource,
    environment: PydanticBaseSettingsSource,
) -> tuple[PydanticBaseSettingsSource, ...]:
    """What was given, the environment, secrets in files, and the home's file, in this order."""
    home = Path(given().get("home") or environment().get("home") or user_data_path("broadsheet"))
    file = TomlConfigSettingsSource(settings_cls, home / FILE_NAME)
    return given, environment, _SecretFiles(settings_cls), file


def origin(name: str, is_set: bool) -> str:
    """Where the value of a setting comes from, `is_set` if it was given at all."""
    variable = f"{PREFIX}{name.upper()}"
    if variable in os.environ or variable.lower() in os.environ:
        return "environment"
    if f"{variable}_FILE" in os.environ:
        return "secret file"
    if not is_set:
        return "default"
    return "--home" if name == "home" else FILE_NAME


def hand_down(home: Path, counted: Path | None) -> None:
    """Let processes started from here read this home, and count together in the folder `counted`.

    The second is how prometheus_client adds up what several workers count.
    """
    os.environ[f"{PREFIX}HOME"] = str(home)
    if counted is not None:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(counted)


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
