"""A whole site over the toy library: opened in this process, or served by the real command."""

import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TextIO

import httpx
from pydantic import SecretStr
from starlette.testclient import TestClient

from broadsheet.catalogue import Catalogue, FiledPaper
from broadsheet.faces.app import create
from broadsheet.papers import Paper
from broadsheet.service import Service
from broadsheet.settings import Settings, read_settings
from tests.library import LIBRARY, RECEIVED
from tests.library.hostile import HOSTILE
from tests.library.shelving import shelve, toy_key


def fill(home: Path, papers: tuple[Paper, ...] = HOSTILE, url: str | None = None) -> Settings:
    """A home with the toy library and some more papers, indexed; its settings.

    The catalogue is in the home, or in the database that `url` names.
    """
    settings = read_settings(home)
    if url is not None:
        settings = settings.model_copy(update={"database_url": SecretStr(url)})
    service = Service.open(settings, create=True)
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
    service = Service.open(settings, create=True)
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

    def __new__(cls, address: str, log: TextIO) -> "Live":
        """An address that knows its log."""
        live = super().__new__(cls, address)
        live._log = log
        return live

    _log: TextIO

    def told(self) -> str:
        """What the server has written to its log."""
        # A second handle: the server goes on writing where it is.
        return Path(f"/proc/self/fd/{self._log.fileno()}").read_text("utf-8")


@contextmanager
def served(home: Path, *words: str, verb: str = "serve") -> Iterator[Live]:
    """The address of `broadsheet serve` (or `up`) over a home, stopped with SIGTERM afterwards.

    It must then end by itself, with exit code 0.
    """
    port = free_port()
    command = [sys.executable, "-m", "broadsheet", "--home", str(home), verb]
    address = f"http://127.0.0.1:{port}"
    # A file and not a pipe, which nobody would empty.
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen([*command, "--port", str(port), *words], stderr=log)
        try:
            _wait_until_ready(address, process)
            yield Live(address, log)
        finally:
            process.send_signal(signal.SIGTERM)
            ended = process.wait(timeout=60)
        log.seek(0)
        assert ended in (0, -signal.SIGTERM), log.read()


def _wait_until_ready(address: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise AssertionError("the server ended")
        try:
            if httpx.get(f"{address}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError("the server was never ready")
