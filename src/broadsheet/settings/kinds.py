"""Kinds of values that settings have, each with its check."""

import json
from collections.abc import Mapping
from ipaddress import ip_network
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
)
from pydantic_settings import NoDecode


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


class Provider(BaseModel):
    """A site at which readers may sign in, by OpenID Connect."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str = Field(pattern=r"^https?://[^\s?#]+$")
    client_id: str = Field(min_length=1)
    client_secret: SecretStr
    label: str = ""

    def __str__(self) -> str:
        """Where it is; the rest is nobody's business."""
        return self.issuer


def _providers(given: object) -> object:
    """A table as it is, or that of a text in JSON."""
    return json.loads(given) if isinstance(given, str) else given


ProviderName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,39}$")]
Providers = Annotated[Mapping[ProviderName, Provider], NoDecode, BeforeValidator(_providers)]
Zone = Annotated[str, AfterValidator(_zone)]
Networks = Annotated[Words, AfterValidator(_networks)]
Pairs = Annotated[Mapping[str, str], NoDecode, BeforeValidator(_pairs)]
