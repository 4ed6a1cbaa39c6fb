"""The shelf of the key that signs links and forms; it moves with the catalogue."""

import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, select

from broadsheet.catalogue.schema import META
from broadsheet.catalogue.statements import insert_new

_NAME = "signing_key"
_BYTES = 32


@dataclass(frozen=True, slots=True)
class KeyShelf:
    """The signing key: letters outlive a machine, and their links are to work after a restore."""

    connection: Connection

    def signing(self) -> bytes | None:
        """The key, None if none was made yet."""
        found = select(META.c.value).where(META.c.name == _NAME)
        text = self.connection.execute(found).scalar_one_or_none()
        return None if text is None else bytes.fromhex(text)

    def make(self) -> None:
        """Make the key, unless there is one."""
        row = {"name": _NAME, "value": secrets.token_hex(_BYTES)}
        insert_new(self.connection, META, [row])
