"""Open any photograph safely as an upright RGB image, or fail with one clear sentence."""

import contextlib
import ctypes
import io
import logging
import math
import os
import re
import struct
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageFile, ImageOps, TiffImagePlugin, UnidentifiedImageError, _imaging

try:
    import pillow_heif
except ImportError:  # A machine that trains may have no more than torchvision has brought.
    pillow_heif = None  # type: ignore[assignment]

MAX_BYTES = 20_000_000
MAX_PIXELS = 50_000_000
MAX_SIDE = 1024  # px
MAX_ASPECT = 100  # 1 x 1,024 px, resized to 256 px on the shorter side, would take 265 MB.
PART_PIXELS = 1_000_000  # An RGBA copy of 50 megapixels takes 200 MB, so they are copied in parts.

# A progressive JPEG visits all pixels in each scan, and a scan may have 75 bytes: 500 scans of
# 50 megapixels took 8 s. Cameras and editors write about 10.
MAX_SCANS = 100
SCAN_HEADER = re.compile(rb"\xff\xda\x00(?:\x08\x01|\x0a\x02|\x0c\x03|\x0e\x04)")

# Pillow makes Python objects of each number in a TIFF's tags: 4.5 million strips (18 MB) took
# 16 s and 1.4 GB. The longest list in use is a 16-bit colour map, 3 x 65,536.
MAX_TIFF_LIST = 200_000
TIFF_TEXT_TYPES = (1, 2, 7)  # BYTE, ASCII, UNDEFINED: one Python object, however long.

# AVIF before HEIF: both accept the brand mif1, and AVIF gives way when the content is HEIC.
# MPO, two JPEG pictures in one file of a phone, comes through JPEG.
KNOWN_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF")

UNKNOWN = (
    "This file is damaged or is not a JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or HEIC image. "
    "Choose another."
)
DAMAGED = "The image is damaged or cut off; save it again in an image editor or choose another."
TOO_MANY_PIXELS = "The image has more than 50 megapixels; scale it down before you choose it."
TOO_MANY_PIECES = "The image is stored in too many pieces; save it again as PNG or JPEG."

# Bad data ends in nearly every built-in exception somewhere in Pillow's parsers. MemoryError is a
# header that lies about the size, Warning an interpreter told to raise them.
BAD_VALUES = (ArithmeticError, LookupError, TypeError, ValueError, struct.error)
BAD_STATES = (AssertionError, AttributeError, EOFError, MemoryError, OSError, RuntimeError)
BAD_DATA = (*BAD_VALUES, *BAD_STATES, SyntaxError, Warning)

# 50 megapixels of WebP take 760 MB while they are decoded, and a class uploads all at once.
_decoders = threading.BoundedSemaphore(2)

# Once, at import: filters and handlers belong to the process, so changing them per call is a race.
warnings.filterwarnings("ignore", module=r"PIL\.")
logging.getLogger("PIL").addHandler(logging.NullHandler())
with contextlib.suppress(AttributeError):  # A build of Pillow may hide libtiff.
    # libtiff prints on stderr what Pillow raises anyway.
    ctypes.CDLL(_imaging.__file__).TIFFSetErrorHandler(None)
if pillow_heif is not None:
    pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
Image.init()
# What can be opened here: of the last two, what this machine has libraries for.
FORMATS = tuple(kind for kind in KNOWN_FORMATS if kind in Image.OPEN)


class ImageError(ValueError):
    """One sentence for the visitor: what is wrong with the picture, and what to do about it."""


# Told a picture's format ("JPEG", ...) and width and height in pixels, before it is decoded.
Header = Callable[[str, tuple[int, int]], None]


def open_image(
    source: str | os.PathLike[str] | bytes | BinaryIO, header: Header | None = None
) -> Image.Image:
    """An upright RGB image, its longer side at most ``MAX_SIDE`` px.

    JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF and HEIC are known by their content; an animation gives
    its first frame. Transparency lies on white. 16-bit grey is scaled to 8 bits from the range of
    its type (12 bits if a TIFF says so), 32-bit integers and floats from the range of the finite
    values in the picture; NaN is black. Colour profiles are not applied.

    Args:
        source: A path, a file's content, or a binary stream, which is read from its start.
        header: Told what the file says of the picture, if it is a picture.

    Raises:
        ImageError: The file cannot be read, has more than ``MAX_BYTES`` or ``MAX_PIXELS`` (both
            seen before a pixel is decoded), is of another kind, damaged or cut off.
    """
    data = _content(source)
    try:
        return _decoded(data, header)
    except ImageError:
        raise
    except Image.DecompressionBombError as error:
        raise ImageError(TOO_MANY_PIXELS) from error
    except UnidentifiedImageError as error:
        raise ImageError(UNKNOWN) from error
    except BAD_DATA as error:
        raise ImageError(DAMAGED) from error


def _content(source: str | os.PathLike[str] | bytes | BinaryIO) -> bytes:
    if isinstance(source, bytes):
        data = source
    elif isinstance(source, (str, os.PathLike)):
        data = _file_content(Path(source))
    else:
        if source.seekable():
            source.seek(0)
        data = source.read(MAX_BYTES + 1)
    if not data:
        raise ImageError("The image is empty (0 bytes); choose another file.")
    if len(data) > MAX_BYTES:
        raise ImageError("The image has more than 20 MB; save it smaller, or as JPEG.")
    return data


def _file_content(path: Path) -> bytes:
    """At most ``MAX_BYTES`` + 1 bytes of a regular file; a pipe or a device might never end."""
    name = repr(str(path)[-60:])
    try:
        if not path.is_file():
            raise ImageError(f"There is no image file at {name}; check the path.")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ImageError(f"{name} cannot be read ({error.strerror}); check the path.") from error


def _decoded(data: bytes, header: Header | None) -> Image.Image:
    if len(SCAN_HEADER.findall(data)) > MAX_SCANS or _longest_tiff_list(data) > MAX_TIFF_LIST:
        raise ImageError(TOO_MANY_PIECES)
    with _decoders, Image.open(io.BytesIO(data), formats=FORMATS) as image:
        if header is not None:
            header(image.format or "", image.size)
        _require_bounded_pixels(image)
        return upright_rgb(image)


def upright_rgb(image: Image.Image) -> Image.Image:
    """An image of any mode and orientation as RGB, its longer side at most ``MAX_SIDE`` px."""
    image.draft(None, _fitted(image.size))  # A large JPEG is decoded at 1/2, 1/4 or 1/8.
    image.load()
    with contextlib.suppress(*BAD_DATA):  # A damaged EXIF block says nothing on the pixels.
        ImageOps.exif_transpose(image, in_place=True)
    return _shrunk(image)


def _longest_tiff_list(data: bytes) -> int:
    """The most numbers that one tag of a TIFF's first directory lists; 0 for other files."""
    if data[:4] not in TiffImagePlugin.PREFIXES:
        return 0
    order = "<" if data.startswith(b"II") else ">"
    big = data[2] == 43  # As Pillow tells BigTIFF.
    offset, number = struct.Struct(order + "LQ"[big]), struct.Struct(order + "HQ"[big])
    entry = struct.Struct(order + ("HHQ8x" if big else "HHL4x"))
    (start,) = offset.unpack_from(data, offset.size)
    (entries,) = number.unpack_from(data, start)
    table = entry.iter_unpack(data[start + number.size :][: entries * entry.size])
    return max((count for _, kind, count in table if kind not in TIFF_TEXT_TYPES), default=0)


def _require_bounded_pixels(image: ImageFile.ImageFile) -> None:
    """Refuse, by its header, a picture that is too large or decodes its pixels over and over."""
    pixels = image.width * image.height
    if pixels > MAX_PIXELS:
        raise ImageError(TOO_MANY_PIXELS)
    if max(image.size) > MAX_ASPECT * min(image.size):
        raise ImageError("The image is over 100 times as long as wide; crop it.")
    boxes = (tile.extents for tile in image.tile if tile.extents)
    covered = sum((right - left) * (lower - upper) for left, upper, right, lower in boxes)
    if covered > TiffImagePlugin.MAX_SAMPLESPERPIXEL * pixels:
        raise ImageError(TOO_MANY_PIECES)


def _fitted(size: tuple[int, int]) -> tuple[int, int]:
    """Width and height (px) scaled down, where needed, to ``MAX_SIDE`` on the longer side."""
    scale = min(1.0, MAX_SIDE / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


@np.errstate(invalid="ignore")  # A TIFF of floats may hold signalling NaNs.
def _shrunk(image: Image.Image) -> Image.Image:
    """A loaded image as RGB, its longer side at most ``MAX_SIDE`` px."""
    if image.mode == "RGB" and not image.has_transparency_data and max(image.size) <= MAX_SIDE:
        plain = Image.new("RGB", image.size)
        plain.paste(image)  # Same pixels as below, and sooner: data sets have many small ones.
        return plain
    grey_range = _grey_range(image) if image.mode[0] in "IF" else None
    factor = max(1, max(image.size) // (2 * MAX_SIDE))
    width, height = image.width / factor, image.height / factor
    reduced = Image.new("RGB", (math.ceil(width), math.ceil(height)))
    for top, part in _parts(image, factor):
        reduced.paste(_rgb(part, grey_range).reduce(factor), (0, top // factor))
    return reduced.resize(_fitted(image.size), Image.Resampling.BICUBIC, (0, 0, width, height))


def _parts(image: Image.Image, multiple: int = 1) -> Iterator[tuple[int, Image.Image]]:
    """Tops (px) and contents of horizontal strips; the tops are multiples of ``multiple``."""
    rows = math.ceil(PART_PIXELS / image.width / multiple) * multiple
    for top in range(0, image.height, rows):
        yield top, image.crop((0, top, image.width, min(top + rows, image.height)))


def _rgb(part: Image.Image, grey_range: tuple[float, float] | None) -> Image.Image:
    """Pixels of any mode as RGB, transparency on white."""
    if grey_range is not None:
        part = _grey(part, *grey_range)
    elif part.mode == "La":  # Pillow converts it to LA alone.
        part = part.convert("LA")
    if not part.has_transparency_data:
        return part.convert("RGB")
    white = Image.new("RGBA", part.size, "white")
    return Image.alpha_composite(white, part.convert("RGBA")).convert("RGB")


def _grey(part: Image.Image, black: float, white: float) -> Image.Image:
    """Integers or floats as 8-bit grey, with alpha where the file names a transparent value."""
    values = np.asarray(part, dtype=np.float64)
    scaled = np.clip((values - black) * (255 / (white - black)), 0, 255)
    grey = Image.fromarray(np.rint(np.nan_to_num(scaled)).astype(np.uint8))
    if "transparency" in part.info:
        grey.putalpha(Image.fromarray(values != part.info["transparency"]).convert("L"))
    return grey


def _grey_range(image: Image.Image) -> tuple[float, float]:
    """The values to be shown black and white."""
    if image.mode.startswith("I;16"):
        tags = image.tag_v2 if isinstance(image, TiffImagePlugin.TiffImageFile) else {}
        return 0.0, 2.0 ** max(tags.get(TiffImagePlugin.BITSPERSAMPLE, (16,))) - 1
    black, white = math.inf, -math.inf
    for _, part in _parts(image):
        values = np.asarray(part, dtype=np.float64)
        finite = values[np.isfinite(values)]
        black = min(black, finite.min(initial=math.inf))
        white = max(white, finite.max(initial=-math.inf))
    return (black, white) if black < white else (0.0, 1.0)
