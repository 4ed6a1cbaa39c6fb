"""A picture of somebody else's made small: decoded with bounds, cut to one shape, written anew."""

import warnings
from io import BytesIO

from PIL import Image, ImageOps

WIDTH, HEIGHT = 320, 180
MOST_POINTS = 40_000_000
"""Points of a picture that is decoded at all; read from its head, before any memory is taken."""
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_QUALITY = 80


def thumbnail(data: bytes) -> bytes | None:
    """The picture as WebP of 320 x 180 points, its first frame; None if it is none or too large.

    Nothing of the file but its colours goes on: no comment, place or profile.
    """
    try:
        with warnings.catch_warnings():
            # A picture that Pillow doubts is not worth a guess.
            warnings.simplefilter("error")
            with Image.open(BytesIO(data), formats=_FORMATS) as picture:
                if picture.width * picture.height > MOST_POINTS:
                    return None
                shown = ImageOps.fit(_on_white(picture), (WIDTH, HEIGHT))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning):
        return None
    written = BytesIO()
    shown.save(written, "WEBP", quality=_QUALITY)
    return written.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    """The picture upright and without holes."""
    upright = ImageOps.exif_transpose(picture).convert("RGBA")
    white = Image.new("RGBA", upright.size, "white")
    return Image.alpha_composite(white, upright).convert("RGB")
