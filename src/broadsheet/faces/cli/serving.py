"""The commands that serve pages: serve, and up, which also makes a first home."""

import errno
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from broadsheet import ingest
from broadsheet.errors import BusyError, SettingError
from broadsheet.faces.cli import output
from broadsheet.faces.cli.holding import only_server
from broadsheet.faces.cli.indexing import bring_level
from broadsheet.faces.cli.progress import told
from broadsheet.faces.cli.state import State
from broadsheet.faces.mail import open_post
from broadsheet.service import Service
from broadsheet.settings import Settings, hand_down

APPLICATION = "broadsheet.faces.app:from_environment"
SAMPLE = "sample"
"""The source that the bundled papers are said by."""
_GRACE_SECONDS = 10
_TRY = ("attention", "CRISPR gene editing", "gravitational waves")

HostOption = Annotated[
    str | None, typer.Option(help="The address to listen on.", show_default=False)
]
PortOption = Annotated[
    int | None, typer.Option(min=0, max=65535, help="The port to listen on.", show_default=False)
]
WorkersOption = Annotated[
    int | None, typer.Option(min=1, max=64, help="How many processes.", show_default=False)
]


def serve(
    context: typer.Context,
    host: HostOption = None,
    port: PortOption = None,
    workers: WorkersOption = None,
) -> None:
    """Serve the pages and the API, until Ctrl-C or SIGTERM; requests under way are finished.

    A home has one server, which may have several --workers; all other commands work beside it.
    """
    state: State = context.obj
    settings = state.settings()
    host, port = host or settings.host, _or(port, settings.port)
    with state.service() as service:
        # Opened once before any worker is, so that what is wrong is said in one sentence.
        open_post(service)
    with only_server(settings.home, _address(host, port)):
        _run(settings, host, port, workers or settings.workers)


def up(
    context: typer.Context,
    host: HostOption = None,
    port: PortOption = None,
    workers: WorkersOption = None,
) -> None:
    """Make a home with a sample of landmark papers, if there is none yet, and serve it."""
    state: State = context.obj
    settings = state.settings()
    host, port = host or settings.host, _or(port, settings.port)
    with only_server(settings.home, _address(host, port)):
        _bindable(host, port)
        with state.service(create=True) as service:
            _begin(service)
            open_post(service)
        output.say(f"Your front page: {_address(host, port)}/")
        output.say("Try: " + ", ".join(f"/papers?q={words.replace(' ', '+')}" for words in _TRY))
        output.say("Bring in papers of your own: broadsheet import FILE…   Stop: Ctrl-C")
        _run(settings, host, port, workers or settings.workers)


def _begin(service: Service) -> None:
    """Take the sample into a catalogue that has no papers, and bring the index level."""
    with service.catalogue.reading() as desk:
        is_new = not desk.records.count()
    if is_new:
        with (
            as_file(files("broadsheet") / "sample" / "landmarks.jsonl") as file,
            told("import") as tell,
        ):
            report = ingest.import_files(
                service.catalogue,
                [file],
                ingest.Reading(SAMPLE, None, "utf-8"),
                now=datetime.now(UTC),
                progress=lambda at: tell(f"{at.phase} {at.file}", at.done, at.total),
            )
        home = service.settings.home
        output.say(f"A first catalogue with {report.new} landmark papers: {home}")
    bring_level(service)


def _run(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve until asked to stop."""
    _bindable(host, port)
    with _counts(workers) as counted:
        # The workers are processes of their own, and read the settings as this one did.
        hand_down(settings.home, counted)
        uvicorn.run(
            APPLICATION,
            factory=True,
            host=host,
            port=port,
            workers=workers,
            access_log=False,
            log_level="warning",
            # The application does it, behind what looks at the connection's own address.
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )


@contextmanager
def _counts(workers: int) -> Iterator[Path | None]:
    """Where several workers count together; one counts in its memory."""
    if workers == 1:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="broadsheet-metrics-") as folder:
        yield Path(folder)


def _bindable(host: str, port: int) -> None:
    """Raise BusyError if the port is taken, SettingError if the address is not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise BusyError(
                    f"Port {port} on {host} is taken by another program.",
                    hint="Stop that, or choose another: --port 8081.",
                ) from error
            raise SettingError(
                f"Cannot listen on {host} port {port}: {error.strerror or error}.",
                hint="Give an address of this machine and a port that you may use.",
            ) from error


def _address(host: str, port: int) -> str:
    """Where this machine finds what listens there."""
    if host in ("0.0.0.0", "::"):
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _or(port: int | None, default: int) -> int:
    return default if port is None else port
