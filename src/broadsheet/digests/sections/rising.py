"""What rose: papers that got the most votes in the last week."""

from datetime import timedelta

from broadsheet.digests.sections.matter import Item, Matter, Part

_WEEK = timedelta(days=7)
_LOOKED_AT = 100


def gather(matter: Matter) -> Part | None:
    """The papers of the whole instance that rose most; a section's letter has none."""
    if matter.subscription.section:
        return None
    risen = matter.shared.once(
        ("rising",), lambda: matter.desk.interests.risen(matter.now - _WEEK, _LOOKED_AT)
    )
    items = [Item(key, _told(votes)) for key, votes in risen]
    return (
        Part("What rose this week", "Votes of the last seven days.", "/papers", items)
        if items
        else None
    )


def _told(votes: int) -> str:
    return "1 vote this week" if votes == 1 else f"{votes:,} votes this week"
