"""The community and the editions: votes, comments, submissions, authorship, what is published."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
COUNTERS = (
    "community",
    "comment",
    "report",
    "moderation",
    "submission",
    "organisation",
    "section",
    "edition",
    "edition_change",
)


def upgrade() -> None:
    """Create the tables and their counters, and the indexes of days and moments of signals."""
    _votes_and_comments()
    _moderation()
    _organisations()
    _sections()
    _editions()
    told = sa.column("text") != ""
    op.create_index(
        "signals_text", "signals", ["kind", "text"], sqlite_where=told, postgresql_where=told
    )
    op.create_index("signals_at", "signals", ["kind", "at"])
    counters = sa.table("counters", sa.column("name"), sa.column("value"))
    op.bulk_insert(counters, [{"name": name, "value": 0} for name in COUNTERS])


def _votes_and_comments() -> None:
    op.create_table(
        "comments",
        sa.Column("key", KEY, autoincrement=False, nullable=False),
        sa.Column("paper_key", KEY, autoincrement=False, nullable=False),
        sa.Column("parent_key", KEY, autoincrement=False),
        sa.Column("reader_key", KEY, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("hidden", sa.BigInteger),
        sa.Column("hidden_by", sa.String, nullable=False),
        sa.Column("hidden_why", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("key", name="comments_pk"),
        sa.ForeignKeyConstraint(["paper_key"], ["papers.key"], name="comments_paper_key_fk"),
        sa.ForeignKeyConstraint(["parent_key"], ["comments.key"], name="comments_parent_key_fk"),
        sa.ForeignKeyConstraint(["reader_key"], ["readers.key"], name="comments_reader_key_fk"),
    )
    op.create_index("comments_at", "comments", ["at"])
    op.create_index("comments_paper_key", "comments", ["paper_key"])
    op.create_index("comments_parent_key", "comments", ["parent_key"])
    op.create_index("comments_reader_key", "comments", ["reader_key"])
    op.create_table(
        "votes",
        sa.Column("paper_key", KEY, autoincrement=False, nullable=False),
        sa.Column("reader_key", KEY, autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("held", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("paper_key", "reader_key", name="votes_pk"),
        sa.ForeignKeyConstraint(["paper_key"], ["papers.key"], name="votes_paper_key_fk"),
        sa.ForeignKeyConstraint(["reader_key"], ["readers.key"], name="votes_reader_key_fk"),
        sqlite_with_rowid=False,
    )
    op.create_index("votes_at", "votes", ["at"])
    op.create_index("votes_reader_key", "votes", ["reader_key"])
    op.create_table(
        "comment_texts",
        sa.Column("comment_key", KEY, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("raw", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("comment_key", "number", name="comment_texts_pk"),
        sa.ForeignKeyConstraint(
            ["comment_key"], ["comments.key"], name="comment_texts_comment_key_fk"
        ),
    )
    op.create_table(
        "reactions",
        sa.Column("comment_key", KEY, autoincrement=False, nullable=False),
        sa.Column("reader_key", KEY, autoincrement=False, nullable=False),
        sa.Column("reaction", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("comment_key", "reader_key", "reaction", name="reactions_pk"),
        sa.ForeignKeyConstraint(["comment_key"], ["comments.key"], name="reactions_comment_key_fk"),
        sa.ForeignKeyConstraint(["reader_key"], ["readers.key"], name="reactions_reader_key_fk"),
    )
    op.create_index("reactions_reader_key", "reactions", ["reader_key"])


def _moderation() -> None:
    op.create_table(
        "moderation",
        sa.Column("key", KEY, autoincrement=False, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("why", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("key", name="moderation_pk"),
    )
    op.create_table(
        "claims",
        sa.Column("paper_key", KEY, autoincrement=False, nullable=False),
        sa.Column("reader_key", KEY, autoincrement=False, nullable=False),
        sa.Column("author", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("how", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("settled", sa.BigInteger),
        sa.Column("settled_by", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("paper_key", "reader_key", name="claims_pk"),
        sa.ForeignKeyConstraint(["paper_key"], ["papers.key"], name="claims_paper_key_fk"),
        sa.ForeignKeyConstraint(["reader_key"], ["readers.key"], name="claims_reader_key_fk"),
    )
    op.create_index("claims_reader_key", "claims", ["reader_key"])
    op.create_table(
        "reports",
        sa.Column("key", KEY, autoincrement=False, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("reader_key", KEY, autoincrement=False),
        sa.Column("why", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("settled", sa.BigInteger),
        sa.Column("outcome", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("key", name="reports_pk"),
        sa.ForeignKeyConstraint(["reader_key"], ["readers.key"], name="reports_reader_key_fk"),
        sa.UniqueConstraint("subject", "reader_key", name="reports_subject_once"),
    )
    op.create_index("reports_reader_key", "reports", ["reader_key"])
    op.create_table(
        "submissions",
        sa.Column("key", KEY, autoincrement=False, nullable=False),
        sa.Column("paper_key", KEY, autoincrement=False, nullable=False),
        sa.Column("reader_key", KEY, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("media", sa.String, nullable=False),
        sa.Column("screening", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("key", name="submissions_pk"),
        sa.ForeignKeyConstraint(["paper_key"], ["papers.key"], name="submissions_paper_key_fk"),
        sa.ForeignKeyConstraint(["reader_key"], ["readers.key"], name="submissions_reader_key_fk"),
        sa.UniqueConstraint("paper_key", name="submissions_paper_key_once"),
    )
    op.create_index("submissions_at", "submissions", ["at"])
    op.create_index("submissions_reader_key", "submissions", ["reader_key"])


def _organisations() -> None:
    op.create_table(
        "organisations",
        sa.Column("key", KEY, autoincrement=False, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("full_name", sa.String, nullable=False),
        sa.Column("about", sa.String, nullable=False),
        sa.Column("url", sa.String, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("key", name="organisations_pk"),
        sa.UniqueConstraint("name", name="organisations_name_once"),
    )
    op.create_table(
        "members",
        sa.Column("organisation_key", KEY, autoincrement=False, nullable=False),
        sa.Column("reader_key", KEY, autoincrement=False, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("organisation_key", "reader_key", name="members_pk"),
        sa.ForeignKeyConstraint(
            ["organisation_key"], ["organisations.key"], name="members_organisation_key_fk"
        ),
        sa.ForeignKeyConstraint(["reader_key"], ["readers.key"], name="members_reader_key_fk"),
    )
    op.create_index("members_reader_key", "members", ["reader_key"])
    op.create_table(
        "paper_organisations",
        sa.Column("paper_key", KEY, autoincrement=False, nullable=False),
        sa.Column("organisation_key", KEY, autoincrement=False, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("paper_key", name="paper_organisations_pk"),
        sa.ForeignKeyConstraint(
            ["paper_key"], ["papers.key"], name="paper_organisations_paper_key_fk"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_key"],
            ["organisations.key"],
            name="paper_organisations_organisation_key_fk",
        ),
    )
    op.create_index(
        "paper_organisations_organisation_key", "paper_organisations", ["organisation_key"]
    )


def _sections() -> None:
    op.create_table(
        "sections",
        sa.Column("key", KEY, autoincrement=False, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("query", sa.String, nullable=False),
        sa.Column("cutoff", sa.String, nullable=False),
        sa.Column("zone", sa.String, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("key", name="sections_pk"),
        sa.UniqueConstraint("name", name="sections_name_once"),
    )
    op.create_table(
        "section_curators",
        sa.Column("section_key", KEY, autoincrement=False, nullable=False),
        sa.Column("reader_key", KEY, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("section_key", "reader_key", name="section_curators_pk"),
        sa.ForeignKeyConstraint(
            ["section_key"], ["sections.key"], name="section_curators_section_key_fk"
        ),
        sa.ForeignKeyConstraint(
            ["reader_key"], ["readers.key"], name="section_curators_reader_key_fk"
        ),
    )
    op.create_index("section_curators_reader_key", "section_curators", ["reader_key"])


def _editions() -> None:
    op.create_table(
        "editions",
        sa.Column("key", KEY, autoincrement=False, nullable=False),
        sa.Column("section", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("label", sa.String, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("note", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("made_by", sa.String, nullable=False),
        sa.Column("opens", sa.BigInteger, nullable=False),
        sa.Column("closes", sa.BigInteger, nullable=False),
        sa.Column("scheduled", sa.BigInteger),
        sa.Column("published", sa.BigInteger),
        sa.PrimaryKeyConstraint("key", name="editions_pk"),
        sa.UniqueConstraint("section", "kind", "label", name="editions_section_once"),
    )
    op.create_index("editions_published", "editions", ["kind", "section", "published"])
    op.create_table(
        "edition_changes",
        sa.Column("key", KEY, autoincrement=False, nullable=False),
        sa.Column("edition_key", KEY, autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("what", sa.String, nullable=False),
        sa.Column("why", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("key", name="edition_changes_pk"),
        sa.ForeignKeyConstraint(
            ["edition_key"], ["editions.key"], name="edition_changes_edition_key_fk"
        ),
    )
    op.create_index("edition_changes_edition_key", "edition_changes", ["edition_key"])
    op.create_table(
        "edition_papers",
        sa.Column("edition_key", KEY, autoincrement=False, nullable=False),
        sa.Column("paper_key", KEY, autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("line", sa.String, nullable=False),
        sa.Column("reasons", sa.String, nullable=False),
        sa.Column("votes", sa.Integer, nullable=False),
        sa.Column("score", sa.Float),
        sa.Column("picked_by", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("edition_key", "paper_key", name="edition_papers_pk"),
        sa.ForeignKeyConstraint(
            ["edition_key"], ["editions.key"], name="edition_papers_edition_key_fk"
        ),
        sa.ForeignKeyConstraint(["paper_key"], ["papers.key"], name="edition_papers_paper_key_fk"),
    )
    op.create_index("edition_papers_paper_key", "edition_papers", ["paper_key"])
