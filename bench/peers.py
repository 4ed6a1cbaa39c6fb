"""Peers over the same papers: each is built from titles and abstracts, and finds ten of a query."""

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bm25s
import faiss
import numpy as np
import Stemmer
import tantivy
from timing import Search

from broadsheet.index.embedded.stopwords import STOPWORDS
from broadsheet.index.encoders import EncoderChoice, open_encoder

HITS = 10
Pairs = Iterator[tuple[str, str]]
Texts = Callable[[], Pairs]
_WORD = re.compile(r"\w+")
_BATCH = 10_000


def tantivy_alone(home: Path, _texts: Texts) -> Search:
    """tantivy over the word index that we made: any of the words, stopwords left out, no more."""
    from broadsheet.index.embedded.fields import STEMMED, analyser, schema

    folder = next(home.glob("index/*/words"))
    fields = schema()
    index = tantivy.Index(fields, path=str(folder), reuse=True)
    cut = analyser(stem=True)
    index.register_tokenizer(STEMMED, cut)
    searcher = index.searcher()

    def find(query: str) -> object:
        words = [word for word in _WORD.findall(query.lower()) if word not in STOPWORDS]
        terms = [
            (tantivy.Occur.Should, tantivy.Query.term_query(fields, "text", stem))
            for stem in dict.fromkeys(cut.analyze(" ".join(words)))
        ]
        return searcher.search(tantivy.Query.boolean_query(terms), HITS, count=False).hits

    return find


def fts5(home: Path, texts: Texts) -> Search:
    """SQLite FTS5 with Porter stems: any of the words, by `rank`."""
    file = home / "fts5.db"
    file.unlink(missing_ok=True)
    connection = sqlite3.connect(file)
    connection.execute(
        "CREATE VIRTUAL TABLE papers USING fts5(title, abstract, tokenize='porter unicode61')"
    )
    connection.executemany("INSERT INTO papers VALUES (?, ?)", texts())
    connection.commit()
    asked = "SELECT rowid, title FROM papers WHERE papers MATCH ? ORDER BY rank LIMIT ?"

    def find(query: str) -> object:
        words = " OR ".join(f'"{word}"' for word in _WORD.findall(query))
        return connection.execute(asked, (words, HITS)).fetchall()

    return find


def bm25s_lucene(_home: Path, texts: Texts) -> Search:
    """bm25s, Lucene's variant with English stems, in memory, without positions."""
    stemmer = Stemmer.Stemmer("english")
    index = bm25s.BM25(k1=1.2, b=0.75, method="lucene")
    joined = [f"{title} {abstract}" for title, abstract in texts()]
    tokens = bm25s.tokenize(joined, stopwords="en", stemmer=stemmer, show_progress=False)
    del joined
    index.index(tokens, show_progress=False)

    def find(query: str) -> object:
        asked = bm25s.tokenize([query], stopwords="en", stemmer=stemmer, show_progress=False)
        return index.retrieve(asked, k=HITS, show_progress=False)

    return find


def lancedb_words(home: Path, texts: Texts) -> Search:
    """LanceDB's full-text index, English stems."""
    import lancedb
    import pyarrow

    folder = home / "lancedb"
    shutil.rmtree(folder, ignore_errors=True)
    fields = pyarrow.schema([("text", pyarrow.string())])

    def batches() -> Iterator[Any]:
        some: list[str] = []
        for title, abstract in texts():
            some.append(f"{title} {abstract}")
            if len(some) == _BATCH:
                yield pyarrow.record_batch([some], schema=fields)
                some = []
        yield pyarrow.record_batch([some], schema=fields)

    table = lancedb.connect(folder).create_table("papers", batches(), schema=fields)
    table.create_fts_index("text", stem=True, remove_stop_words=True)

    def find(query: str) -> object:
        return table.search(query, query_type="fts").limit(HITS).to_list()

    return find


def faiss_flat(home: Path, _texts: Texts) -> Search:
    """faiss' exact search over the vectors that we made, kept as float16 in memory."""
    encoder = open_encoder(EncoderChoice())
    file = next(home.glob("index/*/vectors/static*/?.rows"))
    rows = np.memmap(file, np.float16, mode="r").reshape(-1, encoder.dimensions)
    index: Any = faiss.IndexScalarQuantizer(
        encoder.dimensions, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )
    for start in range(0, len(rows), _BATCH):
        index.add(np.asarray(rows[start : start + _BATCH], np.float32))

    def find(query: str) -> object:
        faiss.omp_set_num_threads(1)
        return index.search(encoder.encode_query(query)[None, :], HITS)

    return find


PEERS: dict[str, Callable[[Path, Texts], Search]] = {
    "tantivy, words alone": tantivy_alone,
    "faiss flat": faiss_flat,
    "bm25s": bm25s_lucene,
    "SQLite FTS5": fts5,
    "LanceDB": lancedb_words,
}
BUILT_UP_TO = {
    "tantivy, words alone": 3_000_000,
    "faiss flat": 3_000_000,
    "bm25s": 1_000_000,
    "SQLite FTS5": 1_000_000,
    "LanceDB": 300_000,
}
"""The greatest size at which each is measured: beyond it takes too long or too much memory."""
