"""Submitting on the page: looked up, shown, sent; rules, duplicates and what is hostile."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from broadsheet.faces.web.forms import TOKEN
from broadsheet.papers import LinkKind
from broadsheet.people import Role
from tests.library.people import enrol
from tests.library.site import free_port
from tests.library.submitting import ENTRY, Answer, Desk, desk_over


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A site of its own for each test: each changes it."""
    with desk_over(tmp_path) as one:
        yield one


def test_a_paper_is_looked_up_shown_and_only_then_filed(desk: Desk) -> None:
    shown = desk.look("https://arxiv.org/abs/2611.00001v3")
    assert shown.status_code == 200
    assert "Lanterns for Lost Gradients" in shown.text
    assert "<dd>arXiv</dd>" in shown.text
    assert "Kept:" in shown.text
    assert "Not kept:" not in shown.text
    assert desk.site.get("/papers/2611.00001").status_code == 404
    sent = desk.send(shown, code="https://code.example/lanterns", comment="Read it at night.")
    assert (sent.status_code, sent.headers["location"]) == (303, "/papers/2611.00001")
    page = desk.site.get("/papers/2611.00001").text
    assert "https://code.example/lanterns" in page
    assert "Ada Example" in page
    with desk.catalogue.reading() as held:
        key, paper = held.papers.get("2611.00001") or (0, None)
        submission = held.submissions.of_papers([key])[key]
        assert submission.reader_key == desk.reader.key
        assert held.votes.count([key]) == {key: 1}
        assert [one.raw for one in held.comments.of_papers([key])[key]] == ["Read it at night."]
        assert paper is not None
        assert {said.source for said in paper.provenance["links"]} == {"broadsheet"}
    assert desk.catalogue.check() == []


def test_a_get_asks_nobody_and_changes_nothing(desk: Desk) -> None:
    before = list(desk.arxiv.asked)
    page = desk.site.get("/papers/submit?id=2611.00001")
    assert ">2611.00001</textarea>" in page.text.replace("\n", "")
    assert desk.arxiv.asked == before


def test_whoever_is_not_known_sees_the_rules_and_a_way_in(desk: Desk) -> None:
    desk.be(None)
    page = desk.site.get("/papers/submit?id=2611.00001")
    assert "A paper must have been announced in the last 60 days." in page.text
    assert "/sign-in?next=/papers/submit%3Fid%3D2611.00001" in page.text
    assert '<form class="given"' not in page.text
    assert "set-cookie" not in page.headers


def test_the_missing_page_of_an_id_offers_to_fetch_it(desk: Desk) -> None:
    assert "/papers/submit?id=2611.00001" in desk.site.get("/papers/2611.00001").text
    assert "/papers/submit?id=10.1234/abc" in desk.site.get("/papers/doi:10.1234/abc").text


def test_what_is_here_leads_to_its_page_and_is_not_asked_for(desk: Desk) -> None:
    before = list(desk.arxiv.asked)
    for text in ("2502.90001", "arXiv:2502.90001v2", "https://arxiv.org/pdf/2502.90001"):
        assert "This paper is here already" in desk.look(text).text
    assert desk.arxiv.asked == before
    entry = "@misc{x, title = {Tidal attention for very long documents}, author = {Quill, Tomas}}"
    known = desk.look(entry)
    assert "This paper is here already" in known.text
    assert 'href="/papers/2502.90001"' in known.text


def test_the_rules_are_kept(desk: Desk) -> None:
    old = desk.look("2001.00002")
    assert "Not kept:</b> A paper must have been announced in the last 60 days." in old.text
    assert "Submit this paper" not in old.text
    desk.sign_in("cora", Role.CURATOR)
    assert desk.submit("2001.00002").status_code == 303


def test_a_form_that_was_made_by_hand_is_held_to_the_rules_too(tmp_path: Path) -> None:
    with desk_over(tmp_path, submission_cap=1, submission_categories=("cs",)) as desk:
        lanterns = desk.look("2611.00001")
        entry = desk.look(ENTRY)
        assert "Not kept:</b> A paper must be of one of the categories cs." in entry.text
        assert desk.send(lanterns).status_code == 303
        with desk.catalogue.reading() as held:
            assert held.submissions.count_since(desk.reader.key, desk.reader.joined) == 1
        cats = desk.look("2611.00003")
        assert "You have submitted 1 today." in cats.text
        assert "Submit this paper" not in cats.text


def test_an_entry_is_filed_as_it_stands(desk: Desk) -> None:
    sent = desk.submit(ENTRY, project="https://tiles.example/")
    assert sent.status_code == 303
    page = desk.site.get(sent.headers["location"])
    assert "Tiles that Never Repeat, by Hand" in page.text
    with desk.catalogue.reading() as held:
        filed = held.submissions.latest(1)[0]
        paper = held.papers.by_keys([filed.paper_key], full=True)[filed.paper_key]
    assert [author.name for author in paper.authors] == ["Ana Holm", "Tomas Quill"]
    assert {link.kind for link in paper.links} == {LinkKind.PAGE, LinkKind.PROJECT}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no such thing",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http://127.0.0.1:1/papers/10",
        "@article{a, title = {One}}\n@article{b, title = {Two}}",
        "@article{a, title = {Never ends",
        "@article{" + "{" * 9_000,
        "@comment{nothing}",
        "@article{a, author = {Nobody}}",
        "x" * 20_001,
    ],
    ids=range(11),
)
def test_what_cannot_be_read_is_said_in_words(desk: Desk, text: str) -> None:
    answer = desk.look(text)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert desk.arxiv.asked == []


def test_what_no_source_knows_is_said_in_words(desk: Desk) -> None:
    answer = desk.look("2611.09999")
    assert answer.status_code == 404
    assert "arXiv knows no paper with the arXiv id 2611.09999." in answer.text


def test_a_source_that_does_not_answer_is_said_in_words(tmp_path: Path) -> None:
    with desk_over(tmp_path, endpoints={"arxiv-ids": f"http://127.0.0.1:{free_port()}"}) as desk:
        answer = desk.look("2611.00001")
        assert answer.status_code == 502
        assert "gave no answer" in answer.text
        assert ">2611.00001</textarea>" in answer.text.replace("\n", "")


@pytest.mark.parametrize(
    ("field", "url"),
    [
        ("code", "javascript:alert(1)"),
        ("project", "http://127.0.0.1/x"),
        ("media", "https://user:secret@code.example/\r\nSet-Cookie:a=b"),
    ],
)
def test_an_address_that_is_not_of_the_web_is_not_added(desk: Desk, field: str, url: str) -> None:
    answer = desk.submit(ENTRY, **{field: url})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    # What was typed is not lost, and the paper can be sent once the address is mended.
    assert "Submit this paper" in answer.text
    with desk.catalogue.reading() as held:
        assert held.submissions.latest(1) == []
    assert desk.send(answer).status_code == 303


def test_a_hostile_entry_runs_nowhere_and_leads_nowhere(desk: Desk) -> None:
    entry = (
        "@misc{x, title = {<script>alert(1)</script> Frogs}, author = {<b>Eve</b>}, "
        "url = {javascript:alert(1)}, abstract = {\\href{javascript:alert(2)}{see} here}}"
    )
    sent = desk.submit(entry)
    assert sent.status_code == 303
    page = desk.site.get(sent.headers["location"]).text
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


def test_only_what_was_shown_to_this_reader_can_be_sent(desk: Desk) -> None:
    shown = desk.look("2611.00001")
    desk.sign_in("bob")
    refused = desk.send(shown)
    assert refused.status_code == 400
    assert "Look the paper up again." in refused.text
    forged = desk.post("/papers/submit/send", {"token": "abc"})
    assert forged.status_code == 400


def test_a_form_without_its_token_changes_nothing(desk: Desk) -> None:
    answer = desk.site.post("/papers/submit", data={"paper": "2611.00001"})
    assert answer.status_code == 403
    foreign = {"Sec-Fetch-Site": "cross-site"}
    form = {TOKEN: desk.token(), "paper": "2611.00001"}
    assert desk.site.post("/papers/submit", data=form, headers=foreign).status_code == 403
    assert desk.arxiv.asked == []


def test_twenty_submissions_of_one_paper_at_once_are_one(desk: Desk) -> None:
    shown = desk.look("2611.00001")

    def send(_: int) -> Answer:
        return desk.send(shown)

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(send, range(20)))
    assert [one.status_code for one in answers] == [303] * 20
    assert {one.headers["location"] for one in answers} == {"/papers/2611.00001"}
    with desk.catalogue.reading() as held:
        assert len(held.submissions.latest(100)) == 1
        key = held.papers.resolve(["2611.00001"])["2611.00001"]
        assert len(held.records.of([key])[key]) == 1
        assert held.votes.count([key]) == {key: 1}


def test_the_desk_sees_what_is_said_against_a_submission(desk: Desk) -> None:
    desk.submit(ENTRY, comment="Sign up now for a free trial.")
    assert desk.site.get("/desk/submissions").status_code == 403
    desk.be(enrol(desk.catalogue, "cora", Role.CURATOR))
    page = desk.site.get("/desk/submissions").text
    assert "“Sign up now” in “Sign up now for a free trial.”" in page
    with desk.catalogue.reading() as held:
        key = held.submissions.flagged(1)[0].key
    seen = desk.post("/desk/submissions", {"submission": str(key)}, "/desk/submissions")
    assert seen.status_code == 303
    with desk.catalogue.reading() as held:
        assert held.submissions.flagged(1) == []


def test_look_ups_are_limited(desk: Desk) -> None:
    token = desk.token()
    answers = [
        desk.site.post("/papers/submit", data={"form": token, "paper": "2502.90001"})
        for _ in range(21)
    ]
    assert [one.status_code for one in answers] == [200] * 20 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
