"""PubMed's E-utilities: a search by days with its reach, and articles in XML."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.library.servers.listening import Asked, Reply, as_json, listening

HEAD = (
    '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, '
    '1st January 2026//EN" "https://dtd.example/pubmed_260101.dtd">\n'
)


def article(number: int, more: str = "", kind: str = "Journal Article") -> str:
    """An invented article."""
    return f"""<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM">
<PMID Version="1">{number}</PMID>
<DateRevised><Year>2026</Year><Month>11</Month><Day>05</Day></DateRevised>
<Article PubModel="Print-Electronic"><Journal><JournalIssue CitedMedium="Internet">
<PubDate><Year>2026</Year><Month>Dec</Month></PubDate></JournalIssue>
<Title>Kettles Quarterly</Title></Journal>
<ArticleTitle>Steam of <i>kettle</i> {number}.</ArticleTitle>
<Abstract><AbstractText Label="BACKGROUND">Kettles sing.</AbstractText>
<AbstractText Label="RESULTS">Kettle {number} sings &amp; boils.</AbstractText></Abstract>
<AuthorList CompleteYN="Y"><Author ValidYN="Y"><LastName>Holm</LastName><ForeName>Ana</ForeName>
<Identifier Source="ORCID">https://orcid.org/0000-0001-2345-6789</Identifier></Author>
<Author><CollectiveName>Kettle Group</CollectiveName></Author></AuthorList>
<PublicationTypeList><PublicationType UI="D016428">{kind}</PublicationType></PublicationTypeList>
<ArticleDate DateType="Electronic"><Year>2026</Year><Month>03</Month><Day>04</Day></ArticleDate>
</Article><KeywordList Owner="NOTNLM"><Keyword MajorTopicYN="N">steam</Keyword></KeywordList>
</MedlineCitation><PubmedData><ArticleIdList><ArticleId IdType="pubmed">{number}</ArticleId>
<ArticleId IdType="doi">10.1234/Steam.{number}</ArticleId></ArticleIdList></PubmedData>{more}
</PubmedArticle>"""


def answered(articles: Sequence[str]) -> Reply:
    """What efetch answers."""
    return Reply(f"{HEAD}<PubmedArticleSet>{''.join(articles)}</PubmedArticleSet>".encode())


@dataclass
class PubMed:
    """`each_day` articles changed on each day from `first` on; a search gives `reach` at most."""

    each_day: int
    first: date
    days: int
    reach: int = 9_999
    asked: list[Asked] = field(default_factory=list)

    @property
    def numbers(self) -> list[int]:
        """The numbers of all articles, by their days."""
        return list(range(1, self.each_day * self.days + 1))

    def answer(self, asked: Asked) -> Reply:
        """A search, or articles."""
        self.asked.append(asked)
        if asked.path.endswith("/efetch.fcgi"):
            return answered([article(int(number)) for number in asked.query["id"].split(",")])
        query = asked.query
        first, last = (query[name].replace("/", "-") for name in ("mindate", "maxdate"))
        found = [one for one in self.numbers if first <= str(self._day(one)) <= last]
        start = int(query["retstart"])
        page = found[: self.reach][start : start + int(query["retmax"])]
        result = {
            "count": str(len(found)),
            "retmax": str(len(page)),
            "retstart": str(start),
            "idlist": [str(number) for number in page],
            "querytranslation": query["term"],
        }
        return as_json({"header": {"type": "esearch", "version": "0.3"}, "esearchresult": result})

    def _day(self, number: int) -> date:
        return self.first + timedelta(days=(number - 1) // self.each_day)


@contextmanager
def pubmed(served: PubMed) -> Iterator[str]:
    """The address of the utilities."""
    with listening(served.answer) as base:
        yield f"{base}/entrez/eutils"
