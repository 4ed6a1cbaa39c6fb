"""The shelf of identities and passkeys: who readers are elsewhere, and which devices are theirs."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from broadsheet.catalogue.encoding import from_micros, to_micros
from broadsheet.catalogue.schema import IDENTITIES, PASSKEYS
from broadsheet.catalogue.statements import AnyRow, insert_all
from broadsheet.people import Identity, Passkey


@dataclass(frozen=True, slots=True)
class IdentityShelf:
    """The identities by issuer and subject, the passkeys by credential."""

    connection: Connection

    def link(self, identity: Identity) -> None:
        """Keep who a reader is elsewhere; CatalogueError if somebody is that already."""
        row = {
            "issuer": identity.issuer,
            "subject": identity.subject,
            "reader_key": identity.reader_key,
            "linked": to_micros(identity.linked),
        }
        insert_all(self.connection, IDENTITIES, [row])

    def reader_of(self, issuer: str, subject: str) -> int | None:
        """The key of the reader whom an issuer names so."""
        question = select(IDENTITIES.c.reader_key).where(
            IDENTITIES.c.issuer == issuer, IDENTITIES.c.subject == subject
        )
        return self.connection.execute(question).scalar_one_or_none()

    def of(self, reader_key: int) -> list[Identity]:
        """The identities of a reader, by issuer and subject."""
        question = select(IDENTITIES).where(IDENTITIES.c.reader_key == reader_key)
        rows = self.connection.execute(question.order_by(IDENTITIES.c.issuer, IDENTITIES.c.subject))
        return [
            Identity(row.issuer, row.subject, row.reader_key, from_micros(row.linked))
            for row in rows
        ]

    def unlink(self, issuer: str, subject: str, reader_key: int) -> bool:
        """Forget one identity of a reader; whether there was one."""
        gone = delete(IDENTITIES).where(
            IDENTITIES.c.issuer == issuer,
            IDENTITIES.c.subject == subject,
            IDENTITIES.c.reader_key == reader_key,
        )
        return bool(self.connection.execute(gone).rowcount)

    def add_passkey(self, passkey: Passkey) -> None:
        """Keep a new passkey; CatalogueError if it is there already."""
        row = {
            "credential": passkey.credential,
            "reader_key": passkey.reader_key,
            "public_key": passkey.public_key,
            "sign_count": passkey.sign_count,
            "name": passkey.name,
            "added": to_micros(passkey.added),
            "used": None,
        }
        insert_all(self.connection, PASSKEYS, [row])

    def passkey(self, credential: str) -> Passkey | None:
        """The passkey with a credential's id."""
        question = select(PASSKEYS).where(PASSKEYS.c.credential == credential)
        row = self.connection.execute(question).one_or_none()
        return None if row is None else _passkey(row)

    def passkeys_of(self, reader_key: int) -> list[Passkey]:
        """The passkeys of a reader, the oldest first."""
        question = select(PASSKEYS).where(PASSKEYS.c.reader_key == reader_key)
        rows = self.connection.execute(question.order_by(PASSKEYS.c.added, PASSKEYS.c.credential))
        return [_passkey(row) for row in rows]

    def used_passkey(self, credential: str, sign_count: int, now: datetime) -> None:
        """Note that a passkey was used, and how far it has counted."""
        self.connection.execute(
            update(PASSKEYS)
            .where(PASSKEYS.c.credential == credential)
            .values(sign_count=sign_count, used=to_micros(now))
        )

    def drop_passkey(self, credential: str, reader_key: int) -> bool:
        """Forget one passkey of a reader; whether there was one."""
        mine = (PASSKEYS.c.credential == credential) & (PASSKEYS.c.reader_key == reader_key)
        return bool(self.connection.execute(delete(PASSKEYS).where(mine)).rowcount)


def _passkey(row: AnyRow) -> Passkey:
    return Passkey(
        credential=row.credential,
        reader_key=row.reader_key,
        public_key=row.public_key,
        sign_count=row.sign_count,
        name=row.name,
        added=from_micros(row.added),
        used=None if row.used is None else from_micros(row.used),
    )
