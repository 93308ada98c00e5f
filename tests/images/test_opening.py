"""Any file opens upright or ends in one sentence, and a network gets what torchvision gives it.

Run as a script, this file opens each path that it is given in a process of its own and prints what
that took: pytest would keep to itself the warnings that must not appear.
"""

import io
import json
import multiprocessing
import os
import random
import resource
import struct
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin
from PIL.Image import Transpose

from cnnviz.images import opening
from cnnviz.images.opening import ImageError, open_image
from cnnviz.images.samples import SAMPLE_FOLDER

# pytest takes back the filters that images.py set; that nothing is printed is tested by a script.
pytestmark = pytest.mark.filterwarnings(r"ignore:::PIL\.")

ROOT = Path(__file__).parents[2]
CORNERS = ((200, 30, 30), (30, 160, 40), (40, 60, 200), (220, 200, 40))
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
OPTIONS: dict[str, dict[str, Any]] = {
    "WEBP": {"lossless": True},
    "JPEG": {"quality": 95, "subsampling": 0},
}
REFUSED = {
    "damaged or is not a JPEG": """heif_corrupted.heic pil_balloon.jpf pil_decompression_bomb.ico
        pil_hopper.psd pil_hopper_1bit.pbm pil_la.tga pil_no_cursors.cur pil_test-card-lossless.jp2
        pil_tiff_overflow_rows_per_strip.tif""",
    "more than 50 megapixels": "heif_200MP.heic pil_decompression_bomb.gif",
    "damaged or cut off": """pil_bmp_b_badpalettesize.bmp pil_broken_data_stream.png
        pil_crash-0c7e0e8e11ce787078f00b5b0ca409a167f070e0.tif pil_png_decompression_dos.png
        pil_oom-225817ca0f8c663be7ab4b9e717b02c661e66834.tif pil_timeout-6646305047838720
        pil_truncated_end_chunk.png pil_truncated_jpeg.jpg pil_ultrahdr.jpg""",
}

Report = dict[str, Any]


def measured(path: str) -> Report:
    """What opening one file took: seconds, growth of the peak memory in MB, and what it printed."""
    with tempfile.TemporaryFile() as noise:
        os.dup2(noise.fileno(), 2)
        report: Report = {"name": Path(path).name, "sentence": None}
        before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
        try:
            image = open_image(path)
            report.update(mode=image.mode, size=image.size)
        except ImageError as error:
            report["sentence"] = str(error)
        report["seconds"] = time.perf_counter() - start
        report["megabytes"] = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        sys.stderr.flush()
        noise.seek(0)
        report["noise"] = noise.read().decode(errors="replace")
    return report


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **OPTIONS.get(kind, {}), **options)
    return stream.getvalue()


def quarters(width: int = 60, height: int = 40) -> Image.Image:
    """A picture that differs in each of the eight orientations."""
    corners = Image.fromarray(np.array(CORNERS, dtype=np.uint8).reshape(2, 2, 3))
    return corners.resize((width, height), Image.Resampling.NEAREST)


def is_sentence(text: str) -> bool:
    return text.endswith(".") and "\n" not in text and len(text) < 200


def difference(one: Any, other: Any) -> float:
    """Mean absolute difference of two pictures or colours, in levels of 255."""
    return float(np.abs(np.asarray(one, dtype=float) - np.asarray(other, dtype=float)).mean())


def refusal(source: Any) -> str:
    with pytest.raises(ImageError) as error:
        open_image(source)
    assert is_sentence(str(error.value))
    return str(error.value)


@pytest.fixture(scope="module")
def nasty() -> Path:
    folder = os.environ.get("CNNVIZ_TEST_DATA")
    if not folder:
        pytest.skip("CNNVIZ_TEST_DATA does not name the folder of test data")
    return Path(folder) / "nasty"


def opened_apart(paths: list[Path]) -> list[Report]:
    command = [sys.executable, __file__, *map(str, paths)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    reports: list[Report] = json.loads(done.stdout)
    return reports


@pytest.fixture(scope="module")
def reports(nasty: Path) -> list[Report]:
    return opened_apart(sorted(nasty.iterdir()))


def test_nasty_files_become_rgb_or_one_sentence(reports: list[Report]) -> None:
    opened = [report for report in reports if report["sentence"] is None]
    assert len(opened) > 50
    assert [r for r in opened if r["mode"] != "RGB" or max(r["size"]) > opening.MAX_SIDE] == []
    assert all(is_sentence(report["sentence"]) for report in reports if report["sentence"])


def test_nasty_files_take_little_and_print_nothing(reports: list[Report]) -> None:
    assert [r for r in reports if r["seconds"] > 5 or r["megabytes"] > 500] == []
    assert [r for r in reports if r["noise"]] == []


def test_nasty_files_are_refused_for_their_reason_and_no_others(reports: list[Report]) -> None:
    reasons = {name: reason for reason, names in REFUSED.items() for name in names.split()}
    refused = {report["name"]: report["sentence"] for report in reports if report["sentence"]}
    assert refused.keys() == reasons.keys()
    assert [name for name, sentence in refused.items() if reasons[name] not in sentence] == []


def test_200_megapixels_are_refused_undecoded(reports: list[Report]) -> None:
    (report,) = (report for report in reports if report["name"] == "heif_200MP.heic")
    assert report["megabytes"] < 50


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


def plain(mode: str, colour: Any, kind: str = "PNG", **options: Any) -> bytes:
    return encoded(Image.new(mode, (16, 16), colour), kind, **options)


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
def test_32_bits_are_scaled_from_the_finite_values_in_the_picture() -> None:
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


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "AVIF", "MPO", "TIFF"])
def test_of_several_pictures_the_first_is_shown(kind: str) -> None:
    first, second = (Image.new("RGB", (32, 32), colour) for colour in ("red", "blue"))
    data = encoded(first, kind, save_all=True, append_images=[second])
    assert difference(open_image(data).getpixel((9, 9)), (255, 0, 0)) < 3


@pytest.mark.parametrize("mode", ["L", "RGBA"])
def test_a_large_picture_is_scaled_to_1024_px_without_seams(mode: str) -> None:
    waves = 128 + 100 * np.sin(np.add.outer(np.arange(3001) / 30, np.arange(4152) / 25))
    large = Image.fromarray(waves.astype(np.uint8)).convert(mode)
    expected = large.convert("RGB").resize((1024, 740), Image.Resampling.BICUBIC)
    image = open_image(encoded(large, "PNG"))
    assert image.size == (1024, 740)
    assert np.abs(np.asarray(image, dtype=int) - np.asarray(expected)).max() <= 2


def test_a_large_jpeg_is_not_decoded_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    data = encoded(quarters(8200, 4100), "JPEG")
    assert difference(open_image(data), quarters(1024, 512)) < 3
    monkeypatch.setattr(opening, "_shrunk", lambda image: image.copy())
    assert open_image(data).size == (1025, 513)


@pytest.mark.parametrize("kind", ["AVIF", "HEIF"])
def test_the_brand_that_avif_and_heic_share_opens(kind: str) -> None:
    data = encoded(quarters(), kind)
    assert data[4:8] == b"ftyp"
    assert difference(open_image(data[:8] + b"mif1" + data[12:]), quarters()) < 6


def test_paths_bytes_and_streams_give_the_same_picture(tmp_path: Path) -> None:
    path, data = tmp_path / "picture.txt", encoded(quarters(), "PNG")
    path.write_bytes(data)
    stream = io.BytesIO(data)
    stream.read()
    for source in (path, str(path), data, stream):
        assert open_image(source).tobytes() == quarters().tobytes()


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (b"", "empty"),
        (b"A list of words.", "not a JPEG"),
        (b"%PDF-1.7\n", "not a JPEG"),
        (bytes(opening.MAX_BYTES + 1), "more than 20 MB"),
        (plain("RGB", 0, "PPM"), "not a JPEG"),
        (plain("RGB", 0, "ICO"), "not a JPEG"),
        (encoded(Image.new("L", (2001, 20)), "PNG"), "100 times"),
        ("no such\nfile.jpg", "no image file at 'no such\\nfile.jpg'"),
        ("/", "no image file"),
        ("a\0b", "no image file"),
        ("long" * 5000, "cannot be read"),
        (Path("/dev/zero"), "no image file"),
    ],
)
def test_what_is_no_picture_is_refused(source: Any, reason: str) -> None:
    assert reason in refusal(source)


def test_60_megapixels_are_refused_undecoded(monkeypatch: pytest.MonkeyPatch) -> None:
    data = encoded(Image.new("1", (7750, 7750)), "PNG")
    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", lambda self: pytest.fail("decoded"))
    assert "more than 50 megapixels" in refusal(data)


def striped(width: int, height: int, rows: int, strips: int, samples: int = 1) -> bytes:
    """A 1-bit TIFF of so many strips of so many rows, each stored at the same place."""
    tags = {256: width, 257: height, 258: 1, 259: 1, 262: 1, 273: 110, 277: samples, 278: rows}
    entry = struct.Struct("<HHLL")
    table = [entry.pack(tag, 4, strips if tag == 273 else 1, tags[tag]) for tag in tags]
    directory = struct.pack("<LH", 8, len(tags)) + b"".join(table) + bytes(4)
    offsets = struct.pack("<L", 110 + 4 * strips) * strips
    return b"II*\0" + directory + offsets + bytes(width * height // 8)


def scanned(times: int) -> bytes:
    """A progressive JPEG of which the last scan comes so many times."""
    data = encoded(quarters(), "JPEG", progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + last * (times - 1) + data[-2:]


def test_pictures_in_too_many_pieces_are_refused() -> None:
    assert open_image(striped(8, 40, rows=1, strips=40)).size == (8, 40)
    assert "too many pieces" in refusal(striped(8, 300_000, rows=1, strips=300_000))
    assert "too many pieces" in refusal(striped(80, 80, rows=79, strips=100))
    assert difference(open_image(scanned(times=2)), quarters()) < 4
    assert "too many pieces" in refusal(scanned(times=200))


def test_damaged_files_open_or_are_refused_and_print_nothing(
    capfd: pytest.CaptureFixture[str],
) -> None:
    rng = random.Random(20)
    photograph = open_image(SAMPLE_FOLDER / "cat.jpg").resize((96, 64))
    files = [encoded(photograph, kind) for kind in ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")]
    files += [encoded(photograph, kind) for kind in ("AVIF", "HEIF", "MPO")]
    files += [encoded(photograph, "TIFF", compression=name) for name in ("tiff_lzw", "jpeg")]
    refused = 0
    for trial in range(330):
        data = bytearray(files[trial % len(files)])
        if trial % 3 == 0:
            del data[rng.randrange(len(data)) :]
        for _ in range(0 if trial % 3 == 0 else rng.randrange(1, 20)):
            data[rng.randrange(len(data) if trial % 2 else 200)] = rng.randrange(256)
        try:
            image = open_image(bytes(data))
            assert (image.mode, max(image.size) <= opening.MAX_SIDE) == ("RGB", True)
        except ImageError as error:
            assert is_sentence(str(error))
            refused += 1
    assert 100 < refused < 330
    assert capfd.readouterr().err == ""


def test_what_pillow_logs_is_not_printed(tmp_path: Path) -> None:
    path = tmp_path / "samples.tif"
    path.write_bytes(striped(8, 40, rows=1, strips=40, samples=9999))
    (report,) = opened_apart([path])
    assert "not a JPEG" in report["sentence"]
    assert report["noise"] == ""


def test_eight_threads_see_the_same_pixels_as_one() -> None:
    kinds = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF", "HEIF", "BMP")
    photograph = open_image(SAMPLE_FOLDER / "cat.jpg")
    files = [encoded(photograph, kind) for kind in kinds] * 8
    alone = [open_image(data).tobytes() for data in files]
    random.Random(8).shuffle(order := list(range(len(files))))
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda index: open_image(files[index]).tobytes(), order))
    assert all(pixels == alone[index] for index, pixels in zip(order, together, strict=True))


def test_two_pictures_are_decoded_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now, most = [], []

    def slow(image: Image.Image) -> Image.Image:
        now.append(image)
        most.append(len(now))
        time.sleep(0.01)
        now.pop()
        return image

    monkeypatch.setattr(opening, "_shrunk", slow)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(open_image, [encoded(quarters(), "PNG")] * 24))
    assert max(most) == 2


def test_torchvision_is_not_imported() -> None:
    code = "import sys, cnnviz.images.opening; sys.exit('torchvision' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


if __name__ == "__main__":
    with multiprocessing.get_context("fork").Pool(2, maxtasksperchild=1) as processes:
        json.dump(processes.map(measured, sys.argv[1:], chunksize=1), sys.stdout)
