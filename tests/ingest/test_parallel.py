"""Records prepared by two processes: the same as by one, whatever becomes of the other."""

import gc
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from broadsheet.catalogue import pack
from broadsheet.curation import sentence_digests
from broadsheet.ingest.parallel import MANY, Preparer
from broadsheet.ingest.preparing import Named, Prepared, named, prepared
from broadsheet.papers import Author, Link, LinkKind, PartialDate, Signal, SignalKind
from tests.library.listing import toy_record

LONGEST_SECONDS = 60.0
SENTENCE = "All rights to kettles are reserved by the publisher of kettles."
BEGUN = """
import sys
from tests.ingest.test_parallel import lending, records

with lending(records(40)) as preparer:
    print(preparer.other, flush=True)
    sys.stdin.read()
"""


def records(count: int) -> list[Named]:
    """Records of many kinds: plain, with LaTeX, damaged, in another language, broken."""
    made = []
    for number in range(count):
        words = " ".join(f"word{number * place % 97}" for place in range(60))
        facts: dict[str, object] = {
            "abstract": f"We prove $x^{number}$ by Erd\\H{{o}}s and co- operation. {words}",
            "authors": (Author("Ada Example", "0000-0001"), Author("Bob \\'E. Example")),
            "announced": PartialDate(2024, 5, number % 28 + 1),
            "arxiv_id": f"2405.{number:05}",
            "links": (Link(LinkKind.CODE, "https://code.example/x"),),
            "signals": (Signal(SignalKind.STARS, number),),
            "references": ("doi:10.1/x",),
        }
        if number % 5 == 1:
            facts = {"abstract": "Sie zeigen, dass die Kessel singen und nicht pfeifen. " * 9}
        elif number % 5 == 2:
            facts = {"title": "Ã©tÃ© \ud800 sortÃ©", "abstract": f"{SENTENCE} {words[:90]}"}
        elif number % 5 == 3:
            facts = {"format": "broken", "abstract": "`title` is a number"}
        made.append(named(toy_record(number, **facts)))
    return made


def lending(batch: list[Named]) -> Preparer:
    """Two processes at work."""
    preparer = Preparer(many=1)
    deadline = time.monotonic() + LONGEST_SECONDS
    while not any(one.payload for one in preparer.prepared(batch)):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return preparer


def bare(ready: list[Prepared]) -> list[Prepared]:
    """Without what is written only while there are two processes."""
    return [replace(one, payload=None) for one in ready]


def is_running(number: int) -> bool:
    """Whether a process is there, and not only its end waiting to be heard of."""
    try:
        return Path(f"/proc/{number}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def ends(number: int) -> bool:
    """Whether a process ends."""
    deadline = time.monotonic() + LONGEST_SECONDS
    while is_running(number) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_running(number)


@pytest.mark.parametrize("count", [1, 25, 26, 333])
def test_two_processes_prepare_what_one_does(count: int) -> None:
    batch = records(count)
    with lending(records(40)) as preparer:
        for _ in range(3):
            ready = preparer.prepared(batch)
            assert bare(ready) == [prepared(one) for one in batch]
            assert all(one.payload in (None, pack(one.record)) for one in ready)


def test_few_records_begin_no_process() -> None:
    with Preparer(many=41) as preparer:
        assert preparer.prepared(records(40)) == [prepared(one) for one in records(40)]
        assert preparer.other is None
    assert MANY > 1000


def test_the_other_process_is_told_of_templates_when_they_change() -> None:
    batch = records(200)
    known = frozenset(sentence_digests(SENTENCE))
    with lending(batch) as preparer:
        for templates in (known, known, frozenset[int](), frozenset((*known, 7))):
            wanted = [prepared(one, templates=templates) for one in batch]
            assert bare(preparer.prepared(batch, templates)) == wanted
            found = [finding.name for one in wanted for finding in one.findings]
            assert ("template" in found) == bool(templates)


def test_a_process_that_is_killed_is_done_without() -> None:
    batch = records(200)
    with lending(batch) as preparer:
        assert preparer.other
        os.kill(preparer.other, signal.SIGKILL)
        for _ in range(3):
            assert bare(preparer.prepared(batch)) == [prepared(one) for one in batch]


def test_a_process_that_stands_still_is_waited_for_by_nobody() -> None:
    batch = records(200)
    with lending(batch) as preparer:
        assert preparer.other
        os.kill(preparer.other, signal.SIGSTOP)
        for count in (200, 150, 200):
            wanted = [prepared(one) for one in batch[:count]]
            assert bare(preparer.prepared(batch[:count])) == wanted
        # What it says late is of a batch that is done.
        os.kill(preparer.other, signal.SIGCONT)
        for start in range(100):
            wanted = [prepared(one) for one in batch[start:]]
            assert bare(preparer.prepared(batch[start:])) == wanted
    assert not is_running(preparer.other)


def test_a_record_that_cannot_be_prepared_fails_here() -> None:
    broken = named(toy_record(1, abstract=7))
    with lending(records(40)) as preparer:
        with pytest.raises(TypeError):
            preparer.prepared([*records(200), broken, *records(200)])
        assert bare(preparer.prepared(records(99))) == [prepared(one) for one in records(99)]


def test_large_records_go_both_ways_at_once() -> None:
    batch = [
        named(toy_record(number, abstract=f"word{number} and " * 9_000, raw="x" * 300_000))
        for number in range(110)
    ]
    with lending(records(40)) as preparer:
        assert bare(preparer.prepared(batch)) == [prepared(one) for one in batch]


def test_the_other_process_ends_with_the_work() -> None:
    usual = gc.get_threshold()
    with lending(records(40)) as preparer:
        number = preparer.other
        assert number
        assert is_running(number)
        assert gc.get_threshold() > usual
    assert not is_running(number)
    assert gc.get_threshold() == usual
    assert not gc.get_freeze_count()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_the_other_process_ends_when_this_one_is_ended(how: signal.Signals) -> None:
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", BEGUN],
        cwd=root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as first:
        assert first.stdout
        number = int(first.stdout.readline())
        assert is_running(number)
        first.send_signal(how)
        first.wait(LONGEST_SECONDS)
        assert ends(number)
