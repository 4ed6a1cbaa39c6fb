"""A small judged set in the BEIR layout."""

import json
from pathlib import Path

_DOCUMENTS = {
    "d1": ("Kettle song", "A kettle sings its song before it boils."),
    "d2": ("Moon map", "A map of the moon drawn from memory."),
    "d3": ("Bird clock", "A clock that calls like a bird."),
    "d4": ("", "Frost and sea."),
}
_QUERIES = {"q1": "kettle song", "q2": "moon map"}
_GRADES = (("q1", "d1", 2), ("q1", "d3", 0), ("q2", "d2", 1))


def write_set(folder: Path) -> Path:
    """Write the set into a new folder; the folder."""
    folder.mkdir(parents=True)
    corpus = [{"_id": name, "title": t, "text": x} for name, (t, x) in _DOCUMENTS.items()]
    queries = [{"_id": name, "text": text} for name, text in _QUERIES.items()]
    for file, rows in (("corpus", corpus), ("queries", queries)):
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / f"{file}.jsonl").write_text(lines, "utf-8")
    grades = "".join(f"{query}\t{document}\t{grade}\n" for query, document, grade in _GRADES)
    (folder / "qrels.tsv").write_text(f"query-id\tcorpus-id\tscore\n{grades}", "utf-8")
    return folder
