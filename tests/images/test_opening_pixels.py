"""The pixels of an opened photograph: every mode, depth, transparency and orientation."""

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PIL.Image import Transpose

from cnnviz.images.opening import open_image
from tests.images.opened import CORNERS, difference, encoded, plain, quarters

# pytest takes back the filters that images.py set; that nothing is printed is tested by a script.
pytestmark = pytest.mark.filterwarnings(r"ignore:::PIL\.")


# How a camera that notes this orientation stores an upright picture.
STORED = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_90,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_270,
}


@pytest.mark.parametrize(("family", "count"), [("Landscape", 6), ("Portrait", 2)])
def test_one_photograph_in_all_orientations_looks_the_same(
    nasty: Path, family: str, count: int
) -> None:
    opened = [open_image(path) for path in sorted(nasty.glob(f"exif_{family}_*.jpg"))]
    assert len(opened) == count
    # They bear different numbers in the middle; turned wrongly they would differ by 41 or more.
    assert max(difference(opened[0], other) for other in opened) < 4


def test_nasty_colours_are_right(nasty: Path) -> None:
    expected = {
        "heif_RGB_8__128x128.heif": (0, 0, 255),
        "pil_lab.tif": (255, 255, 255),
        "pil_orientation_rectangle.jpg": (254, 0, 0),
        "pil_tRNS_null_1x1.png": (255, 255, 255),
        "pil_tiff_strip_cmyk_16l_jpeg.tif": (255, 13, 25),
        "pil_tiff_strip_cmyk_jpeg.tif": (255, 13, 25),
        "pil_transparent.webp": (255, 255, 255),
        "pil_truncated_app14.jpg": (231, 32, 25),
    }
    for name, colour in expected.items():
        assert difference(open_image(nasty / name).getpixel((0, 0)), colour) < 3, name


@pytest.mark.parametrize(
    ("name", "white"), [("pil_16_bit_noise.tif", 65535), ("pil_12bit.cropped.tif", 4095)]
)
def test_nasty_grey_is_scaled_from_its_full_range(nasty: Path, name: str, white: int) -> None:
    with Image.open(nasty / name) as stored:
        expected = np.rint(np.asarray(stored) * (255 / white))
    assert np.array_equal(np.asarray(open_image(nasty / name))[..., 0], expected)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_each_orientation_is_turned_upright_once(kind: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = quarters() if orientation == 1 else quarters().transpose(STORED[orientation])
    image = open_image(encoded(stored, kind, exif=exif.tobytes()))
    assert image.size == (60, 40)
    seen = [image.getpixel(place) for place in ((8, 8), (50, 8), (8, 30), (50, 30))]
    assert difference(seen, CORNERS) < 6


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
@pytest.mark.parametrize("exif", [b"garbage", b"II*\0\xff\xff\0\0", b"MM\0*\0\0\0\x08\0\x05\x01"])
def test_a_broken_exif_block_does_not_stop_a_photograph(kind: str, exif: bytes) -> None:
    image = open_image(encoded(quarters(), kind, exif=b"Exif\0\0" + exif))
    assert difference(image, quarters()) < 6


def premultiplied(data: bytes) -> bytes:
    """A TIFF whose alpha channel (extra sample 2) is said to be multiplied in (1)."""
    tag = struct.pack("<HHLHH", 338, 3, 1, 2, 0)
    assert tag in data
    return data.replace(tag, struct.pack("<HHLHH", 338, 3, 1, 1, 0))


TRANSPARENT = {
    "rgba": (plain("RGBA", (200, 0, 0, 0)), 255, 255, 255),
    "half": (plain("RGBA", (200, 0, 0, 128)), 227, 127, 127),
    "webp": (plain("RGBA", (200, 0, 0, 128), "WEBP"), 227, 127, 127),
    "avif": (plain("RGBA", (200, 0, 0, 0), "AVIF"), 255, 255, 255),
    "heic": (plain("RGBA", (200, 0, 0, 0), "HEIF"), 255, 255, 255),
    "grey": (plain("LA", (0, 128)), 127, 127, 127),
    "La": (premultiplied(plain("LA", (50, 128), "TIFF")), 177, 177, 177),
    "RGBa": (premultiplied(plain("RGBA", (100, 0, 0, 128), "TIFF")), 227, 127, 127),
    "PA": (plain("PA", (0, 0), "TIFF"), 255, 255, 255),
    "palette": (plain("P", 0, transparency=0), 255, 255, 255),
    "gif": (plain("P", 0, "GIF", transparency=0), 255, 255, 255),
    "colour": (plain("RGB", (9, 8, 7), transparency=(9, 8, 7)), 255, 255, 255),
    "other colour": (plain("RGB", (9, 8, 7), transparency=(9, 8, 6)), 9, 8, 7),
    "level": (plain("L", 5, transparency=5), 255, 255, 255),
    "bit": (plain("1", 1, transparency=1), 255, 255, 255),
    "16 bits": (plain("I;16", 5140, transparency=5140), 255, 255, 255),
    "other 16 bits": (plain("I;16", 5140, transparency=5141), 20, 20, 20),
}


@pytest.mark.parametrize("case", TRANSPARENT)
def test_transparency_lies_on_white(case: str) -> None:
    data, *colour = TRANSPARENT[case]
    assert difference(open_image(data).getpixel((3, 3)), colour) < 2


@pytest.mark.parametrize(
    ("mode", "colour", "kind", "expected"),
    [
        ("CMYK", (0, 255, 255, 0), "JPEG", (255, 0, 0)),
        ("CMYK", (255, 0, 0, 51), "TIFF", (0, 204, 204)),
        ("LAB", (128, 128, 128), "TIFF", (119, 119, 119)),
        ("L", 77, "JPEG", (77, 77, 77)),
        ("1", 1, "TIFF", (255, 255, 255)),
        ("RGBX", (9, 80, 200, 0), "TIFF", (9, 80, 200)),
        ("RGB", (9, 80, 200), "BMP", (9, 80, 200)),
    ],
)
def test_each_mode_becomes_rgb(
    mode: str, colour: Any, kind: str, expected: tuple[int, int, int]
) -> None:
    assert difference(open_image(plain(mode, colour, kind)).getpixel((3, 3)), expected) < 3


@pytest.mark.parametrize(("kind", "order"), [("PNG", "<u2"), ("TIFF", "<u2"), ("TIFF", ">u2")])
def test_16_bits_are_scaled_not_clipped(kind: str, order: str) -> None:
    levels = np.arange(65536, dtype=order).reshape(256, 256)
    seen = np.asarray(open_image(encoded(Image.fromarray(levels), kind)))
    assert np.array_equal(seen[..., 0], np.rint(levels / 257))


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_32_bits_are_scaled_from_the_finite_values_in_the_image() -> None:
    integers = np.array([[-70_000, 0], [70_000, 35_000]], dtype=np.int32)
    floats = np.array([[-0.5, np.nan], [np.inf, 0.5]], dtype=np.float32)
    floats.view(np.uint32)[0, 1] = 0x7FA00000  # A signalling NaN.
    constant = np.full((2, 2), 7, dtype=np.int32)
    for values, expected in (
        (integers, [0, 128, 255, 191]),
        (floats, [0, 0, 255, 255]),
        (constant, [255] * 4),
    ):
        seen = np.asarray(open_image(encoded(Image.fromarray(values), "TIFF")))
        assert seen[..., 0].ravel().tolist() == expected


@pytest.mark.parametrize("mode", ["L", "RGBA"])
def test_a_large_image_is_scaled_to_1024_px_without_seams(mode: str) -> None:
    waves = 128 + 100 * np.sin(np.add.outer(np.arange(3001) / 30, np.arange(4152) / 25))
    large = Image.fromarray(waves.astype(np.uint8)).convert(mode)
    expected = large.convert("RGB").resize((1024, 740), Image.Resampling.BICUBIC)
    image = open_image(encoded(large, "PNG"))
    assert image.size == (1024, 740)
    assert np.abs(np.asarray(image, dtype=int) - np.asarray(expected)).max() <= 2
