"""The one HTTP client of the program: polite, guarded, capped, and no secrets in messages."""

from broadsheet.fetch.answers import Answer
from broadsheet.fetch.asking import host_of
from broadsheet.fetch.client import Client
from broadsheet.fetch.paces import PACES, Pace

__all__ = ["PACES", "Answer", "Client", "Pace", "host_of"]
