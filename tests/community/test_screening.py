"""What is said to the desk of a submission: exact sentences and figures."""

from pathlib import Path

import pytest

from broadsheet.catalogue import Concern
from broadsheet.community import Neighbourhood, neighbourhood, screened
from broadsheet.papers import Facts, Paper, PaperId
from broadsheet.service import Service
from tests.library import LIBRARY
from tests.library.shelving import toy_paper
from tests.library.site import fill

GOOD = Facts(
    title="Reward Shaping with a Discount Factor",
    abstract="We study how the discount factor changes what is learnt, and prove a bound. The "
    "method is simple and needs no tuning, as experiments on nine tasks show.",
)


def test_nothing_is_said_of_an_ordinary_paper() -> None:
    around = Neighbourhood(near=0.40, usual=0.50)
    links = ["https://github.com/a/b?ref=main"]
    assert screened(GOOD, around, comment="A fine paper!", addresses=links) == ()


@pytest.mark.parametrize(
    ("comment", "why"),
    [
        ("Sign up now for more.", "“Sign up now” in “Sign up now for more.”"),
        ("It is good. Visit our shop.", "“Visit our shop” in “Visit our shop.”"),
        ("Use the DISCOUNT CODE x.", "“DISCOUNT CODE” in “Use the DISCOUNT CODE x.”"),
        (
            "An amazing, revolutionary, must-read paper.",
            "Praise: amazing, must-read, revolutionary.",
        ),
    ],
)
def test_a_call_to_buy_and_much_praise_are_told_with_their_sentence(comment: str, why: str) -> None:
    assert screened(GOOD, None, comment=comment) == (Concern("promotional", why),)


def test_a_little_praise_is_nothing() -> None:
    assert screened(GOOD, None, comment="Amazing! A cutting-edge paper.") == ()


def test_a_mark_of_advertising_in_a_link_is_told() -> None:
    links = ["https://shop.example/x?utm_source=mail", "https://shop.example/?a=b&aff_id=7"]
    assert screened(GOOD, None, addresses=links) == (
        Concern("promotional", "A link carries “utm_source”."),
        Concern("promotional", "A link carries “aff_id”."),
    )


def test_a_garbled_paper_is_told_with_what_tells_it() -> None:
    damaged = Facts(title="����������", abstract="")
    assert screened(damaged, None) == (Concern("garbled", "Its title has no letters."),)
    again = Facts(title="On Kettles", abstract="Kettles sing and kettles ring. " * 30)
    names = {one.name for one in screened(again, None)}
    assert names == {"garbled"}


@pytest.mark.parametrize(("near", "is_told"), [(0.324, True), (0.325, False)])
def test_what_is_far_from_all_is_told_with_the_figures(near: float, is_told: bool) -> None:
    said = screened(GOOD, Neighbourhood(near, 0.5))
    assert bool(said) is is_told
    if said:
        assert said[0] == Concern(
            "off topic",
            "The papers nearest to it have a cosine of 0.32 with it, and of 0.50 with their own "
            "nearest: 65% of what is usual.",
        )


def test_a_small_catalogue_has_no_subject(tmp_path: Path) -> None:
    service = Service.open(fill(tmp_path))
    assert neighbourhood(service.index, toy_paper(LIBRARY[0])) is None
    service.index.close()
    service.catalogue.close()


def test_a_stranger_is_told_from_a_neighbour(tmp_path: Path) -> None:
    subjects = ("graph neural networks", "language models", "image segmentation", "retrieval")
    papers = tuple(
        Paper(
            id=PaperId(f"toy:{subject[:3]}{number}"),
            title=f"{subject.title()} with {number} Layers",
            abstract=f"We train {subject} with {number} layers of attention, and compare neural "
            f"networks for {subject} on benchmarks of machine learning.",
        )
        for subject in subjects
        for number in range(20)
    )
    service = Service.open(fill(tmp_path, papers))
    near, far = (
        neighbourhood(service.index, Paper(id=PaperId("x"), title=title, abstract=abstract))
        for title, abstract in (
            ("Graph Neural Networks for Retrieval", "We train neural networks of 30 layers."),
            ("Salad Dressings", "Vinegar and oil are stirred with mustard, salt and herbs."),
        )
    )
    service.index.close()
    service.catalogue.close()
    assert near is not None
    assert far is not None
    assert screened(GOOD, near) == ()
    assert [one.name for one in screened(GOOD, far)] == ["off topic"]
