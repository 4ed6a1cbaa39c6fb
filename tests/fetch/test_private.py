"""Nothing private is ever connected to: a listener that must never be hit, and every way to it."""

import socket
from collections.abc import Iterable, Iterator

import httpcore
import pytest

from broadsheet.errors import FetchError
from broadsheet.fetch import Client
from broadsheet.fetch.connecting import Connector, PrivateAddressError
from tests.library.clocks import Clock
from tests.library.servers.raw import Listener, listening
from tests.library.serving import Answer, serving

PUBLIC = "93.184.215.14"
PRIVATE = r"leads into a private network, and was not asked\.$"


@pytest.fixture
def forbidden() -> Iterator[Listener]:
    """A listener that must never be hit."""
    with listening() as listener:
        yield listener
    assert listener.heard == []


def client(*allowed: str, resolve: object = None) -> Client:
    clock = Clock()
    given = {} if resolve is None else {"resolve": resolve}
    return Client(allowed_hosts=allowed, clock=clock, sleep=clock.sleep, tries=1, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "LOCALHOST",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "127.1",
        "0",
        "0.0.0.0",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "ada:secret@127.0.0.1",
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_however_it_is_written(host: str, method: str, forbidden: Listener) -> None:
    url = f"http://{host}:{forbidden.port}/latest/meta-data"
    with pytest.raises(FetchError, match=PRIVATE) as caught, client() as asking:
        if method == "get":
            asking.get(url)
        else:
            asking.post_json(url, {}, {})
    assert "secret" not in caught.value.message


@pytest.mark.parametrize(
    "host", ["0177.0.0.1", "①②⑦.⓪.⓪.①", "localhost.", "127.0.0.1%00", "127.0.0.1\t"]
)
def test_forms_that_not_every_system_reads(host: str, forbidden: Listener) -> None:
    with pytest.raises(FetchError):
        client().get(f"http://{host}:{forbidden.port}/")


@pytest.mark.parametrize(
    "addresses",
    [
        ("127.0.0.1",),
        (PUBLIC, "127.0.0.1"),
        ("::1", PUBLIC),
        ("::ffff:127.0.0.1",),
        ("64:ff9b::7f00:1",),
        ("2002:7f00:1::",),
        ("fe80::1%lo",),
    ],
)
@pytest.mark.parametrize("name", ["7f000001.nip.io", "feed.example"])
def test_a_name_that_leads_there(
    name: str, addresses: tuple[str, ...], forbidden: Listener
) -> None:
    with pytest.raises(FetchError, match=PRIVATE):
        client(resolve=lambda host, port: addresses).get(f"http://{name}:{forbidden.port}/")


def test_a_redirect_that_leads_there(forbidden: Listener) -> None:
    """The first hop is the operator's own; what it leads to is not."""
    for status in (301, 302, 303, 307, 308):
        away = Answer(status, b"", {"Location": f"{forbidden.url}/"})
        with serving(away) as server, pytest.raises(FetchError, match=PRIVATE):
            client(server.url.removeprefix("http://")).get(server.url)
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "gopher://127.0.0.1:{port}/x", "http://[/"]
)
def test_a_redirect_out_of_the_web(location: str, forbidden: Listener) -> None:
    away = Answer(302, b"", {"Location": location.format(port=forbidden.port)})
    with serving(away) as server, pytest.raises(FetchError, match="sends on to an address that is"):
        client("127.0.0.1").get(server.url)


class Recorded(httpcore.NetworkBackend):
    """Connects to nothing, and remembers where to."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        self.asked.append((host, port))
        raise httpcore.ConnectError


class Changing:
    """A resolver that answers with one list of addresses after the other."""

    def __init__(self, *answers: tuple[str, ...]) -> None:
        self.left, self.asked = list(answers), 0

    def __call__(self, host: str, port: int) -> tuple[str, ...]:
        self.asked += 1
        return self.left.pop(0)


def test_the_address_that_was_checked_is_connected_to() -> None:
    names, backend = Changing((PUBLIC, "8.8.8.8"), ("127.0.0.1",)), Recorded()
    connector = Connector(names, Clock(), guarded=True, backend=backend)
    with pytest.raises(httpcore.ConnectError):
        connector.connect_tcp("flips.example", 80)
    assert backend.asked == [(PUBLIC, 80), ("8.8.8.8", 80)]
    assert names.asked == 1
    with pytest.raises(PrivateAddressError):
        connector.connect_tcp("flips.example", 80)
    assert len(backend.asked) == 2


def test_no_name_is_looked_up_twice(forbidden: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's resolver changes its mind between two looks at the same name."""
    real, asked = socket.getaddrinfo, []

    def flipping(host: str | bytes, port: int, *rest: object, **named: object) -> object:
        name = host.decode() if isinstance(host, bytes) else host
        if name != "flips.example":
            return real(host, port, *rest, **named)  # type: ignore[arg-type]
        asked.append(name)
        address = "192.0.2.1" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", flipping)
    monkeypatch.setattr(
        "broadsheet.fetch.connecting.is_public", lambda address: address != "127.0.0.1"
    )
    with pytest.raises(FetchError, match="no answer"):
        Client(timeout=0.01, tries=1).get(f"http://flips.example:{forbidden.port}/")
    assert asked == ["flips.example"]


def test_proxies_of_the_environment_are_not_used(
    forbidden: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, forbidden.url)
    with serving(Answer(200, b"1")) as server:
        assert client("127.0.0.1").get(server.url).content == b"1"


def test_a_host_that_the_operator_allows() -> None:
    with serving(Answer(200, b"1"), Answer(200, b"2")) as server:
        port = server.url.rpartition(":")[2]
        for allowed in ("Mirror.example", f"mirror.example:{port}"):
            asking = client(allowed, resolve=lambda host, port: ("127.0.0.1",))
            assert asking.get(f"http://MIRROR.example.:{port}/x").status == 200
    assert server.asked[0].headers["Host"] == f"mirror.example.:{port}"


def test_an_allowed_port_is_no_other(forbidden: Listener) -> None:
    with pytest.raises(FetchError, match=PRIVATE):
        client(f"127.0.0.1:{forbidden.port - 1}").get(forbidden.url)


def test_a_stranger_does_not_lead_to_what_is_allowed(
    forbidden: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what the operator named may lead to it."""
    monkeypatch.setattr(
        "broadsheet.fetch.connecting.is_public", lambda address: address != "127.0.0.1"
    )
    away = Answer(302, b"", {"Location": f"http://mine.example:{forbidden.port}/"})

    def resolve(host: str, port: int) -> tuple[str, ...]:
        return ("127.0.0.2",) if host == "stranger.example" else ("127.0.0.1",)

    with serving(away, host="127.0.0.2") as server, pytest.raises(FetchError, match=PRIVATE):
        port = server.url.rpartition(":")[2]
        client("mine.example", resolve=resolve).get(f"http://stranger.example:{port}/")
    assert len(server.asked) == 1


def test_the_name_is_what_tls_is_about() -> None:
    """The hello of TLS is in the clear: it names the host, not the address."""
    with listening() as listener:
        asking = client("mirror.example", resolve=lambda host, port: ("127.0.0.1",))
        with pytest.raises(FetchError, match="no answer"):
            asking.get(f"https://mirror.example:{listener.port}/")
    (hello,) = listener.heard
    assert hello[0] == 22
    assert b"mirror.example" in hello
