"""What holds for every path there is or will be: no GET writes, nothing foreign does, no page is
shared between people (W1, W8, W11)."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from broadsheet.accounts import letters
from broadsheet.catalogue import Catalogue
from broadsheet.faces.app import create
from broadsheet.faces.guard import COOKIE, present
from broadsheet.faces.web.forms import UNGUARDED
from broadsheet.people import Reader, Role
from broadsheet.signing import form_token
from tests.library.dumping import dump
from tests.library.people import cookie_of, enrol, token_of
from tests.library.site import fill

BASE = "http://testserver"
BROWSER = {"Accept": "text/html"}
READS = {"/papers/like", "/api/v1/like", "/api/v1/papers/batch"}
"""Paths that take a POST because what they are asked is long, and change nothing."""
FREE = READS | {path.replace("{token}", "token") for path in UNGUARDED}
"""Those, and the one by which a mail program leaves, whose token is proof itself."""
ALIKE = ("/og/",)
"""Pictures, which are drawn of papers alone."""
_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
_EXAMPLES = {
    **dict.fromkeys(("cid", "key"), "1"),
    **{
        "token": "token",
        "name": "the-reader",
        "provider": "lab",
        "format": "atom",
        "what": "latest",
    },
}
_LABELS = {"/date/": "2026-11-20", "/week/": "2026-W47", "/month/": "2026-11"}


def routes_of(app: Any) -> Iterator[Route]:
    """Every route of an application, those of included routers too."""
    for one in app.routes:
        if isinstance(one, Route):
            yield one
        elif inner := getattr(one, "original_router", None):
            yield from routes_of(inner)


class Site:
    """A site with papers and people, asked without the connection of a browser."""

    def __init__(self, client: TestClient) -> None:
        """Enrol one of each role, one who is suspended, and make links that wait."""
        self.client, service = client, client.app.state.service  # type: ignore[attr-defined]
        self.catalogue: Catalogue = service.catalogue
        self.key: bytes = service.signing_key
        self.readers = {role: enrol(self.catalogue, f"the-{role}", role) for role in Role}
        with self.catalogue.writing() as desk:
            self.paper = next(iter(desk.papers.by_keys([1]).values())).id
            ada = self.readers[Role.READER]
            now = present()
            paths = [
                letters.make_link(desk, ada, now),
                letters.invite(desk, "", Role.CURATOR, now),
            ]
        self.further = [*paths, "/sign-in?next=/account", "/papers?q=learning", "/suggest?q=lea"]

    def ask(self, method: str, path: str, headers: dict[str, str], **more: Any) -> Any:
        """One request that takes nothing along from those before."""
        self.client.cookies.clear()
        return self.client.request(method, path, headers=headers, **more)

    def cookie(self, reader: Reader) -> dict[str, str]:
        """The headers of a browser in which somebody is signed in now."""
        (secret,) = cookie_of(self.catalogue, reader).values()
        return {**BROWSER, "Cookie": f"{COOKIE}={secret}"}

    def paths(self, method: str) -> list[str]:
        """Every path that takes a method, with something in the place of each parameter."""
        routes = list(routes_of(self.client.app))
        found = [route.path for route in routes if method in (route.methods or ())]
        filled = [
            _PARAMETER.sub(lambda at: self._example(path, at[1]), path)  # noqa: B023
            for path in found
        ]
        return [*filled, *(self.further if method == "GET" else ())]

    def writes(self) -> list[tuple[str, str]]:
        """Method and path of all that may change something."""
        methods = ("POST", "PUT", "PATCH", "DELETE")
        return [(method, path) for method in methods for path in self.paths(method)]

    def _example(self, path: str, parameter: str) -> str:
        """What may stand in the place of a parameter."""
        if parameter == "kind":
            return "atom" if path.startswith("/papers.") else "day"
        if parameter == "label":
            labels = (one for part, one in _LABELS.items() if part in path)
            return next(labels, "2026-11-20")
        return str(_EXAMPLES.get(parameter, self.paper))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site over the toy library."""
    settings = fill(tmp_path_factory.mktemp("promises") / "home").model_copy(
        update={"rate_limit": 0}
    )
    with TestClient(create(settings), follow_redirects=False) as client:
        yield Site(client)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_no_reading_changes_anything(site: Site, method: str) -> None:
    """W1: every path, for everybody, and all rows are as before."""
    askers: list[dict[str, str]] = [BROWSER, {}, {**BROWSER, "Cookie": f"{COOKIE}=nobody"}]
    askers += [site.cookie(reader) for reader in site.readers.values()]
    askers += [token_of(site.catalogue, site.readers[Role.ADMIN], writes=w) for w in (True, False)]
    before, paths = dump(site.catalogue), site.paths("GET")
    assert len(paths) > 80
    assert "/api/v1/search" in paths
    for headers in askers:
        for path in paths:
            assert site.ask(method, path, headers).status_code < 500, path
    assert dump(site.catalogue) == before


def test_head_is_answered_as_get_is_without_the_body(site: Site) -> None:
    compared = ("content-type", "etag", "location", "cache-control", "vary", "allow")
    for headers in (BROWSER, {}, site.cookie(site.readers[Role.ADMIN])):
        for path in site.paths("GET"):
            whole, head = (site.ask(method, path, headers) for method in ("GET", "HEAD"))
            assert head.status_code == whole.status_code, path
            assert head.content == b"", path
            for name in compared:
                assert head.headers.get(name) == whole.headers.get(name), (path, name)
    assert site.ask("HEAD", "/api/v1/like", {}).status_code == 405
    refused = site.ask("POST", "/api/v1/changes", {})
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")


def test_the_comparison_sees_a_change(site: Site) -> None:
    before = dump(site.catalogue)
    cookie_of(site.catalogue, site.readers[Role.READER])
    assert dump(site.catalogue) != before


FOREIGN = {
    "cross-site": {"Sec-Fetch-Site": "cross-site"},
    "same-site": {"Sec-Fetch-Site": "same-site"},
    "cross-site that names us": {"Sec-Fetch-Site": "cross-site", "Origin": BASE},
    "another origin": {"Origin": "https://evil.example"},
    "another port": {"Origin": f"{BASE}:81"},
    "an origin that is none": {"Origin": "null"},
    "ours in its name": {"Origin": f"{BASE}.evil.example"},
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_nothing_foreign_writes(site: Site, kind: str) -> None:
    """W8: with an admin's cookie, and even with the token of their forms."""
    mine = site.cookie(site.readers[Role.ADMIN])
    token = form_token(site.key, mine["Cookie"].partition("=")[2])
    before, writes = dump(site.catalogue), site.writes()
    assert len(writes) > 40
    for method, path in writes:
        for fields in ({"form": token}, {}):
            answer = site.ask(method, path, {**mine, **FOREIGN[kind]}, data=fields)
            assert path in FREE or answer.status_code in (401, 403), path
    assert dump(site.catalogue) == before


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": BASE}])
def test_nothing_is_written_without_the_token_of_the_session(
    site: Site, headers: dict[str, str]
) -> None:
    mine = site.cookie(site.readers[Role.ADMIN])
    other = site.cookie(site.readers[Role.CURATOR])
    foreign = form_token(site.key, other["Cookie"].partition("=")[2])
    before = dump(site.catalogue)
    for method, path in site.writes():
        for fields in ({}, {"form": ""}, {"form": "0" * 64}, {"form": foreign}):
            answer = site.ask(method, path, {**mine, **headers}, data=fields)
            assert path in FREE or answer.status_code in (401, 403), path
    assert dump(site.catalogue) == before


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": BASE}])
def test_a_form_of_ours_is_taken(site: Site, headers: dict[str, str]) -> None:
    """The control: what was refused above was refused for where it came from."""
    mine = site.cookie(site.readers[Role.ADMIN])
    token = form_token(site.key, mine["Cookie"].partition("=")[2])
    sent = {"form": token, "name": "the-reader", "role": "author"}
    answer = site.ask("POST", "/admin/readers/role", {**mine, **headers}, data=sent)
    assert answer.status_code == 303
    with site.catalogue.reading() as desk:
        reader = desk.readers.named("the-reader")
    assert reader
    assert reader.role is Role.AUTHOR


@pytest.mark.parametrize("role", Role)
def test_what_is_shown_to_somebody_is_kept_by_nobody(site: Site, role: Role) -> None:
    """W11: every answer to who says who they are is private, and not even revalidated."""
    for headers in (site.cookie(site.readers[role]), token_of(site.catalogue, site.readers[role])):
        for path in site.paths("GET"):
            answer = site.ask("GET", path, headers)
            if path.startswith(ALIKE) and answer.status_code == 200:
                # Nobody's own: the same bytes for everybody, and no cookie with them.
                assert answer.content == site.ask("GET", path, {}).content
                assert "set-cookie" not in answer.headers
                continue
            assert answer.headers["cache-control"] == "private, no-store", path
            assert {"cookie", "authorization"} <= set(
                answer.headers["vary"].lower().replace(" ", "").split(",")
            ), path
            assert "etag" not in answer.headers, path


def test_a_tag_helps_anybody_and_nobody_who_is_signed_in(site: Site) -> None:
    """W11: 304 for whoever is nobody; never for somebody, whatever tag they bring."""
    one, other = (site.cookie(site.readers[role]) for role in (Role.READER, Role.CURATOR))
    tagged = 0
    for path in site.paths("GET"):
        open_answer = site.ask("GET", path, BROWSER)
        tag = open_answer.headers.get("etag")
        if tag is None or path.startswith(ALIKE):
            continue
        tagged += 1
        assert "cookie" in open_answer.headers["vary"].lower(), path
        held = {"If-None-Match": tag}
        assert site.ask("GET", path, {**BROWSER, **held}).status_code == 304, path
        for mine in (one, other, {**BROWSER, "Cookie": f"{COOKIE}=ended"}):
            for condition in (held, {"If-None-Match": "*"}):
                assert site.ask("GET", path, {**mine, **condition}).status_code == 200, path
        assert site.ask("GET", path, {**BROWSER, **held}).status_code == 304, path
    assert tagged > 3


def test_no_cache_may_guess_how_long_an_answer_to_nobody_holds(site: Site) -> None:
    """W11: a page, a redirect and an error alike; a cache would show them to who signs in."""
    for path in [*site.paths("GET"), "/nothing", "/api/v1/nothing", "/claims"]:
        if path.startswith(ALIKE):
            continue
        for headers in (BROWSER, {}):
            told = site.ask("GET", path, headers).headers
            rules = set(told["cache-control"].split(", "))
            # What says for how long it holds names nobody: titles to suggest, say.
            if not any(rule.startswith("max-age=") for rule in rules):
                assert {"no-cache", "no-store"} & rules, path
                assert "no-store" in rules or "cookie" in told["vary"].lower(), path


def test_two_readers_get_two_pages_and_nobody_gets_neither(site: Site) -> None:
    one, other = (site.cookie(site.readers[role]) for role in (Role.READER, Role.CURATOR))
    texts = [site.ask("GET", "/", headers).text for headers in (one, other, BROWSER)]
    assert ["the-reader" in text for text in texts] == [True, False, False]
    assert ["the-curator" in text for text in texts] == [False, True, False]
    assert "Sign in" in texts[2]


def test_a_page_with_a_form_for_a_visitor_is_not_kept(site: Site) -> None:
    answer = site.ask("GET", "/sign-in", BROWSER)
    assert answer.headers["cache-control"] == "private, no-store"
    assert "etag" not in answer.headers
    assert Path(answer.url.path) == Path("/sign-in")
