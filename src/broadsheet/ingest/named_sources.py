"""The sources that an operator named, each opened, or with what is wrong with its name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from broadsheet.errors import SettingError
from broadsheet.sources.remote import Options, Remote
from broadsheet.sources.remote.kinds import kind_of, open_remote


@dataclass(frozen=True, slots=True)
class Access:
    """What an operator set beside the names: other addresses and keys by kind, whom to write to."""

    endpoints: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    contact: str = ""


@dataclass(frozen=True, slots=True)
class NamedSource:
    """A source as it was named (`spec`): opened, or None with what is wrong (`fault`)."""

    spec: str
    remote: Remote | None
    fault: SettingError | None = None
    secret: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """What its records are filed under; how it was named where it cannot be opened."""
        return self.remote.name if self.remote else public_name(self.spec)

    def opened(self) -> Remote:
        """The source; SettingError if it could not be opened."""
        if self.remote is None:
            raise self.fault or SettingError(f"The source {self.name} cannot be opened.")
        return self.remote


def named_source(spec: str, access: Access) -> NamedSource:
    """The source that one name (`kind` or `kind:what`) means."""
    kind = kind_of(spec)
    key = access.keys.get(kind)
    options = Options(base=access.endpoints.get(kind), key=key, contact=access.contact)
    try:
        return NamedSource(spec, open_remote(spec, options), secret=key or "")
    except SettingError as fault:
        return NamedSource(spec, None, fault)


def chosen_sources(names: Sequence[str], specs: Sequence[str], access: Access) -> list[NamedSource]:
    """Of the sources that are set (`specs`) those that `names` choose, all if there are none.

    A name is a source's spec, its kind, or what its records are filed under; any other is a spec
    of its own. SettingError if nothing is chosen.
    """
    known = [named_source(spec, access) for spec in dict.fromkeys(specs)]
    if not names:
        if not known:
            raise SettingError(
                "No source is set.",
                hint="Name some in the setting `sources`, or after `broadsheet harvest`.",
            )
        return known
    found: dict[str, NamedSource] = {}
    for name in names:
        fitting = [one for one in known if name in (one.spec, one.name, kind_of(one.spec))]
        for one in fitting or [named_source(name, access)]:
            found[one.spec] = one
    return list(found.values())


def public_name(spec: str) -> str:
    """How a source was named, without what may be secret in an address: user, query, fragment."""
    kind, colon, what = spec.partition(":")
    if "://" not in what:
        return spec
    try:
        parts = urlsplit(what)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return kind
    return f"{kind}{colon}{parts.scheme}://{parts.hostname}{port}{parts.path}"
