"""The desk: who may, and from the first pick to the page that readers see."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from broadsheet.catalogue import Catalogue, Concern, EditionKind, Submission
from broadsheet.editions import open_day
from broadsheet.faces.app import create
from broadsheet.people import Role
from broadsheet.settings import Settings
from tests.library.dailies import file_papers, tell, toy_dailies
from tests.library.people import catalogue_of, cookie_of, enrol, token_of
from tests.library.site import fill

HTML = {"Accept": "text/html"}
DAY = date(2025, 5, 6)
ASKED = {"section": "", "kind": "day", "label": str(DAY)}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home with six papers of one day."""
    return fill(tmp_path, toy_dailies(DAY))


@pytest.fixture
def catalogue(settings: Settings) -> Iterator[Catalogue]:
    """Its catalogue, beside the site."""
    opened = catalogue_of(settings.home)
    yield opened
    opened.close()


@pytest.fixture
def site(settings: Settings) -> Iterator[TestClient]:
    """The site as nobody in particular asks for it."""
    with TestClient(create(settings), headers=HTML, follow_redirects=False) as client:
        yield client


class Curator:
    """Somebody at the desk: presses buttons, and reads what comes of it."""

    def __init__(self, site: TestClient, cookies: dict[str, str], asked: dict[str, str]) -> None:
        """Sit down."""
        self._site, self._asked = site, asked
        self._headers = {**HTML, "Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())}

    def page(self, told: dict[str, str] | None = None) -> str:
        """The desk."""
        asked = {**self._asked, **(told or {})}
        answer = self._site.get("/desk", params=asked, headers=self._headers)
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "private, no-store"
        return answer.text

    def press(self, button: str, fields: dict[str, str] | None = None, status: int = 303) -> str:
        """The text of the answer to a press of a button with some fields filled in."""
        token = re.search(r'name="form" value="([^"]+)"', self.page())
        assert token
        sent = {**self._asked, "form": token[1], "do": button, **(fields or {})}
        answer = self._site.post("/desk", data=sent, headers=self._headers)
        assert answer.status_code == status, answer.text
        if status == 303:
            assert answer.headers["location"].startswith("/desk?")
        return answer.text

    def keys(self) -> list[str]:
        """The keys of what is picked, in order."""
        return re.findall(r'name="line-(\d+)"', self.page())

    def offered(self) -> list[str]:
        """The keys of what can be picked, in order."""
        return re.findall(r'value="pick:(\d+)"', self.page())


@pytest.fixture
def ada(site: TestClient, catalogue: Catalogue) -> Curator:
    """A curator of the whole site."""
    return Curator(site, cookie_of(catalogue, enrol(catalogue, "ada", Role.CURATOR)), ASKED)


def test_only_curators_may_see_it_and_change_anything(
    site: TestClient, catalogue: Catalogue
) -> None:
    assert site.get("/desk").headers["location"] == "/sign-in?next=%2Fdesk"
    assert site.post("/desk", data={"do": "publish"}).status_code == 403
    reader = cookie_of(catalogue, enrol(catalogue, "rita"))
    headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in reader.items())}
    assert site.get("/desk", headers=headers).status_code == 403
    assert site.get("/desk/preview", headers=headers).status_code == 403


def test_from_the_first_pick_to_the_page(
    site: TestClient, ada: Curator, catalogue: Catalogue
) -> None:
    offered = ada.offered()
    assert len(offered) == 6
    for key in offered[:3]:
        ada.press(f"pick:{key}")
    assert ada.keys() == offered[:3]
    ada.press(f"up:{offered[2]}", {f"line-{offered[0]}": "Kettles   at last <script>"})
    assert ada.keys() == [offered[0], offered[2], offered[1]]
    ada.press("save", {f"place-{offered[0]}": "9", "title": "The kettle issue", "note": "Hello"})
    assert ada.keys() == [offered[2], offered[1], offered[0]]
    ada.press(f"drop:{offered[1]}")
    ada.press("add", {"add": "2502.90001"})
    assert len(ada.keys()) == 3
    assert site.get(f"/papers/date/{DAY}").text.count("There was no edition") == 1
    ada.press("publish")
    shown = site.get(f"/papers/date/{DAY}")
    assert shown.status_code == 200
    # Above are the words that previews of links show.
    text = shown.text.partition("</head>")[2]
    assert "The kettle issue" in text
    assert "chosen by Ada Example" in text
    assert "Kettles at last &lt;script&gt;" in text
    assert "<script>" not in text
    assert text.index("Tidal Attention") > text.index("Kettles at last")
    front = site.get("/").text
    assert "The kettle issue" in front
    assert "Kettles at last" in front
    with catalogue.reading() as desk:
        edition = desk.editions.get("", EditionKind.DAY, str(DAY))
        assert edition
        assert edition.is_published
        picks = desk.editions.picks(edition.key)
    assert [pick.place for pick in picks] == [1, 2, 3]
    assert picks[-1].votes == 41
    assert {pick.picked_by for pick in picks} == {"ada"}


def test_what_is_out_changes_with_a_reason_that_everybody_sees(
    site: TestClient, ada: Curator
) -> None:
    first, second, *_ = ada.offered()
    ada.press(f"pick:{first}")
    ada.press(f"pick:{second}")
    ada.press("publish")
    before = site.get(f"/papers/date/{DAY}").headers["etag"]
    refused = ada.press(f"drop:{first}", status=400)
    assert "with a reason" in refused
    ada.press(f"drop:{first}", {"why": "It was withdrawn"})
    assert ada.keys() == [second]
    after = site.get(f"/papers/date/{DAY}")
    assert after.headers["etag"] != before
    assert "was taken out. (It was withdrawn)" in after.text
    assert "by Ada Example" in after.text
    ada.press(f"drop:{second}", {"why": "All of it"}, status=400)


def test_a_draft_is_scheduled_previewed_and_thrown_away(
    site: TestClient, ada: Curator, catalogue: Catalogue
) -> None:
    ada.press("schedule", status=400)
    (first, *_) = ada.offered()
    ada.press(f"pick:{first}")
    ada.press("schedule", {"when": "2031-01-02T07:30"})
    with catalogue.reading() as desk:
        edition = desk.editions.get("", EditionKind.DAY, str(DAY))
        assert edition
        assert edition.scheduled == datetime(2031, 1, 2, 7, 30, tzinfo=UTC)
    assert "Scheduled for <b>2 January, 07:30</b>" in ada.page()
    refused = ada.press("schedule", {"when": "soon"}, status=400)
    assert "what you typed is still there" in refused
    ada.press("unschedule")
    ada.press("discard")
    assert "thrown away" in ada.page({"done": "discarded"})
    assert "Your password" not in ada.page({"done": "Your password has expired."})
    assert ada.keys() == []
    assert "Not begun" in ada.page()


def test_a_section_has_curators_of_its_own(site: TestClient, catalogue: Catalogue) -> None:
    bo = enrol(catalogue, "bo")
    now = datetime.now(UTC)
    with catalogue.writing() as desk:
        section = desk.sections.add(
            "tea", title="Tea", query="kettles", cutoff="07:00", zone="UTC", size=5, made=now
        )
        desk.sections.set_curators(section.key, [bo.key])
    asked = {**ASKED, "section": "tea"}
    curator = Curator(site, cookie_of(catalogue, bo), asked)
    offered = curator.offered()
    assert len(offered) == 1
    curator.press(f"pick:{offered[0]}")
    curator.press("publish")
    assert "Of Kettles, Part 1" in site.get(f"/sections/tea/date/{DAY}").text
    assert site.get("/sections/tea").text.count("Of Kettles, Part 1") == 1
    # Without a section's name in the address the curator's own one is opened.
    assert ": Tea</h1>" in Curator(site, cookie_of(catalogue, bo), ASKED).page()
    other = Curator(site, cookie_of(catalogue, bo), {**ASKED, "section": "coffee"})
    with pytest.raises(AssertionError):
        other.page()


def test_the_edition_that_is_being_filled_is_opened_first(
    site: TestClient, catalogue: Catalogue, settings: Settings
) -> None:
    day = open_day(datetime.now(UTC), time.fromisoformat(settings.edition_at), settings.zone)
    with catalogue.writing() as desk:
        keys = file_papers(desk, toy_dailies(day, 2))
        tell(desk, keys[:1], str(day))
    curator = Curator(
        site, cookie_of(catalogue, enrol(catalogue, "cy", Role.CURATOR)), {"section": ""}
    )
    assert sorted(map(int, curator.offered())) == keys
    assert "In a source&#39;s edition of this day." in curator.page()
    week = {"section": "", "kind": "week", "label": ""}
    assert Curator(site, cookie_of(catalogue, enrol(catalogue, "di", Role.ADMIN)), week).page()
    tomorrow = day + timedelta(days=1)
    assert site.get(f"/papers/date/{tomorrow}").status_code == 404


def test_flags_of_screening_are_shown_and_deeds_are_written_down(
    ada: Curator, catalogue: Catalogue
) -> None:
    first, second, *_ = map(int, ada.offered())
    with catalogue.writing() as desk:
        for key in (first, second):
            concern = Concern("off topic", "It is far from <everything>.")
            desk.submissions.add(Submission(key, None, datetime.now(UTC), (), (concern,)))
    assert ada.page().count("Screening: off topic: It is far from &lt;everything&gt;.") == 2
    ada.press(f"pick:{first}")
    assert ada.page().count("Screening: off topic") == 2
    ada.press("publish")
    ada.press("publish", {"why": "Twice"})
    ada.press(f"pick:{second}", {"why": "It was forgotten"})
    with catalogue.reading() as desk:
        deeds = [(one.actor, one.action, one.subject, one.why) for one in desk.moderation.log(9)]
    subject = f"edition:/papers/date/{DAY}"
    assert deeds == [
        ("ada", "correct edition", subject, "It was forgotten"),
        ("ada", "publish edition", subject, ""),
    ]


def test_a_special_edition_is_begun_filled_and_published(
    site: TestClient, catalogue: Catalogue
) -> None:
    asked = {"section": "", "kind": "special", "label": "kettles-2026"}
    nina = Curator(site, cookie_of(catalogue, enrol(catalogue, "nina", Role.CURATOR)), asked)
    assert re.search(r'name="when" type="datetime-local" value="20\d\d-', nina.page())
    nina.press("add", {"add": "2502.90001", "title": "All about kettles"})
    nina.press("publish")
    assert "All about kettles" in site.get("/papers/special/kettles-2026").text
    assert "All about kettles" in site.get("/editions").text


def test_a_token_that_may_only_read_presses_no_button(
    site: TestClient, catalogue: Catalogue
) -> None:
    vera = enrol(catalogue, "vera", Role.CURATOR)
    site.headers.update(token_of(catalogue, vera, writes=False))
    token = re.search(r'name="form" value="([^"]+)"', site.get("/desk", params=ASKED).text)
    assert token
    sent = {**ASKED, "form": token[1], "do": "add", "add": "2502.90001"}
    refused = site.post("/desk", data=sent)
    assert (refused.status_code, "Forms take no API token" in refused.text) == (403, True)
    with catalogue.reading() as desk:
        assert desk.editions.get("", EditionKind.DAY, str(DAY)) is None


def test_two_at_one_desk_lose_nothing_of_each_other(site: TestClient, catalogue: Catalogue) -> None:
    ada, ben = (
        Curator(site, cookie_of(catalogue, enrol(catalogue, name, Role.CURATOR)), ASKED)
        for name in ("ada", "ben")
    )
    first, second, third = ada.offered()[:3]
    for key in (first, second, third):
        ada.press(f"pick:{key}")
    seen_by_both = fields_of(ada.page())
    ada.press("save", {**seen_by_both, f"line-{first}": "Ada's line", "note": "Ada's note"})
    ada.press(f"up:{third}")
    # Ben's page is older than both, and he writes something else.
    ben.press("save", {**seen_by_both, f"line-{second}": "Ben's line", "title": "Ben's title"})
    assert ben.keys() == [first, third, second]
    text = ben.page()
    assert all(
        said in text
        for said in ("Ada&#39;s line", "Ada&#39;s note", "Ben&#39;s line", "Ben&#39;s title")
    )
    told = ben.press("save", {**seen_by_both, "note": "Ben's note"}, status=409)
    assert "Ada&#39;s note" in told
    assert "Ben&#39;s note" in told
    assert "Ada&#39;s note" in ben.page()


def fields_of(page: str) -> dict[str, str]:
    """What a browser sends of the desk's texts and places where nobody typed anything."""
    form = page.partition('<form class="desk" action="/desk" method="post">')[2].partition(
        "</form>"
    )[0]
    given = re.findall(
        r'name="((?:was-)?(?:line|place|title|note)[^"]*)"[^>]*? value="([^"]*)"', form
    )
    note = re.search(r'name="note"[^>]*>([^<]*)</textarea>', form)
    assert note
    return {**{name: html.unescape(value) for name, value in given}, "note": html.unescape(note[1])}


def test_a_day_to_come_is_drafted_and_cannot_take_the_front_page(
    site: TestClient, catalogue: Catalogue
) -> None:
    far = datetime.now(UTC).date() + timedelta(days=400)
    asked = {"section": "", "kind": "day", "label": str(far)}
    hasty = Curator(site, cookie_of(catalogue, enrol(catalogue, "hasty", Role.CURATOR)), asked)
    hasty.press("add", {"add": "2502.90001"})
    assert "of days to come" in hasty.press("publish", status=400)
    past, early = "2020-01-01T07:00", f"{far - timedelta(days=9)}T07:00"
    assert "That moment is past." in hasty.press("schedule", {"when": past}, status=400)
    assert "cannot come out before" in hasty.press("schedule", {"when": early}, status=400)
    hasty.press("schedule", {"when": f"{far}T07:00"})
    assert str(far) not in site.get("/").text
