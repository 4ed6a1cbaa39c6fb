"""A toy library: a dozen invented papers as records, for everybody's tests."""

from datetime import UTC, datetime

from broadsheet.papers import (
    Author,
    Link,
    LinkKind,
    PartialDate,
    Place,
    Record,
    Signal,
    SignalKind,
)

RECEIVED = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
"""When the records of the library were received."""


def _authors(*names: str) -> tuple[Author, ...]:
    """Authors without ORCIDs."""
    return tuple(Author(name) for name in names)


TIDES = Record(
    source="toy",
    format="jsonl",
    raw='{"id": "1", "title": "Tidal Attention for Very Long Documents"}',
    native_id="1",
    title="Tidal Attention for Very Long Documents",
    abstract="Attention over a book is slow. We let it rise and fall in waves, so that each word "
    "is read in full once per wave and in outline otherwise. On four collections of novels the "
    "answers are as good as with full attention, at a ninth of the cost.",
    authors=(Author("Mira Østergaard", "0000-0002-1825-0097"), Author("Tomás Quill")),
    announced=PartialDate(2025, 2, 11),
    revised=PartialDate(2025, 6, 2),
    venue="Workshop on Long Reading",
    categories=("cs.CL", "cs.LG"),
    keywords=("attention", "long documents"),
    links=(
        Link(LinkKind.PAGE, "https://papers.example/tides"),
        Link(LinkKind.CODE, "https://code.example/quill/tides"),
    ),
    licence="CC BY 4.0",
    arxiv_id="2502.90001",
    signals=(
        Signal(SignalKind.VOTES, value=41, at=datetime(2025, 2, 13, 12, tzinfo=UTC)),
        Signal(SignalKind.EDITION_DAY, at=datetime(2025, 2, 12, tzinfo=UTC)),
        Signal(SignalKind.ORGANIZATION, text="Institute of Slow Reading"),
    ),
    place=Place("toy.jsonl", 1),
)

TIDES_JOURNAL = Record(
    source="press",
    format="bibtex",
    raw="@article{tides, title={Tidal attention for very long documents}}",
    native_id="tides",
    title="Tidal attention for very long documents",
    authors=_authors("M. Østergaard", "T. Quill"),
    announced=PartialDate(2025, 9),
    venue="Journal of Patient Computing",
    arxiv_id="2502.90001",
    doi="10.5555/jpc.2025.17",
    place=Place("press.bib", 1),
)
"""The same paper as TIDES, as its journal has it."""

BEES = Record(
    source="toy",
    format="jsonl",
    raw='{"id": "2", "title": "What Bees Teach Fr\\\\\'echet Means"}',
    native_id="2",
    title="What Bees Teach Fr\\'echet Means",
    abstract="Swarms agree on a place without a map. We compute Fr\\'echet means on graphs as a "
    "swarm would, with \\(O(n\\log n)\\) messages, and prove that it ends.",
    authors=_authors("Ama Boateng", "Jürgen Wabe"),
    announced=PartialDate(2024, 11, 5),
    categories=("cs.DS", "math.MG"),
    arxiv_id="2411.90002",
    place=Place("toy.jsonl", 2),
)

KETTLES = Record(
    source="toy",
    format="jsonl",
    raw='{"id": "3", "title": "Kettles: A Benchmark of Household Planning"}',
    native_id="3",
    title="Kettles: A Benchmark of Household Planning",
    abstract="Making tea takes nineteen steps. Kettles holds 2,400 such errands in twelve kitchens "
    "with language instructions; the best planner finishes 38% of them.",
    authors=_authors("Ines Marlowe", "Pekka Aalto", "Chidi Eze"),
    announced=PartialDate(2025, 1, 20),
    categories=("cs.RO", "cs.AI"),
    links=(Link(LinkKind.PROJECT, "https://kettles.example"),),
    arxiv_id="2501.90003",
    signals=(Signal(SignalKind.STARS, value=512, at=datetime(2025, 3, 1, tzinfo=UTC)),),
    place=Place("toy.jsonl", 3),
)

FROST = Record(
    source="toy",
    format="jsonl",
    raw='{"id": "4", "title": "Frost Maps from Window Photographs"}',
    native_id="4",
    title="Frost Maps from Window Photographs",
    abstract="Ice on a pane records the night. From photographs of windows we estimate the lowest "
    "temperature of a street to within 0.7 degrees, without a thermometer.",
    authors=_authors("Sólveig Hrafn", "Wei Lanfen"),
    announced=PartialDate(2023),
    venue="Conference on Weather Seen Indoors",
    doi="10.5555/wsi.2023.4",
    place=Place("toy.jsonl", 4),
)

LEDGERS = Record(
    source="toy",
    format="jsonl",
    raw='{"id": "5", "title": "Reading Merchants\' Ledgers with Small Models"}',
    native_id="5",
    title="Reading Merchants' Ledgers with Small Models",
    abstract="Old account books mix hands, tongues and sums. A language model of 30 million "
    "parameters, taught to add, transcribes them with half the errors of one a hundred times "
    "its size.",
    authors=_authors("Beatrix Holloway", "Farid Nazari"),
    announced=PartialDate(2022, 7),
    venue="Proceedings of Digital Archives",
    place=Place("toy.jsonl", 5),
)

OLD_KNOTS = Record(
    source="toy",
    format="jsonl",
    raw='{"id": "6", "title": "Knots that Come Undone"}',
    native_id="6",
    title="Knots that Come Undone",
    abstract="We classify the slip knots with at most nine crossings.",
    authors=_authors("Orla Finnegan"),
    announced=PartialDate(1999, 1, 4),
    categories=("math.GT",),
    arxiv_id="math/9901099",
    place=Place("toy.jsonl", 6),
)

SILENT = Record(
    source="toy",
    format="jsonl",
    raw='{"id": "7", "title": "A Title without an Abstract"}',
    native_id="7",
    title="A Title without an Abstract",
    authors=_authors("Nobuko Ide"),
    announced=PartialDate(2021, 12),
    place=Place("toy.jsonl", 7),
)

WITHDRAWN = Record(
    source="toy",
    format="jsonl",
    raw='{"id": "8", "title": "Perpetual Caching"}',
    native_id="8",
    title="Perpetual Caching",
    abstract="This paper was withdrawn by its author, who found the heat it had left out.",
    authors=_authors("Gus Petrov"),
    announced=PartialDate(2024, 4, 1),
    withdrawn=True,
    arxiv_id="2404.90008",
    place=Place("toy.jsonl", 8),
)

RETRACTED = Record(
    source="toy",
    format="jsonl",
    raw='{"id": "9", "title": "Moss Grows Faster When Praised"}',
    native_id="9",
    title="Moss Grows Faster When Praised",
    abstract="Sixty pots of moss were spoken to. Those that were praised grew twice as fast.",
    authors=_authors("Lucinda Vane", "Per Moss"),
    announced=PartialDate(2020, 5, 5),
    retracted=True,
    doi="10.5555/moss.2020.1",
    place=Place("toy.jsonl", 9),
)

ROUTES = Record(
    source="toy",
    format="jsonl",
    raw='{"id": "10", "title": "Routing Queries among Language Models"}',
    native_id="10",
    title="Routing Queries among Language Models",
    abstract="Many models can answer; few need to. We route each query to the smallest language "
    "model whose output will do, and save 71% of the cost on eight sets of questions.",
    authors=_authors("Yusuf Demir", "Hanna Lind"),
    announced=PartialDate(2025, 5, 27),
    categories=("cs.CL",),
    links=(Link(LinkKind.PDF, "https://papers.example/routes.pdf"),),
    arxiv_id="2505.90010",
    signals=(Signal(SignalKind.CITATIONS, value=12, at=datetime(2026, 1, 1, tzinfo=UTC)),),
    place=Place("toy.jsonl", 10),
)

ROUTES_AGAIN = Record(
    source="other",
    format="jsonl",
    raw='{"id": "r", "title": "Routing Queries Among Language Models."}',
    native_id="r",
    title="Routing Queries Among Language Models.",
    abstract="Many models can answer; few need to. We route each query to the smallest language "
    "model whose output will do, and save 71% of the cost on eight sets of questions.",
    authors=_authors("Demir, Yusuf", "Lind, Hanna"),
    announced=PartialDate(2025),
    place=Place("other.jsonl", 1),
)
"""The same paper as ROUTES, without an id to tell by."""

UNKNOWN_HANDS = Record(
    source="toy",
    format="ris",
    raw="TY  - JOUR\nTI  - Anonymous Hands: Authorship from Pen Pressure\nER  -",
    title="Anonymous Hands: Authorship from Pen Pressure",
    abstract="Who wrote a page shows in how hard the pen was pressed. A camera sees enough of the "
    "groove to tell forty clerks apart.",
    announced=PartialDate(2019, 10),
    keywords=("handwriting", "archives"),
    place=Place("toy.ris", 1),
)

STARS = Record(
    source="toy",
    format="csv",
    raw="11,星図の言語,Kō Tsukino",
    native_id="11",
    title="星図の言語: Star Charts as a Language",
    abstract="Charts of the sky repeat small phrases of stars. We learn them as words and find "
    "which of 64 charts were copied from which.",
    authors=_authors("Kō Tsukino"),
    announced=PartialDate(2018, 3),
    venue="Annals of Imaginary Astronomy",
    doi="10.5555/aia.2018.88",
    place=Place("toy.csv", 12),
)

LIBRARY = (
    TIDES,
    BEES,
    KETTLES,
    FROST,
    LEDGERS,
    OLD_KNOTS,
    SILENT,
    WITHDRAWN,
    RETRACTED,
    ROUTES,
    UNKNOWN_HANDS,
    STARS,
)
"""Records of twelve different papers; with TIDES_JOURNAL or ROUTES_AGAIN some have two."""
