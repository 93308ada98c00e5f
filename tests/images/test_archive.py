"""Zips from anybody: their pictures are a collection, or one sentence says why not."""

import gc
import struct
import sys
import tracemalloc
import warnings
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest

from cnnviz.images import DataError, Picture, archive, open_collection
from cnnviz.images.opening import MAX_BYTES, ImageError
from tests.images.files import png, value, zipped


def test_folders_in_a_zip_are_classes():
    names = ("b/2.png", "b/1.PNG", "a/x/1.png", "top.png")
    collection = open_collection(zipped({n: png(i) for i, n in enumerate(names)}), "mine.zip")
    assert collection.title == "mine.zip"
    assert collection.images == (
        Picture("a/x/1.png", "x"),
        Picture("b/1.PNG", "b"),
        Picture("b/2.png", "b"),
        Picture("top.png"),
    )
    assert [value(collection, i) for i in range(4)] == [2, 1, 0, 3]


def test_images_in_one_folder_have_no_class():
    collection = open_collection(zipped({"all/1.png": png(), "all/2.png": png()}), "z")
    assert [picture.label for picture in collection.images] == ["", ""]


def test_what_is_no_image_is_left_out():
    files = ("a/1.png", "a/notes.txt", "__MACOSX/a/._1.png", "a/.hidden.png", ".git/1.png", "b/")
    collection = open_collection(zipped(dict.fromkeys(files, png())), "z")
    assert [picture.name for picture in collection.images] == ["a/1.png"]


@pytest.mark.parametrize(
    ("name", "shown", "label"),
    [
        ("../x.png", "../x.png", ""),
        ("../../etc/x.png", "../../etc/x.png", "etc"),
        ("/etc/x.png", "/etc/x.png", "etc"),
        ("cats\\x.png", "cats/x.png", "cats"),
        ("cats/\x1b[31mx.png", "cats/\N{REPLACEMENT CHARACTER}[31mx.png", "cats"),
        ("cats/\u202egnp.x.png", "cats/\N{REPLACEMENT CHARACTER}gnp.x.png", "cats"),
        ("cats/" + 500 * "x" + ".png", "…" + 195 * "x" + ".png", "cats"),
    ],
)
def test_odd_names_only_name(tmp_path, monkeypatch, name, shown, label):
    monkeypatch.chdir(tmp_path)
    collection = open_collection(zipped({name: png(7), "other/y.png": png(8)}), "z")
    position = [picture.label for picture in collection.images].index(label)
    assert collection.images[position].name == shown
    assert value(collection, position) == 7
    assert list(tmp_path.iterdir()) == []


def flagged(content: bytes, bits: int) -> bytes:
    """A zip whose entries say that they are encrypted."""
    changed = bytearray(content)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = changed.find(signature)
        while start >= 0:
            changed[start + offset] |= bits
            start = changed.find(signature, start + 1)
    return bytes(changed)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no zip, or damaged"),
        (b"not a zip at all", "no zip, or damaged"),
        (zipped({"a.png": png()})[:-30], "no zip, or damaged"),
        (zipped({"a.png": png()})[100:], "no zip, or damaged"),
        (flagged(zipped({"a.png": png()}), 0x1), "encrypted"),
        (flagged(zipped({"a.png": png()}), 0x41), "encrypted"),
        (zipped({"a.png": png(), "more.ZIP": zipped({"b.png": png()})}), "another zip"),
        (zipped({"a.txt": b"words", "b/": b""}), "holds no JPEG"),
        (zipped({}), "holds no JPEG"),
    ],
    # A zip holds the time at which it was made.
    ids=[
        *("empty", "no zip", "end cut off", "beginning cut off", "encrypted", "strongly encrypted"),
        *("a zip in it", "no images", "no entries"),
    ],
)
def test_a_zip_of_no_use_is_refused_with_one_sentence(content, words):
    with pytest.raises(DataError, match=words) as caught:
        open_collection(content, "z")
    assert str(caught.value).count(".") == 1


def test_a_zip_of_too_many_entries_is_refused_before_they_are_read(monkeypatch):
    """A directory of 400,000 entries would be 300 MB of Python's objects."""
    entry = zipped({"a.png": png()})
    start, end = entry.index(b"PK\x01\x02"), entry.index(b"PK\x05\x06")
    count = 400_000
    directory = entry[start:end] * count
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(directory), start, 0)
    bomb = entry[:start] + directory + tail
    tracemalloc.start()
    with pytest.raises(DataError, match="more than 100,000 files"):
        open_collection(bomb, "z")
    assert tracemalloc.get_traced_memory()[1] < 2.5 * len(directory)
    tracemalloc.stop()
    monkeypatch.setattr(archive, "MAX_DIRECTORY_BYTES", 1000)
    with pytest.raises(DataError, match="more than 100,000 files"):
        open_collection(bomb, "z")


def test_a_member_that_unpacks_to_more_than_an_image_may_have_is_not_read():
    collection = open_collection(zipped({"a.png": bytes(MAX_BYTES + 1), "b.png": png(5)}), "z")
    with pytest.raises(ImageError, match="more than 20 MB"):
        collection.open(0)
    assert value(collection, 1) == 5


def test_a_member_that_lies_about_its_size_is_refused_in_bounded_memory():
    """60 MB of zeros that announce 100 bytes."""
    content = bytearray(zipped({"a.png": bytes(60_000_000)}))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<L", content, content.index(signature) + offset, 100)
    collection = open_collection(bytes(content), "z")
    tracemalloc.start()
    with pytest.raises(ImageError, match="damaged inside of the zip"):
        collection.open(0)
    assert tracemalloc.get_traced_memory()[1] < 2.5 * MAX_BYTES
    tracemalloc.stop()


def test_a_damaged_member_is_one_sentence_and_the_others_open():
    content = zipped({"a.png": png(1), "b.png": png(2)}, zipfile.ZIP_STORED)
    broken = content.replace(png(1)[-30:], bytes(30), 1)
    collection = open_collection(broken, "z")
    with pytest.raises(ImageError, match="damaged inside of the zip"):
        collection.open(0)
    assert value(collection, 1) == 2


def test_unusual_compression_is_one_sentence():
    collection = open_collection(zipped({"a.png": png()}, zipfile.ZIP_LZMA), "z")
    with pytest.raises(ImageError, match="compressed in an unusual way"):
        collection.open(0)


def test_threads_share_a_zip():
    collection = open_collection(zipped({f"{i:03d}.png": png(i) for i in range(100)}), "z")
    with ThreadPoolExecutor(8) as pool:
        values = list(pool.map(lambda i: value(collection, i % 100), range(400)))
    assert values == [i % 100 for i in range(400)]


def test_the_key_is_the_content():
    first, second = zipped({"a.png": png(1)}), zipped({"a.png": png(2)})
    assert open_collection(first, "x").key == open_collection(first, "y").key
    assert open_collection(first, "x").key != open_collection(second, "x").key


def test_every_nasty_image_in_a_zip_opens_or_says_why(test_data):
    files = {path.name: path.read_bytes() for path in sorted((test_data / "nasty").iterdir())}
    collection = open_collection(zipped(files, zipfile.ZIP_STORED), "nasty.zip")
    opened = 0
    for position in range(len(collection)):
        try:
            assert collection.open(position).mode == "RGB"
            opened += 1
        except ImageError as error:
            assert str(error).endswith(".")
    assert 40 < opened < len(collection) <= len(files)


def test_a_zip_that_nobody_holds_is_closed(tmp_path, monkeypatch):
    path, unclosed = tmp_path / "a.zip", []
    path.write_bytes(zipped({"a/1.png": png()}))
    monkeypatch.setattr(sys, "unraisablehook", unclosed.append)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        images = archive.ZipImages(path)
        images.itself = images  # as where an error on a page holds it in a cycle
        del images
        gc.collect()
    assert not unclosed
