"""The tables of the community: votes, comments, submissions, authorship and moderation."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, UniqueConstraint

from broadsheet.catalogue.schema.words import METADATA, naming, own_key, paper_key

# `held` says why the desk is to look at a vote before it counts; empty for one that counts.
VOTES = Table(
    "votes",
    METADATA,
    paper_key(primary_key=True),
    naming("reader_key", "readers.key", primary_key=True, index=True),
    Column("at", BigInteger, nullable=False),
    Column("held", String, nullable=False),
    sqlite_with_rowid=False,
)

Index("votes_at", VOTES.c.at)

# A comment whose author left has no reader; its texts are then gone too.
COMMENTS = Table(
    "comments",
    METADATA,
    own_key(),
    paper_key(index=True),
    naming("parent_key", "comments.key", index=True, nullable=True),
    naming("reader_key", "readers.key", index=True, nullable=True),
    Column("at", BigInteger, nullable=False),
    Column("hidden", BigInteger),
    Column("hidden_by", String, nullable=False),
    Column("hidden_why", String, nullable=False),
)

Index("comments_at", COMMENTS.c.at)

# Every text a comment ever had; the one with the highest number is shown.
COMMENT_TEXTS = Table(
    "comment_texts",
    METADATA,
    naming("comment_key", "comments.key", primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("raw", String, nullable=False),
    Column("at", BigInteger, nullable=False),
)

REACTIONS = Table(
    "reactions",
    METADATA,
    naming("comment_key", "comments.key", primary_key=True),
    naming("reader_key", "readers.key", primary_key=True, index=True),
    Column("reaction", String, primary_key=True),
    Column("at", BigInteger, nullable=False),
)

REPORTS = Table(
    "reports",
    METADATA,
    own_key(),
    Column("subject", String, nullable=False),
    naming("reader_key", "readers.key", index=True, nullable=True),
    Column("why", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("settled", BigInteger),
    Column("outcome", String, nullable=False),
    UniqueConstraint("subject", "reader_key"),
)

# What moderators, curators and admins did; `actor` is a name, which outlives an account.
MODERATION = Table(
    "moderation",
    METADATA,
    own_key(),
    Column("actor", String, nullable=False),
    Column("action", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("why", String, nullable=False),
    Column("at", BigInteger, nullable=False),
)

# `screening` are the advisory flags of a submission, for the desk.
SUBMISSIONS = Table(
    "submissions",
    METADATA,
    own_key(),
    paper_key(),
    naming("reader_key", "readers.key", index=True, nullable=True),
    Column("at", BigInteger, nullable=False),
    Column("state", String, nullable=False),
    Column("media", String, nullable=False),
    Column("screening", String, nullable=False),
    UniqueConstraint("paper_key"),
)

Index("submissions_at", SUBMISSIONS.c.at)

# Somebody says that they are an author, by that author's name on the paper.
CLAIMS = Table(
    "claims",
    METADATA,
    paper_key(primary_key=True),
    naming("reader_key", "readers.key", primary_key=True, index=True),
    Column("author", String, nullable=False),
    Column("state", String, nullable=False),
    Column("how", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("settled", BigInteger),
    Column("settled_by", String, nullable=False),
)

ORGANISATIONS = Table(
    "organisations",
    METADATA,
    own_key(),
    Column("name", String, nullable=False, unique=True),
    Column("full_name", String, nullable=False),
    Column("about", String, nullable=False),
    Column("url", String, nullable=False),
    Column("made", BigInteger, nullable=False),
)

MEMBERS = Table(
    "members",
    METADATA,
    naming("organisation_key", "organisations.key", primary_key=True),
    naming("reader_key", "readers.key", primary_key=True, index=True),
    Column("role", String, nullable=False),
    Column("at", BigInteger, nullable=False),
)

PAPER_ORGANISATIONS = Table(
    "paper_organisations",
    METADATA,
    paper_key(primary_key=True),
    naming("organisation_key", "organisations.key", index=True),
    Column("by", String, nullable=False),
    Column("at", BigInteger, nullable=False),
)
