"""Pictures made small: whatever comes in, one shape of WebP or nothing goes out."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from broadsheet.cards.thumbnails import HEIGHT, WIDTH, thumbnail


def picture(format: str, size: tuple[int, int] = (640, 480), mode: str = "RGB") -> bytes:
    """A red picture."""
    written = BytesIO()
    Image.new(mode, size, "red").save(written, format)
    return written.getvalue()


def read(data: bytes | None) -> Image.Image:
    """What was made, read again."""
    assert data is not None
    return Image.open(BytesIO(data))


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF"])
@pytest.mark.parametrize("size", [(640, 480), (3, 900), (900, 3), (1, 1)])
def test_every_picture_gets_one_shape(format: str, size: tuple[int, int]) -> None:
    made = read(thumbnail(picture(format, size)))
    assert (made.format, made.size) == ("WEBP", (WIDTH, HEIGHT))
    red, green, blue = made.convert("RGB").getpixel((WIDTH // 2, HEIGHT // 2))  # type: ignore[misc]
    assert red > 230 > 40 > max(green, blue)


def test_what_is_seen_through_is_white() -> None:
    written = BytesIO()
    Image.new("RGBA", (100, 100), (0, 0, 0, 0)).save(written, "PNG")
    made = read(thumbnail(written.getvalue()))
    assert made.convert("RGB").getpixel((5, 5)) == (255, 255, 255)


def test_nothing_but_the_colours_goes_on() -> None:
    marked = Image.new("RGB", (64, 64), "red")
    exif = Image.Exif()
    exif[0x010E] = "where somebody lives"
    written = BytesIO()
    marked.save(written, "JPEG", exif=exif, comment=b"a secret")
    made = thumbnail(written.getvalue())
    assert made
    assert b"somebody" not in made
    assert b"secret" not in made


def test_one_that_is_larger_than_it_seems_is_not_decoded() -> None:
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    body = b"IHDR" + head
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body
    bomb += struct.pack(">I", zlib.crc32(body))
    assert thumbnail(bomb) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        b"GIF89a",
        picture("PNG")[:60],
        picture("BMP"),
        picture("JPEG")[:200] + bytes(900),
    ],
    ids=["empty", "svg", "pdf", "head", "cut", "bmp", "garbled"],
)
def test_what_is_no_picture_gives_none(data: bytes) -> None:
    assert thumbnail(data) is None
