"""Searches that are kept: what may be, how each is written down, and whose it is."""

from datetime import datetime

from broadsheet.catalogue import Desk, SavedSearch
from broadsheet.errors import InputError, NotFoundError
from broadsheet.index import Clause, Either, Phrase, Words
from broadsheet.ranking import read_query
from broadsheet.text import mended

MOST_SEARCHES = 20
"""Searches of one reader, or of one subscription."""
LONGEST_SEARCH = 300


def keep_search(
    desk: Desk,
    query: str,
    now: datetime,
    *,
    reader_key: int | None = None,
    subscription_key: int | None = None,
) -> SavedSearch:
    """Keep a query of a reader or a subscription; one that is kept already stays as it is.

    InputError for one that asks for nothing or is too long, and for one too many.
    """
    text = as_kept(query)
    kept = searches_of(desk, reader_key=reader_key, subscription_key=subscription_key)
    if same := next((one for one in kept if one.query == text), None):
        return same
    if len(kept) >= MOST_SEARCHES:
        raise InputError(
            f"{MOST_SEARCHES} searches are kept already.", hint="Forget one of them first."
        )
    key = desk.watches.keep(text, now, reader_key=reader_key, subscription_key=subscription_key)
    kept = searches_of(desk, reader_key=reader_key, subscription_key=subscription_key)
    return next(one for one in kept if one.key == key)


def forget_search(
    desk: Desk, key: int, *, reader_key: int | None = None, subscription_key: int | None = None
) -> None:
    """Forget a search of a reader or a subscription; NotFoundError if it is not theirs."""
    kept = searches_of(desk, reader_key=reader_key, subscription_key=subscription_key)
    if not any(one.key == key for one in kept):
        raise NotFoundError("There is no such search among those that you keep.")
    desk.watches.drop(key)


def searches_of(
    desk: Desk, *, reader_key: int | None = None, subscription_key: int | None = None
) -> list[SavedSearch]:
    """The searches of a reader or of a subscription, as they were kept."""
    if reader_key is not None:
        return desk.watches.of_reader(reader_key)
    return [] if subscription_key is None else desk.watches.of_subscription(subscription_key)


def as_kept(query: str) -> str:
    """A query on one line, without what nobody sees; InputError if it cannot be kept."""
    text = " ".join(mended(query).split())
    if len(text) > LONGEST_SEARCH:
        raise InputError(
            f"The search has {len(text):,} characters; one that is kept may have {LONGEST_SEARCH}.",
            hint="Keep the words that matter most.",
        )
    words = read_query(text).words
    if not any(map(_tells, (*words.wanted, *words.required))):
        raise InputError("There is no word to look for in that search.")
    return text


def _tells(clause: Clause) -> bool:
    """Whether a clause rules any paper out: one of marks alone holds no word."""
    match clause:
        case Words() | Phrase():
            return any(letter.isalnum() for letter in clause.text)
        case Either():
            return all(map(_tells, clause.clauses))
    return True
