"""`broadsheet trending` as a user runs it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from broadsheet.people import Vote
from tests.library.commands import broadsheet
from tests.library.people import catalogue_of, enrol
from tests.library.site import fill


def test_what_is_trending_is_listed_with_its_terms(tmp_path: Path) -> None:
    fill(tmp_path, ())
    nothing = broadsheet(tmp_path, "trending")
    assert nothing.stdout == ""
    assert "Nothing came to any paper" in nothing.stderr
    catalogue = catalogue_of(tmp_path)
    reader = enrol(catalogue, "ann").key
    with catalogue.writing() as desk:
        key = desk.papers.resolve(["2502.90001"])["2502.90001"]
        desk.votes.cast(Vote(key, reader, datetime.now(UTC) - timedelta(days=2)))
    catalogue.close()
    row = broadsheet(tmp_path, "trending").stdout.rstrip("\n").split("\t")
    assert row[0] == "2502.90001"
    assert row[-1] == "votes +0.58"
    told = json.loads(broadsheet(tmp_path, "trending", "--format", "json").stdout)
    assert [one["place"] for one in told] == [1]
    assert broadsheet(tmp_path, "trending", "--window", "today").stdout == ""
    assert "no window 'year'" in broadsheet(tmp_path, "trending", "--window", "year", code=2).stderr
    assert "--limit" in broadsheet(tmp_path, "trending", "--limit", "0", code=2).stderr
