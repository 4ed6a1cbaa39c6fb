"""What was answered."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: `url` by the last hop, headers by their names in lower case, unpacked.

    `unchanged` says that the server had nothing newer than what was kept, which `content` is.
    `url` is without credentials; status and content are of the kept answer if unchanged.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes
    unchanged: bool = False
