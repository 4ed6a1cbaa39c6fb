"""How toy records are put on the shelves, one paper for each, for tests that are not of imports."""

import hashlib
from collections.abc import Sequence

from broadsheet.catalogue import Desk, FiledPaper, FiledRecord
from broadsheet.identifiers import paper_id
from broadsheet.papers import FACT_NAMES, Paper, Record
from tests.library import LIBRARY, RECEIVED


def toy_key(title: str) -> str:
    """A title key as good as the toy library needs."""
    return "".join(letter for letter in title.casefold() if letter.isalnum())


def toy_paper(record: Record, *aliases: str) -> Paper:
    """The paper that a record alone makes, its facts as received."""
    facts = {name: getattr(record, name) for name in FACT_NAMES}
    own = paper_id(record, record.source, record.native_id, toy_key(record.title))
    return Paper(id=own, aliases=aliases, **facts)


def toy_identity(record: Record) -> str:
    """What names a record within its source."""
    return record.native_id or toy_key(record.title)


def toy_record(key: int, paper_key: int, record: Record) -> FiledRecord:
    """A record as it is filed."""
    fingerprint = hashlib.blake2b(record.raw.encode(), digest_size=16).digest()
    return FiledRecord(key, paper_key, toy_identity(record), fingerprint, RECEIVED, record)


def shelve(desk: Desk, records: Sequence[Record] = LIBRARY) -> list[int]:
    """File each record as a paper of its own; the keys of the papers."""
    first = desk.papers.allocate(len(records))
    keys = list(range(first, first + len(records)))
    first_record = desk.records.allocate(len(records))
    desk.papers.add(
        [
            FiledPaper(key, toy_paper(record), toy_key(record.title))
            for key, record in zip(keys, records, strict=True)
        ]
    )
    desk.records.add(
        [
            toy_record(first_record + place, key, record)
            for place, (key, record) in enumerate(zip(keys, records, strict=True))
        ]
    )
    return keys
