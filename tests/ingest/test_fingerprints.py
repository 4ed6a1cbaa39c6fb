"""Identities, fingerprints, shingles and bands."""

import re
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import blake2b

import numpy as np
from datasketch import MinHash
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.ingest.fingerprints import (
    BANDS,
    FEWEST_WORDS,
    ROWS,
    bands,
    fingerprint,
    identity,
    resemblance,
    runs,
    shingles,
    with_moments,
)
from broadsheet.papers import Place, Record, Signal, SignalKind

WORDS = [f"word{number}" for number in range(60)]
ABSTRACT = " ".join(WORDS)


def record(**said: object) -> Record:
    facts = {"source": "toy", "format": "jsonl", "raw": "{}", "title": "On Kettles"} | said
    return Record(**facts)  # type: ignore[arg-type]


def test_a_native_id_is_the_identity() -> None:
    assert identity(record(native_id="7")) == "7"


def test_without_an_id_case_and_spacing_do_not_matter() -> None:
    left = record(title="On  Kettles", abstract="They sing.")
    assert identity(left) == identity(record(title="on kettles", abstract="they sing"))
    assert identity(left) != identity(record(title="on kettles", abstract="they hiss"))


def test_where_it_was_read_does_not_change_the_fingerprint_but_what_it_says_does() -> None:
    here = record(place=Place("a.jsonl", 1))
    assert fingerprint(here) == fingerprint(replace(here, place=Place("b.jsonl", 9)))
    votes = (Signal(SignalKind.VOTES, value=3),)
    assert fingerprint(here) != fingerprint(replace(here, signals=votes))
    assert fingerprint(here) != fingerprint(replace(here, title="On Pots"))


def test_shingles_are_runs_of_three_words_and_short_abstracts_have_none() -> None:
    assert len(shingles(ABSTRACT)) == 58
    assert b"word0 word1 word2" in shingles(ABSTRACT)
    assert shingles(" ".join(WORDS[:24])) == frozenset()


def test_resemblance_is_jaccard() -> None:
    left, right = frozenset({b"a", b"b", b"c"}), frozenset({b"b", b"c", b"d"})
    assert resemblance(left, right) == 0.5
    assert resemblance(left, frozenset()) == 0.0


def test_equal_texts_share_all_bands_and_an_edited_one_some() -> None:
    edited = " ".join([*WORDS[:-1], "ending"])
    own = bands(shingles(ABSTRACT))
    assert len(own) == BANDS
    assert own == bands(shingles(ABSTRACT.upper()))
    assert set(own) & set(bands(shingles(edited)))
    assert bands(frozenset()) == ()


def test_the_bands_of_a_text_are_the_numbers_that_catalogues_hold() -> None:
    assert bands(shingles(ABSTRACT))[:3] == (
        -5400274132877746653,
        4641070175494831270,
        2104113448548053871,
    )


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=300))
def test_the_bands_are_those_of_datasketch(shingled: list[bytes]) -> None:
    sketch = MinHash(num_perm=BANDS * ROWS, seed=7, hashfunc=zlib.crc32)
    sketch.update_batch(shingled)
    values = np.asarray(sketch.hashvalues, np.uint64).reshape(BANDS, ROWS)
    digests = (
        blake2b(row.tobytes(), digest_size=8, salt=number.to_bytes(8, "little")).digest()
        for number, row in enumerate(values)
    )
    wanted = tuple(int.from_bytes(digest, "little", signed=True) for digest in digests)
    assert bands(shingled) == wanted
    assert bands(frozenset(shingled)) == wanted


@given(st.lists(st.text(max_size=9) | st.text("aZ_0 -\n\x1f", max_size=9), max_size=60))
def test_runs_are_of_what_a_pattern_holds_for_words(pieces: list[str]) -> None:
    text = " ".join(pieces).replace("$", "")
    words = re.findall(r"\w+", text.lower())
    wanted = [" ".join(run) for run in zip(words, words[1:], words[2:], strict=False)]
    enough = len(words) >= FEWEST_WORDS
    assert list(runs(text)) == ([run.encode() for run in wanted] if enough else [])


@given(st.lists(st.sampled_from(WORDS), min_size=30, max_size=60))
def test_bands_fit_a_signed_64_bit_column(words: list[str]) -> None:
    assert all(-(2**63) <= band < 2**63 for band in bands(shingles(" ".join(words))))


def test_only_signals_without_a_moment_get_one() -> None:
    told = datetime(2025, 1, 2, tzinfo=UTC)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    signals = (Signal(SignalKind.VOTES, 1, at=told), Signal(SignalKind.STARS, 2))
    dated = with_moments(record(signals=signals), now).signals
    assert [signal.at for signal in dated] == [told, now]
