"""An OAI-PMH 2.0 repository on this machine, with all six verbs and all the ways it can go wrong.

`python -m tests.library.servers.oai --count 100000 --page 1000` serves generated papers by itself.
"""

import argparse
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

from tests.library.servers.telling import Told, telling

PREFIX = "oai:arXiv.org:"
DAY, SECONDS = "YYYY-MM-DD", "YYYY-MM-DDThh:mm:ssZ"
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
)
FORMATS = {
    "oai_dc": "http://www.openarchives.org/OAI/2.0/oai_dc/",
    "arXivRaw": "http://arxiv.org/OAI/arXivRaw/",
    "arXiv": "http://arxiv.org/OAI/arXiv/",
}
_ARGUMENTS: dict[str, tuple[set[str], set[str]]] = {
    "Identify": (set(), set()),
    "ListSets": (set(), set()),
    "ListMetadataFormats": (set(), {"identifier"}),
    "GetRecord": ({"identifier", "metadataPrefix"}, set()),
    "ListIdentifiers": ({"metadataPrefix"}, {"from", "until", "set"}),
    "ListRecords": ({"metadataPrefix"}, {"from", "until", "set"}),
}


@dataclass(frozen=True)
class Held:
    """A record as the repository holds it; `stamp` is a day, or a UTC time to the second."""

    id: str
    stamp: str
    title: str = "A Paper"
    authors: str = "Ada Example, Bob Example"
    abstract: str = "We say something."
    categories: str = "cs.CL"
    comments: str = ""
    venue: str = ""
    doi: str = ""
    licence: str = "http://creativecommons.org/licenses/by/4.0/"
    versions: tuple[str, ...] = ("Tue, 11 Feb 2025 23:50:31 GMT",)
    sizes: tuple[tuple[str, str], ...] = ()
    sets: tuple[str, ...] = ("cs:cs:CL",)
    is_deleted: bool = False


@dataclass
class Faults:
    """What goes wrong: pages and requests are counted from 0.

    `expired`: pages whose token is refused once; `busy`: requests answered 503; `truncated`: pages
    cut short once; `loop_from`: the page whose token leads back to the second one.
    """

    expired: set[int] = field(default_factory=set)
    busy: set[int] = field(default_factory=set)
    truncated: set[int] = field(default_factory=set)
    loop_from: int | None = None
    ignores_tokens: bool = False
    refuses_tokens: bool = False


class TroubleError(Exception):
    """An error that the protocol knows by its code."""

    def __init__(self, code: str, text: str = "") -> None:
        super().__init__(code)
        self.code, self.text = code, text


@dataclass
class Repository:
    """All of a repository: what it holds, in which order, and how it answers."""

    held: Sequence[Held]
    page: int = 10
    granularity: str = DAY
    faults: Faults = field(default_factory=Faults)
    now: datetime = datetime(2025, 3, 1, 4, tzinfo=UTC)
    asked: list[dict[str, str]] = field(default_factory=list)

    def answer(self, query: str) -> tuple[int, bytes, dict[str, str]]:
        """Status, content and headers for a query."""
        pairs = parse_qsl(query, keep_blank_values=True)
        given = dict(pairs)
        number = len(self.asked)
        self.asked.append(given)
        if number in self.faults.busy:
            return 503, b"busy", {"Retry-After": "2"}
        try:
            if len(given) != len(pairs):
                raise TroubleError("badArgument", "an argument comes twice")
            body = self._verb(given)
        except TroubleError as trouble:
            body = f'<error code="{trouble.code}">{escape(trouble.text)}</error>'
        content = self._whole(given, body).encode()
        return 200, self._cut_short(given, content), {"Content-Type": "text/xml; charset=utf-8"}

    def matching(self, given: dict[str, str]) -> list[Held]:
        """The records of a list, in order."""
        wanted, begin, end = given.get("set", ""), given.get("from", ""), given.get("until", "")
        return [
            one
            for one in self.held
            if (not wanted or any(f"{name}:".startswith(f"{wanted}:") for name in one.sets))
            and one.stamp[: len(begin)] >= begin
            and (not end or one.stamp[: len(end)] <= end)
        ]

    def _whole(self, given: dict[str, str], body: str) -> str:
        when = self.now.strftime("%Y-%m-%dT%H:%M:%SZ")
        said = "".join(f' {name}="{escape(text)}"' for name, text in given.items())
        said = "" if 'code="bad' in body else said.replace("<", "&lt;")
        return (
            f"{HEAD}<responseDate>{when}</responseDate>\n<request{said}>http://here/oai</request>\n"
            f"{body}\n</OAI-PMH>\n"
        )

    def _cut_short(self, given: dict[str, str], content: bytes) -> bytes:
        page = self._offset(given) // self.page if given.get("verb") == "ListRecords" else -1
        if page in self.faults.truncated:
            self.faults.truncated.discard(page)
            return content[: len(content) * 2 // 3]
        return content

    def _verb(self, given: dict[str, str]) -> str:
        verb = given.get("verb", "")
        if verb not in _ARGUMENTS:
            raise TroubleError("badVerb", "no such verb")
        must, may = _ARGUMENTS[verb]
        names = given.keys() - {"verb"}
        if "resumptionToken" in names and "metadataPrefix" in must and "identifier" not in must:
            if names != {"resumptionToken"}:
                raise TroubleError("badArgument", "resumptionToken is exclusive")
            return self._listed(verb, given)
        if must - names or names - must - may:
            raise TroubleError("badArgument", "wrong arguments")
        if "metadataPrefix" in given and given["metadataPrefix"] not in FORMATS:
            raise TroubleError("cannotDisseminateFormat")
        answers: dict[str, Callable[[dict[str, str]], str]] = {
            "Identify": self._identify,
            "ListSets": self._sets,
            "ListMetadataFormats": self._formats,
            "GetRecord": self._record,
            "ListIdentifiers": lambda given: self._listed(verb, given),
            "ListRecords": lambda given: self._listed(verb, given),
        }
        return answers[verb](given)

    def _identify(self, given: dict[str, str]) -> str:
        earliest = min((one.stamp for one in self.held), default="2005-09-16")
        return (
            "<Identify><repositoryName>Here</repositoryName><baseURL>http://here/oai</baseURL>"
            "<protocolVersion>2.0</protocolVersion><adminEmail>a@here.example</adminEmail>"
            f"<earliestDatestamp>{earliest}</earliestDatestamp>"
            "<deletedRecord>persistent</deletedRecord>"
            f"<granularity>{self.granularity}</granularity></Identify>"
        )

    def _sets(self, given: dict[str, str]) -> str:
        names = sorted({name for one in self.held for name in one.sets})
        if not names:
            raise TroubleError("noSetHierarchy")
        told = (f"<set><setSpec>{name}</setSpec><setName>{name}</setName></set>" for name in names)
        return f"<ListSets>{''.join(told)}</ListSets>"

    def _formats(self, given: dict[str, str]) -> str:
        if "identifier" in given:
            self._found(given["identifier"])
        told = (
            f"<metadataFormat><metadataPrefix>{name}</metadataPrefix><schema>{space}x.xsd</schema>"
            f"<metadataNamespace>{space}</metadataNamespace></metadataFormat>"
            for name, space in FORMATS.items()
        )
        return f"<ListMetadataFormats>{''.join(told)}</ListMetadataFormats>"

    def _record(self, given: dict[str, str]) -> str:
        one = self._found(given["identifier"])
        return f"<GetRecord>{record_xml(one, given['metadataPrefix'])}</GetRecord>"

    def _found(self, identifier: str) -> Held:
        for one in self.held:
            if PREFIX + one.id == identifier:
                return one
        raise TroubleError("idDoesNotExist", identifier)

    def _listed(self, verb: str, given: dict[str, str]) -> str:
        offset = self._offset(given)
        wanted = given
        if token := given.get("resumptionToken"):
            number = offset // self.page
            if self.faults.refuses_tokens or number in self.faults.expired:
                self.faults.expired.discard(number)
                raise TroubleError("badResumptionToken", "the token has expired")
            wanted = dict(parse_qsl(unquote(token)))
            if not wanted:
                raise TroubleError("badResumptionToken", "no such token")
        for name in ("from", "until"):
            if name in wanted and ("T" in wanted[name]) and self.granularity == DAY:
                raise TroubleError("badArgument", "this repository knows days only")
        if wanted.get("until", "9") < wanted.get("from", "0"):
            raise TroubleError("badArgument", "until is before from")
        if self.faults.ignores_tokens:
            offset = 0
        found = self.matching(wanted)
        if not found:
            raise TroubleError("noRecordsMatch")
        some = found[offset : offset + self.page]
        if verb == "ListIdentifiers":
            told = "".join(_header(one) for one in some)
        else:
            told = "".join(record_xml(one, wanted["metadataPrefix"]) for one in some)
        return f"<{verb}>{told}{self._token(wanted, offset, len(found))}</{verb}>"

    def _offset(self, given: dict[str, str]) -> int:
        token = dict(parse_qsl(unquote(given.get("resumptionToken", ""))))
        return int(token.get("skip", "0"))

    def _token(self, wanted: dict[str, str], offset: int, count: int) -> str:
        """The element that leads on; empty behind the last page of several, none behind one."""
        after = offset + self.page
        if after >= count:
            return "<resumptionToken/>" if offset else ""
        if self.faults.loop_from == offset // self.page:
            after = self.page
        text = "&".join(f"{name}={text}" for name, text in wanted.items() if name != "skip")
        token = quote(f"{text}&skip={after}", safe="")
        return (
            f'<resumptionToken expirationDate="2025-03-02T00:00:00Z" cursor="{offset}" '
            f'completeListSize="{count}">{token}</resumptionToken>'
        )


@dataclass
class Served:
    """Where the repository is, and the repository itself."""

    url: str
    repository: Repository


@contextmanager
def serving_oai(repository: Repository, *, port: int = 0) -> Iterator[Served]:
    """Serve a repository at an address of this machine."""

    def answer(path: str) -> Told:
        status, content, headers = repository.answer(urlsplit(path).query)
        return Told(content, status, headers)

    with telling(answer, port=port) as told:
        yield Served(f"{told.url}/oai", repository)


def generated(count: int, *, per_day: int = 400, deleted_every: int = 0) -> list[Held]:
    """So many papers, each with words of its own, in the order of their datestamps."""
    draw = random.Random(count)
    words = ["".join(draw.choices("aeioubcdfglmnprstv", k=draw.randint(3, 9))) for _ in range(9000)]
    fields = ("cs.CL", "cs.LG", "math.CO", "hep-th")
    sets = ("cs:cs:CL", "cs:cs:LG", "math:math:CO", "physics:hep-th")
    first = date(2015, 1, 5)
    papers = []
    for place in range(count):
        day = first + timedelta(days=place // per_day)
        mail = day.strftime("%a, %d %b %Y 10:00:00 GMT")
        topic = place % len(fields)
        papers.append(
            Held(
                id=f"{day:%y%m}.{place % 100_000:05}",
                stamp=str(day + timedelta(days=1)),
                title=" ".join(draw.choices(words, k=9)).capitalize(),
                authors=", ".join(
                    f"{a.capitalize()} {b.capitalize()}"
                    for a, b in zip(*[iter(draw.choices(words, k=8))] * 2, strict=True)
                ),
                abstract=" ".join(draw.choices(words, k=150)),
                categories=fields[topic],
                comments="12 pages, 3 figures",
                versions=(mail,),
                sets=(sets[topic],),
                is_deleted=bool(deleted_every) and place % deleted_every == deleted_every - 1,
            )
        )
    return papers


def record_xml(one: Held, prefix: str) -> str:
    """The `record` element of a record in one of the formats."""
    if one.is_deleted:
        return f"<record>{_header(one)}</record>\n"
    write = {"oai_dc": _dublin_core, "arXivRaw": _arxiv_raw, "arXiv": _arxiv}[prefix]
    return f"<record>{_header(one)}<metadata>{write(one)}</metadata></record>\n"


def _header(one: Held) -> str:
    status = ' status="deleted"' if one.is_deleted else ""
    sets = "".join(f"<setSpec>{name}</setSpec>" for name in one.sets)
    return (
        f"<header{status}><identifier>{PREFIX}{one.id}</identifier>"
        f"<datestamp>{one.stamp}</datestamp>{sets}</header>"
    )


def _arxiv_raw(one: Held) -> str:
    sizes = one.sizes or (("45kb", "D"),) * len(one.versions)
    versions = "".join(
        f'<version version="v{number}"><date>{moment}</date><size>{size}</size>'
        f"<source_type>{kind}</source_type></version>"
        for number, (moment, (size, kind)) in enumerate(
            zip(one.versions, sizes, strict=True), start=1
        )
    )
    return (
        f'<arXivRaw xmlns="{FORMATS["arXivRaw"]}" xsi:schemaLocation="{FORMATS["arXivRaw"]} x.xsd">'
        f"\n <id>{one.id}</id><submitter>A. Example</submitter>{versions}"
        f"<title>{escape(one.title)}</title><authors>{escape(one.authors)}</authors>"
        f"<categories>{one.categories}</categories>{_common(one)}</arXivRaw>"
    )


def _arxiv(one: Held) -> str:
    authors = "".join(
        f"<author><keyname>{escape(name.rpartition(' ')[2])}</keyname>"
        f"<forenames>{escape(name.rpartition(' ')[0])}</forenames></author>"
        for name in one.authors.split(", ")
    )
    days = [
        datetime.strptime(moment, "%a, %d %b %Y %H:%M:%S GMT").date() for moment in one.versions
    ]
    updated = f"<updated>{days[-1]}</updated>" if len(days) > 1 else ""
    return (
        f'<arXiv xmlns="{FORMATS["arXiv"]}"><id>{one.id}</id><created>{days[0]}</created>{updated}'
        f"<authors>{authors}</authors><title>{escape(one.title)}</title>"
        f"<categories>{one.categories}</categories>{_common(one)}</arXiv>"
    )


def _common(one: Held) -> str:
    told = {"comments": one.comments, "journal-ref": one.venue, "doi": one.doi}
    told |= {"license": one.licence, "abstract": f"  {one.abstract}\n"}
    return "".join(f"<{name}>{escape(text)}</{name}>" for name, text in told.items() if text)


def _dublin_core(one: Held) -> str:
    names = [name.rpartition(" ") for name in one.authors.split(", ")]
    said = [("title", one.title), *(("creator", f"{last}, {first}") for first, _, last in names)]
    said += [("subject", one.categories), ("description", one.abstract)]
    said += [("date", one.stamp[:10]), ("identifier", f"http://arxiv.org/abs/{one.id}")]
    said += [("identifier", f"doi:{one.doi}")] if one.doi else []
    inner = "".join(f"<dc:{name}>{escape(text)}</dc:{name}>" for name, text in said if text)
    return (
        f'<oai_dc:dc xmlns:oai_dc="{FORMATS["oai_dc"]}" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/">{inner}</oai_dc:dc>'
    )


def main() -> None:
    """Serve generated papers until the standard input ends; the address is printed first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--page", type=int, default=1000)
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args()
    repository = Repository(generated(given.count), page=given.page, now=datetime.now(UTC))
    with serving_oai(repository, port=given.port) as served:
        print(served.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
