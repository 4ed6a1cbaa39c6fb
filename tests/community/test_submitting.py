"""A submission is filed once, whole and by the rules, on both stores."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from broadsheet.catalogue import Catalogue, Claim
from broadsheet.community import Filed, Offer, Rules, file_offer, found
from broadsheet.errors import ForbiddenError, TooOftenError
from broadsheet.fetch import Client
from broadsheet.ingest import Access, join, readied
from broadsheet.papers import Link, LinkKind, PartialDate, Record
from broadsheet.people import Reader, Role
from tests.library import BEES, TIDES
from tests.library.people import enrol
from tests.library.shelving import shelve

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
ZONE = ZoneInfo("UTC")
RULES = Rules(60, 2)
LANTERNS = Record(
    title="Lanterns for Lost Gradients",
    announced=PartialDate(2026, 11, 19),
    arxiv_id="2611.00001",
    source="arxiv-ids",
    native_id="2611.00001",
    format="x",
    raw="",
)


def offer(catalogue: Catalogue, record: Record = LANTERNS, comment: str = "") -> Offer:
    """A paper with a link."""
    with catalogue.reading() as desk:
        ready = readied(desk, record)
    return Offer(ready, (Link(LinkKind.CODE, "https://code.example/x"),), comment=comment)


def file(catalogue: Catalogue, one: Offer, reader: Reader, now: datetime = NOW) -> Filed:
    """File it in a transaction of its own."""
    with catalogue.writing() as desk:
        return file_offer(desk, one, reader, RULES, now, ZONE)


def numbered(number: int, day: int = 19) -> Record:
    """One of many papers."""
    return Record(
        title=f"Kettle Number {number} and the Song of Steam",
        announced=PartialDate(2026, 11, day),
        arxiv_id=f"2611.1000{number}",
        source="arxiv-ids",
        native_id=f"2611.1000{number}",
        format="x",
        raw="",
    )


def test_many_at_once_are_one(catalogue: Catalogue) -> None:
    readers = [enrol(catalogue, f"reader{number}") for number in range(8)]
    one = offer(catalogue, comment="Read it.")

    def send(number: int) -> Filed:
        return file(catalogue, one, readers[number])

    with ThreadPoolExecutor(8) as threads:
        filed = list(threads.map(send, range(8)))
    assert len({one.paper_key for one in filed}) == 1
    assert sum(one.submission is not None for one in filed) == 1
    with catalogue.reading() as desk:
        key = filed[0].paper_key
        assert desk.papers.count() == 1
        assert len(desk.records.of([key])[key]) == 2
        assert desk.votes.count([key]) == {key: 1}
        assert desk.comments.count([key]) == {key: 1}
    assert catalogue.check() == []


def test_the_rules_are_held_to_in_the_transaction(catalogue: Catalogue) -> None:
    ada = enrol(catalogue, "ada")
    for number in range(2):
        file(catalogue, offer(catalogue, numbered(number)), ada)
    with pytest.raises(TooOftenError) as caught:
        file(catalogue, offer(catalogue, numbered(2)), ada)
    assert caught.value.retry_after == 15 * 3600
    file(catalogue, offer(catalogue, numbered(2)), ada, NOW + timedelta(days=1))
    late = NOW + timedelta(days=90)
    with pytest.raises(ForbiddenError, match="announced in the last 60 days"):
        file(catalogue, offer(catalogue, numbered(3)), ada, late)
    cora = enrol(catalogue, "cora", Role.CURATOR)
    assert file(catalogue, offer(catalogue, numbered(3)), cora, late).submission is not None
    with catalogue.reading() as desk:
        assert desk.papers.count() == 4


def test_what_hangs_on_a_paper_follows_it(catalogue: Catalogue) -> None:
    ada = enrol(catalogue, "ada")
    key = file(catalogue, offer(catalogue), ada).paper_key
    with catalogue.writing() as desk:
        (tides,) = shelve(desk, [TIDES])
        desk.claims.put(Claim(key, ada.key, "Ada Example", NOW))
    join(catalogue, "2502.90001", "2611.00001")
    with catalogue.reading() as desk:
        assert desk.submissions.of_papers([tides])[tides].reader_key == ada.key
        assert desk.claims.get(tides, ada.key) is not None
        assert desk.votes.count([tides]) == {tides: 1}
        links = desk.papers.by_keys([tides])[tides].links
    assert Link(LinkKind.CODE, "https://code.example/x") in links
    assert catalogue.check() == []


def refusing() -> Client:
    """Nobody is to be asked."""
    raise AssertionError("asked over the network")


@pytest.mark.parametrize(
    "text", ["2411.90002", "toy:2", "https://arxiv.org/abs/2411.90002v7", " arXiv:2411.90002\n"]
)
def test_what_is_here_is_found_by_any_of_its_names(catalogue: Catalogue, text: str) -> None:
    with catalogue.writing() as desk:
        (bees,) = shelve(desk, [BEES])
        desk.papers.connection.exec_driver_sql(
            f"INSERT INTO aliases (alias, paper_key) VALUES ('toy:2', {bees})"
        )
    asking: Callable[[], Client] = refusing
    assert found(catalogue, asking, Access(), text, NOW).key == bees


def test_the_links_of_an_entry_are_those_that_anybody_may_open(
    sqlite_catalogue: Catalogue,
) -> None:
    entry = "@misc{x, title = {On Kettles}, url = {http://10.0.0.8/kettles}}"
    held = found(sqlite_catalogue, refusing, Access(), entry, NOW)
    assert held.record is not None
    assert held.record.links == ()
    assert held.paper.links == ()
