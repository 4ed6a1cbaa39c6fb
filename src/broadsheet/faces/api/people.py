"""Who submitted and wrote papers, and whose they are, as Hugging Face's clients read it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from broadsheet.catalogue import Claim, Desk, Organisation, Submission
from broadsheet.community import told_apart
from broadsheet.papers import Paper
from broadsheet.people import Reader

Identify = Callable[..., str]
"""What makes the ids of objects: 24 hexadecimal digits of its texts."""
_MARK = "/static/mark.svg"


@dataclass(frozen=True, slots=True)
class People:
    """What is said of people in the object of one paper, ready to be written into it."""

    paper: Mapping[str, Any]
    item: Mapping[str, Any]
    users: Mapping[str, Mapping[str, Any]]

    def in_paper(self, shown: dict[str, Any]) -> dict[str, Any]:
        """The object of a paper, with its people."""
        called = told_apart([author["name"] for author in shown["authors"]])
        authors = [
            author | self.users.get(name, {})
            for name, author in zip(called, shown["authors"], strict=True)
        ]
        return {**shown, "authors": authors, **self.paper}

    def in_item(self, shown: dict[str, Any]) -> dict[str, Any]:
        """The item of a list, with the people of its paper."""
        return {**shown, "paper": self.in_paper(shown["paper"]), **self.item}


def people_of(
    desk: Desk, papers: Mapping[int, Paper], base: str, identify: Identify
) -> dict[int, People]:
    """The people of each of the papers; `base` is where this site is, without a slash."""
    submissions = desk.submissions.of_papers(papers)
    claims = desk.claims.of_papers(papers)
    organisations = desk.organisations.of_papers(papers)
    keys = [one.reader_key for one in submissions.values() if one.reader_key]
    keys += [claim.reader_key for some in claims.values() for claim in some]
    users = {
        key: user_object(reader, base, identify)
        for key, reader in desk.readers.by_keys(keys).items()
    }
    return {
        key: People(
            paper={
                **_submitted(submissions.get(key), users, "submittedOnDailyBy"),
                **_organized(organisations.get(key), base, identify),
            },
            item={
                **_submitted(submissions.get(key), users, "submittedBy"),
                **_organized(organisations.get(key), base, identify),
            },
            users=_claimed(claims.get(key, ()), users),
        )
        for key in papers
    }


def user_object(reader: Reader, base: str, identify: Identify) -> dict[str, Any]:
    """A reader as these clients read a user."""
    return {
        "_id": identify("reader", reader.name),
        "avatarUrl": base + _MARK,
        "isPro": False,
        "fullname": reader.shown_name,
        "user": reader.name,
        "name": reader.name,
        "type": "user",
    }


def written(moment: datetime) -> str:
    """A moment as JavaScript writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _submitted(
    submission: Submission | None, users: Mapping[int, dict[str, Any]], name: str
) -> dict[str, Any]:
    if submission is None:
        return {}
    said: dict[str, Any] = {"mediaUrls": list(submission.media)}
    if name != "submittedBy":
        said["submittedOnDailyAt"] = written(submission.at)
    if user := users.get(submission.reader_key or 0):
        said[name] = user
    return said


def _organized(organisation: Organisation | None, base: str, identify: Identify) -> dict[str, Any]:
    if organisation is None:
        return {}
    return {
        "organization": {
            "_id": identify("organisation", organisation.name),
            "name": organisation.name,
            "fullname": organisation.full_name,
            "avatar": base + _MARK,
            "avatarUrl": base + _MARK,
        }
    }


def _claimed(
    claims: list[Claim] | tuple[()], users: Mapping[int, dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """What is said of each author, by what they are called on the paper, who is known here."""
    return {
        claim.author: {
            "status": "claimed_verified",
            "statusLastChangedAt": written(claim.settled or claim.at),
            "user": users[claim.reader_key],
        }
        for claim in claims
        if claim.reader_key in users
    }
