"""Every error Broadsheet raises, drawn as one tree; each says what, where and what to do.

BroadsheetError
├── InputError                what was given cannot be used
│   ├── SourceError           a file or record that cannot be read, with its place
│   ├── QueryError            a query that cannot be searched for
│   └── SettingError          a setting with a value that cannot be
├── NotFoundError             nothing has that name
├── RefusedError              what is asked for is not done
│   ├── SignInError           only for somebody who is known
│   ├── ForbiddenError        not for whoever asks
│   ├── ConflictError         what is there already forbids it
│   └── TooOftenError         asked for more often than is allowed
├── StoreError                the home, the catalogue or the index cannot be used
│   ├── CatalogueError        the catalogue cannot be read or written
│   │   ├── NewerCatalogueError
│   │   └── FullError         no room left where the catalogue lives
│   └── SearchIndexError      the index cannot be read or written
├── BusyError                 another process holds what is needed
└── OutsideError              something outside the program failed
    ├── EncoderError
    └── FetchError
"""


class BroadsheetError(Exception):
    """The root: `message` says what and where in one sentence, `hint` what to do."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InputError(BroadsheetError):
    """What was given cannot be used."""

    exit_code = 2


class SourceError(InputError):
    """A file or record that cannot be read: `place` is `file` or `file:line` (from 1).

    `raw` is the record's text as received, where it is known.
    """

    def __init__(self, message: str, *, place: str, hint: str = "", raw: str = "") -> None:
        super().__init__(f"{place}: {message}", hint=hint)
        self.place = place
        self.raw = raw
        self.reason = message


class QueryError(InputError):
    """A query that cannot be searched for."""


class SettingError(InputError):
    """A setting with a value that cannot be."""


class NotFoundError(BroadsheetError):
    """Nothing has that name."""


class RefusedError(BroadsheetError):
    """What is asked for can be understood, and is not done."""

    exit_code = 6


class SignInError(RefusedError):
    """Only for somebody who is known."""


class ForbiddenError(RefusedError):
    """Not for whoever asks."""


class ConflictError(RefusedError):
    """What is there already forbids it."""


class TooOftenError(RefusedError):
    """Asked for more often than is allowed; `retry_after` is in seconds."""

    def __init__(self, message: str, *, hint: str = "", retry_after: int) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class StoreError(BroadsheetError):
    """The home, the catalogue or the index cannot be used."""

    exit_code = 3


class CatalogueError(StoreError):
    """The catalogue cannot be read or written."""


class NewerCatalogueError(CatalogueError):
    """The catalogue was written by a newer Broadsheet; it is left untouched."""


class FullError(CatalogueError):
    """There is no room left where the catalogue or the index lives."""


class SearchIndexError(StoreError):
    """The index cannot be read or written; it can always be rebuilt."""


class BusyError(BroadsheetError):
    """Another process holds what is needed."""

    exit_code = 4


class OutsideError(BroadsheetError):
    """Something outside the program failed."""

    exit_code = 5


class EncoderError(OutsideError):
    """The encoder cannot be opened or gave no usable vectors."""


class FetchError(OutsideError):
    """A request over HTTP failed.

    `status` is that of the last answer, None if there was none. `retry_after` is in seconds: before
    that nothing is worth asking again, as far as it is known.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.retry_after = retry_after
