"""The made-up library of the questions, filed and indexed once for all tests of ranking."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from broadsheet.catalogue import Catalogue
from broadsheet.index import Index
from broadsheet.papers import Paper
from broadsheet.ranking import Mode, Page, Weights, search
from broadsheet.ranking.names import CatalogueNames
from tests.library.asking import TODAY, library
from tests.library.finding import file_papers, level, open_index


@dataclass(frozen=True)
class Library:
    """The papers, their catalogue and index."""

    papers: list[Paper]
    catalogue: Catalogue
    index: Index

    def names(self) -> CatalogueNames:
        """The names that the catalogue knows."""
        return CatalogueNames(self.catalogue, self.index.reader())

    def page(self, text: str, mode: Mode = "lexical", *, literal: bool = False) -> Page:
        """What is found, all of it."""
        return search(
            self.catalogue,
            self.index,
            text,
            mode=mode,
            limit=len(self.papers),
            weights=Weights(0.4, 0.5),
            literal=literal,
            today=TODAY,
        )


@pytest.fixture(scope="session")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The library that is asked."""
    home = tmp_path_factory.mktemp("library")
    catalogue = Catalogue.open(f"sqlite:///{home / 'c.db'}", locks=home / "locks", create=True)
    papers = library()
    file_papers(catalogue, papers)
    index = open_index(catalogue, home)
    level(index)
    yield Library(papers, catalogue, index)
    index.close()
    catalogue.close()
