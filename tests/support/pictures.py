"""Pictures as schools upload them, made on the spot, and what a PNG is made of."""

import io
import random
from collections.abc import Iterator
from typing import Any

from PIL import Image, ImageCms, ImageDraw

NAVY, SAND = (31, 63, 119), (242, 193, 78)


def file_of(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """Return a picture as a file."""
    written = io.BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


def picture_of(file: bytes) -> Image.Image:
    """Return the picture of a file, decoded."""
    picture = Image.open(io.BytesIO(file))
    picture.load()
    return picture


def emblem(size: tuple[int, int] = (1200, 400)) -> Image.Image:
    """Return a disc with a soft edge at the start of a transparent picture, and a square at its end."""
    picture = Image.new("RGBA", size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    high = size[1]
    draw.ellipse((0, 0, high - 1, high - 1), fill=(*NAVY, 255))
    draw.rectangle((size[0] - high // 2, 0, size[0] - 1, high // 2), fill=(*SAND, 255))
    return picture


def noise(mode: str, size: tuple[int, int] = (600, 240)) -> Image.Image:
    """Return a picture that nothing makes smaller, the same each time."""
    channels = len(Image.new(mode, (1, 1)).getbands())
    return Image.frombytes(mode, size, random.Random(7).randbytes(size[0] * size[1] * channels))


def profile_with_red_and_green_exchanged() -> bytes:
    """Return a colour profile in which what is stored as red means green."""
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return plain.replace(b"rXYZ", b"????", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"????", b"gXYZ", 1)


def chunks(png: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield kind and content of each chunk, and fail where bytes stand behind the last."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at, kind = 8, ""
    while kind != "IEND":
        length = int.from_bytes(png[at : at + 4])
        kind = png[at + 4 : at + 8].decode("ascii")
        yield kind, png[at + 8 : at + 8 + length]
        at += 12 + length
    assert at == len(png), "bytes behind the picture"
