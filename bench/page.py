"""The page of benchmarks: each measurement writes its own part, between marks of its name."""

from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
PAGE = HERE / "docs" / "benchmarks.md"
IMAGES = HERE / "docs" / "images"


def put(name: str, text: str) -> None:
    """Write one part of the page; the others stay as they are."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    page = PAGE.read_text("utf-8")
    before, _, rest = page.partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise SystemExit(f"{PAGE} has no part {name!r}: put {begin} and {end} where it belongs")
    PAGE.write_text(f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}", "utf-8")
