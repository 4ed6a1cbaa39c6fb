"""The default engine, on one machine: words by tantivy, nearness by faiss, one folder."""

from broadsheet.index.embedded.engine import EmbeddedEngine

__all__ = ["EmbeddedEngine"]
