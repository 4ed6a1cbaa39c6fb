"""Measure speed, memory and quality, and write the tables into docs/benchmarks.md."""

import argparse
import platform
import tempfile
from pathlib import Path

import page
from corpus import deepen, fill, queries, texts
from quality import table as quality_table
from speed import searches
from speed import table as speed_table

from broadsheet.service import Service
from broadsheet.settings import read_settings

HERE = Path(__file__).resolve().parents[1]
READ = 10_000
"""Papers that the contextual encoder reads before speed is measured."""
CORPORA = ("acl.jsonl.xz", "arxiv_daily.jsonl.xz")

PART = """Written by `python bench/run.py` on {machine}; two shared, noisy cores: compare within one
table, and take gaps under 1.5 times as ties. Papers and judgements are those in `../shared/data`.

## Import and index

`{corpora}`, {records:,} records, the import and the indexing each in a process of its own.

| step | seconds | records a second | peak memory, MiB |
| --- | --- | --- | --- |
| import | {import_seconds:.0f} | {import_rate:,.0f} | {import_peak} |
| index | {index_seconds:.0f} | {index_rate:,.0f} | {index_peak} |

The peak of the index is not less than that of the import by the way it is taken. The contextual
encoder then read the newest {read:,} papers at {read_rate:.0f} a processor-second.

## Search speed

The same papers, ten hits, one thread, a hundred queries of each kind: p50 / p95 wall milliseconds /
mean CPU milliseconds a query. Ours includes reading the query, asking both encoders (one has read
some of the papers only), fetching the papers and marking the passages; the peers give row numbers
(FTS5 with titles) only. FTS5 is asked for any of the words, by `rank`; bm25s is Lucene's variant
with English stems, in memory, without positions.

{speed}

## Search quality

nDCG@10 / recall@100, every query with judgements, through the real index and search; "first
encoder" is search before the contextual encoder has read the papers.

{quality}
"""


def main() -> None:
    """Measure everything once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=HERE.parent / "shared" / "data")
    data: Path = parser.parse_args().data
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        filled = fill(home, [data / "corpora" / name for name in CORPORA])
        service = Service.open(read_settings(home))
        read_rate = deepen(service, READ)
        titles, abstracts = texts(service)
        kinds = queries(titles, abstracts)
        speed = speed_table(searches(service, titles, abstracts, Path(folder)), kinds)
        quality = quality_table(data, Path(folder))
    text = PART.format(
        machine=f"{platform.machine()}, Python {platform.python_version()}",
        corpora="` and `".join(CORPORA),
        records=filled.records,
        import_seconds=filled.import_seconds,
        import_rate=filled.records / filled.import_seconds,
        import_peak=filled.import_peak,
        index_seconds=filled.index_seconds,
        index_rate=filled.records / filled.index_seconds,
        index_peak=filled.index_peak,
        read=READ,
        read_rate=read_rate,
        speed=speed,
        quality=quality,
    )
    page.put("run", text)
    print(text)


if __name__ == "__main__":
    main()
