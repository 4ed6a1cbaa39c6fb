"""Papers whose every field tries to break the page, the file or the log it is shown in."""

from broadsheet.papers import Author, Link, LinkKind, Paper, PaperId, PartialDate

SCRIPT = "<script>window.pwned=1</script>"
SCRIPTED = Paper(
    id=PaperId("toy:script"),
    title=f"{SCRIPT} Kettles <SEG> \"'><img src=x onerror=window.pwned=1>",
    abstract=f"{SCRIPT} <SEG> and $\\text{{{SCRIPT}}}$ and "
    "$\\href{javascript:window.pwned=1}{x}$.",
    summary_by=SCRIPT,
    authors=(Author(f"Eve {SCRIPT}"), Author("\"'><svg/onload=window.pwned=1>")),
    announced=PartialDate(2024, 3),
    venue=f"Proceedings of {SCRIPT}",
    categories=(SCRIPT, "cs.CR"),
    keywords=(SCRIPT,),
    links=(Link(LinkKind.PAGE, 'https://evil.example/"onmouseover="window.pwned=1'),),
    licence=SCRIPT,
)
RIGHT_TO_LEFT = Paper(
    id=PaperId("toy:rtl"),
    title="\u202eدراسة في موج Z\u0351\u0345\u0349a\u0308\u0308\u0308lgo",  # noqa: RUF001
    abstract="مرحبا " * 30 + "e\u0301" * 200,
    authors=(Author("ليلى الحسن"),),
    announced=PartialDate(2023),
)
CROWDED = Paper(
    id=PaperId("toy:crowd"),
    title="What Five Thousand People Found",
    abstract="Many hands.",
    authors=tuple(Author(f"Person Number{place}") for place in range(5000)),
    announced=PartialDate(2022, 5, 1),
)
UNBROKEN = Paper(
    id=PaperId("doi:10.1002/(SICI)1097-4636(1998)43:4<338::AID-JBM16>3.0.CO;2-B"),
    title="W" * 400,
    abstract="x" * 3000,
    authors=(Author("Y" * 200),),
    venue="V" * 300,
    doi="10.1002/(SICI)1097-4636(1998)43:4<338::AID-JBM16>3.0.CO;2-B",
)
FORMULAS = Paper(
    id=PaperId("toy:formulas"),
    title="Sorting in $O(n \\log n)$ and Why $x < y$ Matters",
    abstract="We show $\\frac{a}{b} \\le \\mathbb{E}[X]$.\n\n"
    "Then $\\unknown{z}$ follows; it costs \\$5.",
    authors=(Author("Ada de la Cruz"),),
    announced=PartialDate(2021, 12, 31),
)
HOSTILE = (SCRIPTED, RIGHT_TO_LEFT, CROWDED, UNBROKEN, FORMULAS)
