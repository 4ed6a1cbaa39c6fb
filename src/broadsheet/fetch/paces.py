"""How often each service may be asked, as the services publish it."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """At most one request in `interval` seconds to all `hosts` together, and all below those.

    `alone` allows one connection at a time, and the interval begins when it has ended.
    `busy` are statuses that mean "come again later" besides the usual ones.
    """

    name: str
    hosts: tuple[str, ...]
    interval: float
    alone: bool = False
    busy: frozenset[int] = frozenset()

    def covers(self, host: str) -> bool:
        """Whether a host is one of its own."""
        return any(host == known or host.endswith(f".{known}") for known in self.hosts)


USUAL_INTERVAL = 1.0
"""For hosts that publish nothing."""

PACES = (
    # Its terms of use: three seconds between requests, one connection, over API, OAI-PMH and RSS
    # together. Busy servers there also answer 406.
    Pace("arxiv", ("arxiv.org",), 3.0, alone=True, busy=frozenset((406,))),
    Pace("ncbi", ("ncbi.nlm.nih.gov",), 0.34),
    Pace("europepmc", ("ebi.ac.uk", "europepmc.org"), 0.2),
    # Lists may be asked for once a second without a contact.
    Pace("crossref", ("crossref.org",), 1.0, alone=True),
    Pace("semanticscholar", ("semanticscholar.org",), 1.0),
    Pace("openalex", ("openalex.org",), 0.1),
    # 5,000 an hour with a token; without one the answers say when to come again.
    Pace("github", ("api.github.com",), 0.75),
    # 500 in five minutes.
    Pace("huggingface", ("huggingface.co",), 0.6),
    Pace("dblp", ("dblp.org", "dblp.uni-trier.de"), 2.0),
)


def pace_for(host: str, paces: Iterable[Pace], interval: float) -> Pace:
    """The first pace that covers a host, or one of its own with an interval."""
    bare = host.rstrip(".").lower()
    found = next((pace for pace in paces if pace.covers(bare)), None)
    return found or Pace(bare, (bare,), interval)
