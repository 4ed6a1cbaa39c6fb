"""A whole site over the toy library: opened in this process, or served by the real command."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
from pydantic import SecretStr
from starlette.testclient import TestClient

from broadsheet.catalogue import Catalogue, FiledPaper
from broadsheet.faces.app import create
from broadsheet.papers import Paper
from broadsheet.service import Service
from broadsheet.settings import Settings, read_settings
from tests.library import LIBRARY, RECEIVED
from tests.library.commands import Running
from tests.library.hostile import HOSTILE
from tests.library.ready import new_catalogue
from tests.library.shelving import shelve, toy_key


def fill(home: Path, papers: tuple[Paper, ...] = HOSTILE, url: str | None = None) -> Settings:
    """A home with the toy library and some more papers, indexed; its settings.

    The catalogue is in the home, or in the database that `url` names.
    """
    settings = read_settings(home)
    if url is not None:
        settings = settings.model_copy(update={"database_url": SecretStr(url)})
    service = open_new(settings)
    with service.catalogue.writing() as desk:
        keys = shelve(desk)
        desk.signals.add(
            [
                (key, record.source, replace(signal, at=signal.at or RECEIVED))
                for key, record in zip(keys, LIBRARY, strict=True)
                for signal in record.signals
            ]
        )
        first = desk.papers.allocate(len(papers)) if papers else 0
        filed = [FiledPaper(first + at, one, toy_key(one.title)) for at, one in enumerate(papers)]
        if filed:
            desk.papers.add(filed)
    service.index.catch_up(lambda _: None)
    service.index.close()
    service.catalogue.close()
    return settings


def open_new(settings: Settings) -> Service:
    """The service over a home, with an empty catalogue if there was none."""
    file = settings.home / "catalogue.db"
    if settings.database_url is None and not file.exists():
        new_catalogue(file)
    return Service.open(settings, create=True)


@contextmanager
def asked(home: Path) -> Iterator[TestClient]:
    """The site over the toy library, as a browser asks; letters stay in the outbox."""
    settings = fill(home).model_copy(update={"post": False, "scheduler": False})
    browser = {"Accept": "text/html"}
    with TestClient(create(settings), headers=browser, follow_redirects=False) as client:
        yield client


def catalogue_behind(site: TestClient) -> Catalogue:
    """The catalogue that a site shows."""
    catalogue: Catalogue = site.app.state.service.catalogue  # type: ignore[attr-defined]
    return catalogue


def fill_empty(home: Path) -> Settings:
    """A home with an empty catalogue."""
    settings = read_settings(home)
    service = open_new(settings)
    service.index.catch_up(lambda _: None)
    service.index.close()
    service.catalogue.close()
    return settings


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Live(str):
    """The address of a site that is served, and what it has told so far."""

    def __new__(cls, address: str, server: Running) -> "Live":
        """An address that knows its server."""
        live = super().__new__(cls, address)
        live._server = server
        return live

    _server: Running

    def told(self) -> str:
        """What the server has written to its log."""
        return self._server.told()


@contextmanager
def served(home: Path, *words: str, verb: str = "serve", anew: bool = False) -> Iterator[Live]:
    """The address of `broadsheet serve` (or `up`) over a home, stopped with SIGTERM afterwards.

    The settings are the environment's; with `anew` the program is read from the beginning. It must
    then end by itself, with exit code 0.
    """
    server, address = begin_to_serve(home, *words, verb=verb, anew=anew)
    try:
        wait_until_ready(address, server)
        yield Live(address, server)
    finally:
        server.send_signal(signal.SIGTERM)
        ended = server.wait()
    assert ended in (0, -signal.SIGTERM), server.told()


def begin_to_serve(
    home: Path, *words: str, verb: str = "serve", anew: bool = False
) -> tuple[Running, str]:
    """A server that begins, and the address that it will answer at."""
    port = free_port()
    arguments = ["--home", str(home), verb, "--port", str(port), *words]
    return Running(arguments, os.environ, anew=anew), f"http://127.0.0.1:{port}"


def wait_until_ready(address: str, server: Running) -> None:
    """Wait until a server answers that it is ready."""
    with httpx.Client() as client:
        for _ in range(6000):
            if server.returncode is not None:
                raise AssertionError(f"the server ended: {server.told()}")
            try:
                if client.get(f"{address}/readyz").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.01)
    raise AssertionError("the server was never ready")
