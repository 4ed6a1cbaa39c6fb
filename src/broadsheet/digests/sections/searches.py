"""Saved searches: new papers that hold all the words of a query that the subscriber keeps."""

from datetime import timedelta
from urllib.parse import urlencode

from broadsheet.catalogue import Cadence, SavedSearch
from broadsheet.digests.sections.section import Item, Matter, Part

_BACK = {Cadence.WEEKLY: timedelta(days=15), Cadence.MONTHLY: timedelta(days=62)}
_DAYS_BACK = timedelta(days=5)
"""Twice the time between letters: what one that was lost held comes again."""


def gather(matter: Matter) -> list[Part]:
    """What the searches of the subscription and of its reader matched, each by turns."""
    desk, wishes = matter.desk, matter.subscription.wishes
    kept = matter.shared.once(("searches",), lambda: _kept(matter))
    searches = [
        *kept.get(("subscription", matter.subscription.key), ()),
        *kept.get(("reader", matter.subscription.reader_key), ()),
    ]
    since = matter.now - _BACK.get(wishes.cadence, _DAYS_BACK)
    found = [
        [
            Item(key, f"Matches “{search.query}”")
            for key in desk.watches.matches(search.key, since, 3 * wishes.size)
        ]
        for search in searches
    ]
    items = [
        items[place] for place in range(3 * wishes.size) for items in found if place < len(items)
    ]
    if not items:
        return []
    path = f"/papers?{urlencode({'q': searches[0].query, 'sort': 'date'})}"
    reason = "New papers that your searches matched."
    return [Part("Your searches", reason, path, items, chosen=True)]


def _kept(matter: Matter) -> dict[tuple[str, int | None], list[SavedSearch]]:
    """All searches, by whose they are."""
    found: dict[tuple[str, int | None], list[SavedSearch]] = {}
    for one in matter.desk.watches.all():
        by = "reader" if one.subscription_key is None else "subscription"
        found.setdefault((by, one.subscription_key or one.reader_key), []).append(one)
    return found
