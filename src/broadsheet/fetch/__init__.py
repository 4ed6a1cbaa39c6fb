"""The one HTTP client of the program: polite, guarded, capped, and no secrets in messages."""

from broadsheet.fetch.answers import Answer
from broadsheet.fetch.client import Client
from broadsheet.fetch.paces import PACES, Pace
from broadsheet.fetch.questions import host_of

__all__ = ["PACES", "Answer", "Client", "Pace", "host_of"]
