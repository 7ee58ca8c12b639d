"""A school's logo: what was uploaded is decoded and written anew, so that only its picture is kept.

This is the only file that imports Pillow. Nothing of the uploaded file itself is stored: no metadata, no
profile, no bytes behind the picture, no colour of what cannot be seen.
"""

from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from typing import NewType

from PIL import Image, ImageChops, ImageCms, ImageOps, ImageStat

from convo.kernel.errors import Refused

FILE_LIMIT = 5 * 1024 * 1024  # bytes of what is uploaded
SIDE_LIMIT = 4000  # px of what is uploaded, either way
BOX = (600, 240)  # px: 60 by 24 mm at 254 dots an inch
SIZE_LIMIT = 60 * 1024  # bytes of what is stored

LogoPng = NewType("LogoPng", bytes)  # the only bytes that are ever stored as a logo

_KINDS = ("PNG", "JPEG", "GIF", "WEBP")  # by content; Pillow tries no other reader
_LEAN = 10 * 1024  # bytes: a picture no larger keeps all its colours
_LITTLE_LOST = 0.75  # of 255: the mean difference of a channel that nobody sees
_SEEN_LOSS = 17  # of 255: the difference of one pixel that somebody might
_FAINT = 24  # of 255: what differs less from white paper is not seen on it

_TAKE = "Choose a PNG, JPEG, GIF or WebP file."


def logo_png(file: bytes) -> LogoPng:
    """Return an uploaded picture as the PNG that convo keeps and prints, or raise Refused.

    It is upright, in sRGB, at most 600 by 240 px and 60 KB, never enlarged; transparency is kept. The same
    file gives the same bytes, and its result given again is itself. It takes a tenth of a second for a usual
    logo, and some seconds for the largest picture: hold no lock meanwhile.
    """
    if not file:
        raise Refused(f"This file is empty. {_TAKE}", "logo")
    if len(file) > FILE_LIMIT:
        raise Refused("This file is larger than 5 MB. Save the picture smaller and choose that.", "logo")
    if _is_svg(file):
        raise Refused("convo cannot take an SVG file. Save the picture as PNG and choose that.", "logo")
    picture = _seen(_fitted(_opened(file)))
    if _is_blank(picture):
        raise Refused(
            "Nothing of this picture can be seen on white paper. Choose the logo for a light background.",
            "logo",
        )
    return LogoPng(next(found for found in _written(picture) if len(found) <= SIZE_LIMIT))


def _is_svg(file: bytes) -> bool:
    start = file[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"<") and b"<svg" in start.lower()


def _opened(file: bytes) -> Image.Image:
    """Return the decoded picture, of several frames the first; its size is looked at before that."""
    too_large = Refused(
        "This picture is larger than 4,000 by 4,000 pixels. Save it smaller and choose that.", "logo"
    )
    try:
        picture = Image.open(BytesIO(file), formats=_KINDS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise too_large from error
    except Exception as error:  # readers of broken files raise nearly anything
        raise Refused(f"convo cannot read this file as a picture. {_TAKE}", "logo") from error
    if max(picture.size) > SIDE_LIMIT:
        raise too_large
    try:
        picture.load()
    except Exception as error:
        raise Refused(
            "This picture is damaged or not complete. Save it again as PNG and choose that.", "logo"
        ) from error
    return picture


def _fitted(picture: Image.Image) -> Image.Image:
    """Return the picture upright, in sRGB with transparency (RGBA), and small enough."""
    profile = picture.info.get("icc_profile")
    with suppress(Exception):  # where EXIF is broken, the picture is taken as it lies
        picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith("I;16"):
        picture = picture.point(lambda value: value / 256).convert("L")
    elif picture.mode not in {"L", "RGB", "CMYK"} or "transparency" in picture.info:
        picture = picture.convert("RGBA")
    picture.thumbnail(BOX, Image.Resampling.LANCZOS)
    return _in_srgb(picture, profile) if profile else picture.convert("RGBA")


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Return the picture with its colours as its profile means them; one that cannot be read is none."""
    upright = picture.convert("RGBA")
    colours = picture.convert("RGB") if picture.mode == "RGBA" else picture
    try:
        meant = ImageCms.ImageCmsProfile(BytesIO(profile))
        if meant.profile.xcolor_space.strip() == "GRAY":
            colours = colours.convert("L")
        converted = ImageCms.profileToProfile(
            colours, meant, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except Exception:  # littlecms says "cannot build transform" and the like
        return upright
    assert converted is not None
    converted.putalpha(upright.getchannel("A"))
    return converted


def _seen(picture: Image.Image) -> Image.Image:
    """Return nothing but what can be seen: what is almost transparent is so wholly, and has no colour."""
    alpha = picture.getchannel("A").point(lambda value: 0 if value < 4 else 255 if value > 251 else value)
    seen = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    seen.paste(picture.convert("RGB"), mask=alpha.point(lambda value: 255 if value else 0))
    seen.putalpha(alpha)
    return seen


def _is_blank(picture: Image.Image) -> bool:
    darkest = ImageStat.Stat(_on_paper(picture)).extrema
    return all(low > 255 - _FAINT for low, _high in darkest)


def _on_paper(picture: Image.Image) -> Image.Image:
    return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")


def _written(picture: Image.Image) -> Iterator[bytes]:
    """Yield the picture as PNG, the best first; each next one is smaller and loses more.

    The last, of four colours, takes at most 36 KB whatever it shows.
    """
    if picture.getcolors(256):
        yield _png(_with_palette(picture))
    else:
        plain = _png(picture.convert("RGB") if _is_opaque(picture) else picture)
        if len(plain) > _LEAN:
            close = _of_colours(picture, 256)
            if _looks_alike(picture, close):
                yield _png(_with_palette(close))
        yield plain
    for colours in (256, 128, 64, 32, 16, 8, 4):
        yield _png(_with_palette(_of_colours(picture, colours)))


def _is_opaque(picture: Image.Image) -> bool:
    return picture.getchannel("A").getextrema() == (255, 255)


def _of_colours(picture: Image.Image, count: int) -> Image.Image:
    """Return the picture in so many colours at most. Of Pillow's ways only the octree knows transparency."""
    if _is_opaque(picture):
        flat = picture.convert("RGB").quantize(count, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        return flat.convert("RGBA")
    return _seen(picture.quantize(count, Image.Quantize.FASTOCTREE).convert("RGBA"))


def _looks_alike(picture: Image.Image, other: Image.Image) -> bool:
    """Return whether two pictures look the same on white paper, but for a pixel in a thousand."""
    apart = ImageChops.difference(_on_paper(picture), _on_paper(other))
    if max(ImageStat.Stat(apart).mean) > _LITTLE_LOST:
        return False
    counts = apart.convert("L").histogram()
    return sum(counts[_SEEN_LOSS:]) * 1000 <= sum(counts)


def _with_palette(picture: Image.Image) -> Image.Image:
    """Return a picture of at most 256 colours with a palette of just these, in their own order."""
    pixels = picture.tobytes()
    colours = sorted({pixels[at : at + 4] for at in range(0, len(pixels), 4)})
    place = {colour: number for number, colour in enumerate(colours)}
    made = Image.new("P", picture.size)
    if _is_opaque(picture):
        made.putpalette(b"".join(colour[:3] for colour in colours), "RGB")
    else:
        made.putpalette(b"".join(colours), "RGBA")
    made.frombytes(bytes(place[pixels[at : at + 4]] for at in range(0, len(pixels), 4)))
    return made


def _png(picture: Image.Image) -> bytes:
    written = BytesIO()
    picture.save(written, "PNG", optimize=True)
    return written.getvalue()
