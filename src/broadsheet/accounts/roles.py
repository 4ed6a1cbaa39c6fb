"""What admins change about readers: roles and suspension, never so that nobody is admin."""

from dataclasses import replace
from datetime import datetime

from broadsheet.catalogue import Desk
from broadsheet.errors import ConflictError, NotFoundError
from broadsheet.people import Reader, Role


def reader_named(desk: Desk, name: str) -> Reader:
    """The reader with a name; NotFoundError if there is none."""
    reader = desk.readers.named(name)
    if reader is None:
        raise NotFoundError(f"Nobody here is named {name}.")
    return reader


def change_role(desk: Desk, reader: Reader, role: Role, actor: str, now: datetime) -> Reader:
    """Give a reader another role, for all to see who did; ConflictError if nobody stays admin."""
    if role is not Role.ADMIN:
        check_admins(desk, reader)
    changed = replace(reader, role=role)
    desk.moderation.note(actor, "role", f"reader:{reader.name}", f"{reader.role} → {role}", now)
    desk.readers.replace(changed)
    desk.changes.stir()
    return changed


def suspend(desk: Desk, reader: Reader, actor: str, now: datetime, *, lift: bool) -> Reader:
    """Let a reader only read, or write again; ConflictError if nobody stays admin."""
    if not lift:
        check_admins(desk, reader)
    changed = replace(reader, suspended=None if lift else now)
    action = "suspension lifted" if lift else "suspended"
    desk.moderation.note(actor, action, f"reader:{reader.name}", "", now)
    desk.readers.replace(changed)
    desk.changes.stir()
    return changed


def check_admins(desk: Desk, without: Reader) -> None:
    """Raise ConflictError if a reader is the only admin there is."""
    admins = [one for one in desk.readers.all(Role.ADMIN) if one.suspended is None]
    if [one.key for one in admins] == [without.key]:
        raise ConflictError(
            f"{without.name} is the only admin.", hint="Make somebody else admin first."
        )
