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

import pytest
from PIL import Image, PngImagePlugin

from cnnviz.images import opening
from cnnviz.images.opening import ImageError, open_image
from cnnviz.images.samples import SAMPLE_FOLDER
from tests.images.opened import difference, encoded, plain, quarters

# pytest takes back the filters that images.py set; that nothing is printed is tested by a script.
pytestmark = pytest.mark.filterwarnings(r"ignore:::PIL\.")

ROOT = Path(__file__).parents[2]

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


def is_sentence(text: str) -> bool:
    return text.endswith(".") and "\n" not in text and len(text) < 200


def refusal(source: Any) -> str:
    with pytest.raises(ImageError) as error:
        open_image(source)
    assert is_sentence(str(error.value))
    return str(error.value)


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


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "AVIF", "MPO", "TIFF"])
def test_of_several_images_the_first_is_shown(kind: str) -> None:
    first, second = (Image.new("RGB", (32, 32), colour) for colour in ("red", "blue"))
    data = encoded(first, kind, save_all=True, append_images=[second])
    assert difference(open_image(data).getpixel((9, 9)), (255, 0, 0)) < 3


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


def test_paths_bytes_and_streams_give_the_same_image(tmp_path: Path) -> None:
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
def test_what_is_no_image_is_refused(source: Any, reason: str) -> None:
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


def test_images_in_too_many_pieces_are_refused() -> None:
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


def test_two_images_are_decoded_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
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
