"""Names in archives that people pack on machines of any country and system."""

import io
import struct
import unicodedata
import zipfile
import zlib

import pytest

from cnnviz.progress import ignore_progress
from cnnviz.training.datasets import class_folders, known_datasets, load
from tests.cases.sources import many, raw_folder, source_of, understood
from tests.images.files import png

LEGACY = {
    "cp949": ["고양이", "강아지"],
    "cp932": ["表示", "ソフト"],
    "gb18030": ["苹果", "香蕉"],
    "big5": ["蘋果", "香蕉"],
    "cp866": ["кошка", "собака"],
    "cp1251": ["кошка", "собака"],
    "cp850": ["Größe", "Øre"],
    "cp437": ["Äpfel", "Birnen"],
    "cp1252": ["café", "thé"],
    "utf-8": ["고양이", "Äpfel"],
}


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz", "tar.xz", "folder"])
@pytest.mark.parametrize("encoding", LEGACY)
def test_names_that_do_not_tell_their_encoding(encoding, kind, tmp_path):
    """Somebody packs folders on a Korean, Japanese, ... machine: the classes have their names."""
    names = [f"{name}/{i}.png".encode(encoding) for name in LEGACY[encoding] for i in range(2)]
    data = load(str(source_of(kind, names, tmp_path)))
    assert sorted(data.classes) == sorted(LEGACY[encoding])
    assert len(data.train) + len(data.test) == 4


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.xz", "folder"])
def test_macos_writes_a_name_in_another_form(kind, tmp_path):
    """Two machines pack one class, as NFC and as NFD: it is one class, and no image is lost."""
    forms = ("NFC", "NFD")
    names = [
        f"{unicodedata.normalize(form, name)}/{form}{i}.png".encode()
        for form in forms
        for name in ("고양이", "Äpfel")
        for i in range(2)
    ]
    data = load(str(source_of(kind, names, tmp_path)))
    assert data.classes == ("Äpfel", "고양이")
    assert len(data.train) + len(data.test) == 8


def test_the_name_in_an_extra_field_counts():
    """Info-ZIP writes the name in Unicode into an extra field beside the name of DOS."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number, name in enumerate(["고양이/1.png", "고양이/2.png", "b/1.png", "b/2.png"]):
            info = zipfile.ZipInfo(f"CLASS{number // 2}/{number}.png")
            told = struct.pack("<BL", 1, zlib.crc32(info.filename.encode())) + name.encode()
            info.extra = struct.pack("<HH", 0x7075, len(told)) + told
            archive.writestr(info, png(number))
    assert class_folders(file.getvalue()).load(32, 3, 0, ignore_progress).classes == ("b", "고양이")


def test_no_character_of_a_name_is_lost_and_no_two_classes_become_one():
    """Names hold joiners, wide spaces, control characters: all stay apart, and joiners stay."""
    long = "x" * 300
    names = [
        "क्\u200dष",
        "柴\u3000犬",
        "柴 犬",
        "a\x01",
        "a\x02",
        "A",
        "a",
        f"1{long}",
        f"2{long}",
    ]
    made = understood(many(*names))
    assert len(made.classes) == len(names)
    assert {"क्\u200dष", "柴\u3000犬", "A", "a"} <= set(made.classes)
    assert "'A', 'a' differ only in case or spacing and are 2 classes" in " ".join(made.notes)


def test_the_teachers_folder_has_a_name_of_macos(tmp_path, monkeypatch):
    """A folder of CNNVIZ_DATA is called as macOS writes it; a link names it as others do."""
    names = [f"{kind}/{i}.png".encode() for kind in ("cat", "dog") for i in range(2)]
    raw_folder(names, tmp_path / unicodedata.normalize("NFD", "Äpfel"))
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path))
    assert known_datasets()[-1].name == "Äpfel"
    assert load("Äpfel").classes == ("cat", "dog")
