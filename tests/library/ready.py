"""An empty catalogue, made once and then copied: to make each anew takes longer than most tests."""

import shutil
import sqlite3
import tempfile
import uuid
import weakref
from contextlib import closing
from functools import cache
from pathlib import Path

from broadsheet.catalogue import Catalogue


class _Kept:
    """A folder that is gone when the tests are over."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="broadsheet-ready-"))
        weakref.finalize(self, shutil.rmtree, self.folder)


@cache
def _kept() -> _Kept:
    """A folder with an empty catalogue in it."""
    kept = _Kept()
    url = f"sqlite:///{kept.folder / 'catalogue.db'}"
    Catalogue.open(url, locks=kept.folder / "locks", create=True).close()
    return kept


def new_catalogue(file: Path) -> None:
    """Put an empty catalogue of its own lineage where there is none."""
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(_kept().folder / "catalogue.db", file)
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        # Nothing is lost by it that a test that is cut off would miss.
        connection.execute("PRAGMA synchronous = OFF")
        named = (uuid.uuid4().hex,)
        connection.execute("UPDATE meta SET value = ? WHERE name = 'lineage'", named)
