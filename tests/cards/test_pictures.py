"""Pictures for previews of links: their size, what is drawn, and texts of every kind."""

from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from broadsheet.cards.pictures import HEIGHT, WIDTH, Picture, drawn, readable

TIDES = Picture("Broadsheet", "11 February 2025", "Tidal Attention", "Mira and Tomas")


def opened(picture: Picture) -> Image.Image:
    """The picture, as others read it."""
    image = Image.open(BytesIO(drawn(picture)))
    image.load()
    return image


def ink(image: Image.Image, box: tuple[int, int, int, int]) -> int:
    """How many points of a part of the picture are dark."""
    return sum(image.convert("L").crop(box).histogram()[:128])


def test_a_picture_has_the_size_that_previews_want() -> None:
    image = opened(TIDES)
    assert (image.format, image.size) == ("PNG", (WIDTH, HEIGHT)) == ("PNG", (1200, 630))
    assert len(drawn(TIDES)) < 60_000
    assert image.convert("RGB").getpixel((600, HEIGHT - 4)) == (163, 52, 31)
    assert image.convert("RGB").getpixel((600, 560)) == (251, 248, 241)


def test_each_part_is_where_it_belongs() -> None:
    full, bare = opened(TIDES), opened(Picture("", "", ""))
    for box in (
        (64, 30, 500, 100),
        (700, 50, 1136, 100),
        (64, 150, 1136, 300),
        (64, 550, 800, 600),
    ):
        assert ink(bare, box) == 0
        assert ink(full, box) > 300
    listed = opened(Picture("Broadsheet", "", "Trending", items=("One", "Two", "Three")))
    assert ink(listed, (64, 260, 1136, 500)) > 300


def test_the_same_picture_has_the_same_bytes() -> None:
    assert drawn(TIDES) == drawn(replace(TIDES))


def test_a_long_title_stays_between_the_margins() -> None:
    for title in ("W" * 400, "long words " * 40):
        image = opened(Picture("Site " * 40, "label " * 20, title, "foot " * 90, ("item " * 90,)))
        assert ink(image, (0, 0, 60, 600)) == 0
        assert ink(image, (1142, 0, 1200, 600)) == 0


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Mira Østergaard \N{EN DASH} Łódź, ℓ₂ é", "Mira Ostergaard - Lodz, l2 e"),
        ("深度学习 for you", "[Chinese letters] for you"),
        ("для всех, и всем", "[Cyrillic letters]"),
        ("\N{GREEK SMALL LETTER ALPHA}-divergence, αβγ", "alpha -divergence, [Greek letters]"),
        ("to ∞", "to infinity"),
        ("a\x00\u202eb\nc", "a b c"),
        ("", ""),
    ],
)
def test_what_the_font_lacks_is_named(text: str, shown: str) -> None:
    assert readable(text) == shown


@settings(max_examples=25)
@given(st.text(max_size=500), st.text(max_size=500))
def test_any_text_can_be_drawn(title: str, foot: str) -> None:
    assert opened(Picture(title, foot, title, foot, (foot, title))).size == (WIDTH, HEIGHT)
