"""How facts and records are written and read back."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.catalogue.encoding import (
    facts_from_columns,
    facts_to_columns,
    from_micros,
    pack,
    to_micros,
    unpack,
)
from broadsheet.papers import (
    Author,
    Facts,
    Link,
    LinkKind,
    PartialDate,
    Place,
    Record,
    Signal,
    SignalKind,
)

# Lone surrogates included: JSON may hold them.
TEXT = st.text(st.characters(), max_size=30)
DATES = (
    st.none()
    | st.builds(
        lambda day: PartialDate(day.year, day.month, day.day),
        st.dates(min_value=datetime(1000, 1, 1).date(), max_value=datetime(2999, 1, 1).date()),
    )
    | st.builds(PartialDate, st.integers(1000, 2999))
)
MOMENTS = st.datetimes(timezones=st.just(UTC))
FACTS = {
    "title": TEXT,
    "abstract": TEXT,
    "authors": st.lists(st.builds(Author, TEXT, st.none() | st.just("0000-0002-1825-0097"))).map(
        tuple
    ),
    "announced": DATES,
    "revised": DATES,
    "venue": TEXT,
    "categories": st.lists(TEXT).map(tuple),
    "keywords": st.lists(TEXT).map(tuple),
    "links": st.lists(st.builds(Link, st.sampled_from(LinkKind), TEXT)).map(tuple),
    "licence": TEXT,
    "withdrawn": st.booleans(),
    "retracted": st.booleans(),
    "arxiv_id": st.none() | TEXT.filter(bool),
    "doi": st.none() | TEXT.filter(bool),
}
RECORDS = st.builds(
    Record,
    **FACTS,
    source=st.just("toy"),
    format=TEXT,
    raw=TEXT,
    native_id=st.none() | TEXT,
    references=st.lists(TEXT).map(tuple),
    signals=st.lists(
        st.builds(
            Signal,
            st.sampled_from(SignalKind),
            st.none() | st.integers(),
            st.none() | TEXT,
            st.none() | MOMENTS,
        )
    ).map(tuple),
    place=st.none() | st.builds(Place, TEXT, st.integers(1)),
)


@given(RECORDS)
def test_a_record_survives_its_payload(record: Record) -> None:
    assert unpack(pack(record), "toy") == record


@given(st.builds(Facts, **FACTS))
def test_facts_survive_their_columns(facts: Facts) -> None:
    columns = facts_to_columns(facts)
    assert Facts(**facts_from_columns(columns)) == facts
    assert columns["year"] == (facts.announced.year if facts.announced else None)


@given(MOMENTS)
def test_moments_survive_to_the_microsecond(moment: datetime) -> None:
    assert from_micros(to_micros(moment)) == moment


def test_moments_are_microseconds_of_utc() -> None:
    assert to_micros(datetime(1970, 1, 1, 0, 0, 1, 5, tzinfo=UTC)) == 1_000_005
    paris = timezone(timedelta(hours=1))
    assert to_micros(datetime(1970, 1, 1, 1, tzinfo=paris)) == 0
    with pytest.raises(ValueError, match="without a time zone"):
        to_micros(datetime(2026, 1, 1))


def test_empty_facts_take_no_room() -> None:
    columns = facts_to_columns(Facts(title="Knots"))
    assert columns["authors"] == columns["links"] == columns["keywords"] == ""
    assert len(pack(Record(source="toy", format="ris", raw="x", title="Knots"))) < 80
