"""Folders and archives as people and their tools hand them over."""

import io
import os
import struct
import tarfile
import unicodedata
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz.images.files import listed
from cnnviz.images.names import decoded
from cnnviz.progress import ignore_progress
from cnnviz.training.datasets import class_folders, dataset, load
from cnnviz.training.datasets.base import DataError
from cnnviz.training.datasets.layout.reading import layout
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


def raw_zip(names):
    """A zip without the UTF-8 flag, whose names are these bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number, name in enumerate(names):
            placeholder = zipfile.ZipInfo(f"{number:04d}".ljust(len(name), "x"))
            placeholder.create_system = 0
            archive.writestr(placeholder, png(number % 256))
    content = file.getvalue()
    for number, name in enumerate(names):
        content = content.replace(f"{number:04d}".ljust(len(name), "x").encode(), name)
    return content


def raw_tar(names, path):
    with tarfile.open(
        path, f"w:{path.suffix[1:]}" if path.suffix != ".tar" else "w", format=tarfile.GNU_FORMAT
    ) as archive:
        for number, name in enumerate(names):
            content = png(number % 256)
            member = tarfile.TarInfo(name.decode("utf-8", "surrogateescape"))
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def raw_folder(names, path):
    for number, name in enumerate(names):
        file = os.path.join(os.fsencode(path), *name.split(b"/"))  # noqa: PTH118
        os.makedirs(os.path.dirname(file), exist_ok=True)  # noqa: PTH103, PTH120
        with open(file, "wb") as opened:  # noqa: PTH123
            opened.write(png(number % 256))
    return path


def source_of(kind, names, folder):
    if kind == "zip":
        (folder / "pets.zip").write_bytes(raw_zip(names))
        return folder / "pets.zip"
    if kind == "folder":
        return raw_folder(names, folder / "pets")
    return raw_tar(names, folder / f"pets.{kind}")


def understood(names, others=(), reading="", tables=None):
    """The layout of files of these names in a folder that is a zip."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number, name in enumerate(names):
            archive.writestr(name, png(number % 256))
        for name in others:
            archive.writestr(name, b"")
        for name, text in (tables or {}).items():
            archive.writestr(name, text)
    return layout(listed(file.getvalue()), reading)


def many(*folders, count=2, name="{}.png"):
    return [f"{folder}/{name.format(i)}".strip("/") for folder in folders for i in range(count)]


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


def test_a_test_folder_spells_a_class_in_another_way():
    """train/Hot_Dog stands beside test/hot dog: it is one class."""
    made = understood(many("train/Hot_Dog", "train/cat", "test/hot dog", "test/cat"))
    assert made.classes == ("Hot_Dog", "cat")
    assert made.labels.count("Hot_Dog") == 4


CAT_DOG = ("cat", "dog")
# Files, and the classes with which split is tested on (None: by seed).
LAYOUTS = {
    "ImageFolder": (many("train/cat", "train/dog", "val/cat", "val/dog"), CAT_DOG, "validation"),
    "Keras": (
        many("train/cat", "train/dog", "validation/cat", "validation/dog", "test/cat", "test/dog"),
        CAT_DOG,
        "test",
    ),
    "Roboflow": (
        many("train/cat", "train/dog", "valid/cat", "valid/dog", "test/cat", "test/dog"),
        CAT_DOG,
        "test",
    ),
    "Kaggle's names": (
        many("train", name="cat.{}.png") + many("train", name="dog.{}.png") + many("test1"),
        CAT_DOG,
        None,
    ),
    "flat test": (many("train/cat", "train/dog", "test"), CAT_DOG, None),
    "flat test beside classes": (many("cat", "dog", "test"), CAT_DOG, None),
    "years in classes": (many("cat/2023", "cat/2024", "dog/2023"), CAT_DOG, None),
    "classes in years": (many("2023/cat", "2023/dog", "2024/cat", "2024/dog"), CAT_DOG, None),
    "mixed depth": (many("cat", "cat/old", "dog/a/b/c"), CAT_DOG, None),
    "several wrappers": (many("my/old/pets/cat", "my/old/pets/dog"), CAT_DOG, None),
    "images first": (
        many("images/train/cat", "images/train/dog", "images/test/cat"),
        CAT_DOG,
        "test",
    ),
    "images inside": (many("train/cat/images", "train/dog/images", "val/images"), CAT_DOG, None),
    "split inside of classes": (
        many("cat/train", "cat/test", "dog/train", "dog/test"),
        CAT_DOG,
        "test",
    ),
    "split named twice": (
        many("seg_train/seg_train/cat", "seg_train/seg_train/dog", "seg_test/seg_test/cat")
        + many("seg_pred/seg_pred"),
        CAT_DOG,
        "test",
    ),
    "split with words": (
        many("training_set/cat", "training_set/dog", "test_set/dog"),
        CAT_DOG,
        "test",
    ),
    "split with years": (
        many("train2017/cat", "train2017/dog", "val2017/dog"),
        CAT_DOG,
        "validation",
    ),
    "split in Korean": (many("학습/cat", "학습/dog", "테스트/dog"), CAT_DOG, "test"),
    "cloud storage in parts": (
        many("drive-download-20230101T1Z-001/cat", "drive-download-20230101T1Z-002/dog"),
        CAT_DOG,
        None,
    ),
    "a phone's folders": (
        many("cat/100APPLE", "dog/101APPLE", name="IMG_000{}.JPG"),
        CAT_DOG,
        None,
    ),
    "masks beside images": (
        many("cat/images", "cat/masks", "dog/images", "dog/masks"),
        CAT_DOG,
        None,
    ),
    "what systems add": (
        [
            *many(
                "cat",
                "dog",
                "__MACOSX/cat",
                "cat/@eaDir/1.png",
                "cat/.ipynb_checkpoints",
                "$RECYCLE.BIN/x",
            ),
            "cat/._0.png",
            ".hidden/x/1.png",
        ],
        CAT_DOG,
        None,
    ),
    "names with numbers behind": (
        many("", name="cat_{}.png") + many("", name="dog_{}.png"),
        CAT_DOG,
        None,
    ),
    "names with numbers before": (
        many("train", name="1{}_cat.png") + many("train", name="2{}_dog.png"),
        CAT_DOG,
        None,
    ),
    "numbers": (many("0", "1", "10", "2"), ("0", "1", "10", "2"), None),
    "a train among cars": (many("bus", "car", "train"), ("bus", "car", "train"), None),
    "valid and invalid": (many("valid", "invalid"), ("invalid", "valid"), None),
    "mask and no mask": (many("with_mask", "without_mask"), ("with_mask", "without_mask"), None),
}


@pytest.mark.parametrize("case", LAYOUTS)
def test_a_layout_is_understood(case):
    """Somebody hands over images as a tool has put them: the classes and the test are right."""
    names, classes, test = LAYOUTS[case]
    made = understood(names)
    assert made.classes == classes
    assert made.test_split == test
    unused = {i for i, label in enumerate(made.labels) if label is None}
    assert unused == made.reasons.keys()


TABLES = {
    "id and label": "id,label\n0,cat\n1,cat\n2,dog\n3,dog\n",
    "with ending": "image;breed\n0.png;cat\n1.png;cat\n2.png;dog\n3.png;dog\n",
    "more columns": "file,age,class\n"
    "img/0.png,3,cat\nimg/1.png,4,cat\nimg/2.png,5,dog\nimg/3.png,6,dog\n",
    "one column a class": "image,cat,dog\n0,1.0,0.0\n1,1.0,0.0\n2,0.0,1.0\n3,0.0,1.0\n",
    "no header": "0.png\tcat\n1.png\tcat\n2.png\tdog\n3.png\tdog\n",
    "with a mark": "\ufeffid,label\r\n0,cat\r\n1,cat\r\n2,dog\r\n3,dog\r\n",
}


@pytest.mark.parametrize("case", TABLES)
def test_a_table_of_labels_is_read(case):
    """A CSV lies beside a flat folder: it names the classes."""
    made = understood(many("img", count=4), tables={"labels.csv": TABLES[case]})
    assert (made.reading, made.classes) == ("table", CAT_DOG)
    assert made.labels == ("cat", "cat", "dog", "dog")


def test_a_table_of_the_training_images_says_nothing_on_the_test():
    """Kaggle numbers train and test alike, and adds a table to be filled in: neither misleads."""
    tables = {
        "trainLabels.csv": "id,label\n0,cat\n1,cat\n2,dog\n3,dog\n",
        "sample_submission.csv": "id,label\n0,cat\n1,cat\n2,cat\n3,cat\n",
    }
    made = understood(many("test", "train", count=4), tables=tables)
    assert made.labels == (None,) * 4 + ("cat", "cat", "dog", "dog")
    assert set(made.reasons.values()) == {"No table names its class."}


REFUSED = {
    "phone photos": (
        many("Camera", name="IMG_000{}.jpg"),
        [],
        "'Camera' (2 images such as 'IMG_0000.jpg'",
    ),
    "COCO": (many("train"), ["train/_annotations.coco.json"], "COCO annotations"),
    "YOLO": (
        many("images/train"),
        ["labels/train/0.txt", "labels/train/1.txt"],
        "YOLO annotations",
    ),
    "VOC": (
        many("JPEGImages"),
        ["Annotations/0.xml", "Annotations/1.xml"],
        "Pascal VOC annotations",
    ),
    "masks": (many("images", "masks"), [], "images with masks"),
    "flat splits": (many("train", "test"), [], "No image lies in a class folder"),
    "unreadable table": (
        many("img"),
        ["img/labels.csv"],
        "no classes for them in 'img/labels.csv'",
    ),
    "one class": (many("cat/2023", "cat/2024"), [], "one class alone, 'cat'"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_has_no_classes_is_refused_by_its_name(case):
    """Somebody hands over what has no class for each image: one sentence says what was seen."""
    names, others, words = REFUSED[case]
    with pytest.raises(DataError) as caught:
        understood(names, others)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("start", "kind"), [(b"7z\xbc\xaf\x27\x1c", "7z"), (b"Rar!\x1a\x07\x01", "RAR")]
)
def test_another_archive_is_called_by_its_name(start, kind):
    """Somebody hands over a 7z or a RAR: the sentence says so."""
    with pytest.raises(DataError, match=f"a {kind} archive and no zip"):
        class_folders(start + bytes(100))


def test_a_zip_without_images_says_what_it_holds():
    """Somebody hands over a data set as parquet: the sentence says so."""
    with pytest.raises(DataError, match="but 2 x PARQUET"):
        understood([], ["a.parquet", "b.parquet"])


def test_an_empty_class_folder_is_named():
    """A class folder holds videos alone: it is no class, and a note says so."""
    made = understood(many("cat", "dog"), ["frog/1.mov"])
    assert made.notes == ("Folders without images are no classes: 'frog'.",)


def test_a_reading_is_corrected(tmp_path):
    """The last folder is the class and not the first: the name of the data says so."""
    names = [name.encode() for name in many("pets/cat", "pets/dog", "cars/bus", "cars/van")]
    path = source_of("zip", names, tmp_path)
    assert dataset(str(path)).understood.used == "folders"
    assert dataset(str(path)).understood.others == ("inner-folders",)
    assert load(str(path)).classes == ("cars", "pets")
    corrected = load(f"{path}::inner-folders")
    assert corrected.classes == ("bus", "cat", "dog", "van")
    assert corrected.name == f"{path}::inner-folders"
    with pytest.raises(DataError, match="fewer than two classes"):
        load(f"{path}::file-names")


def test_the_reading_is_shown_as_a_tree(tmp_path):
    """Somebody looks before training: classes, counts, folders, and what is not used."""
    names = [
        name.encode() for name in many("train/nok", "train/ok", "test/nok", "test/ok", "extra")
    ]
    shown = dataset(str(source_of("zip", names, tmp_path))).understood.tree
    assert shown.splitlines() == [
        "pets.zip: the class comes from the first folder",
        "├─ 4 images to train on",
        "│  ├─ nok: 2 images (train/nok/)",
        "│  └─ ok: 2 images (train/ok/)",
        "├─ 4 images to test on",
        "│  ├─ nok: 2 images (test/nok/)",
        "│  └─ ok: 2 images (test/ok/)",
        "└─ 2 images not used",
        "   └─ extra/: 2 images (its folder 'extra' lies beside those of the splits)",
    ]


PROFILE = settings(derandomize=True, max_examples=60, deadline=None, database=None)
PARTS = st.one_of(
    st.sampled_from(
        ["train", "test", "val", "images", "masks", "cat", "Cat", "2023", ".git", "100APPLE"]
    ),
    st.text(
        st.characters(blacklist_characters="/\0", blacklist_categories=("Cs",)),
        min_size=1,
        max_size=6,
    ),
)
PATHS = st.lists(
    st.tuples(
        st.lists(PARTS, max_size=4), PARTS, st.sampled_from([".png", ".JPG", ".txt", ".csv"])
    ),
    min_size=1,
    max_size=25,
)


@PROFILE
@given(PATHS)
def test_any_tree_is_understood_or_refused_in_one_sentence(paths):
    """Any tree: each image has a class or a reason, or one sentence refuses all."""
    names = dict.fromkeys("/".join([*folders, name + end]) for folders, name, end in paths)
    try:
        made = understood(list(names))
    except DataError as error:
        assert str(error).count("\n") == 0
        assert str(error).endswith(".")
        return
    assert len(made.classes) > 1
    for position, label in enumerate(made.labels):
        assert (label is None) == (position in made.reasons)


@PROFILE
@given(st.lists(st.binary(min_size=1, max_size=12), min_size=1, max_size=12, unique=True))
def test_any_bytes_are_names(names):
    """Any bytes: a name each, the same in NFC."""
    texts = decoded(names)
    assert len(texts) == len(names)
    assert all(unicodedata.is_normalized("NFC", text) for text in texts)


@PROFILE
@given(
    st.sampled_from(["cp949", "cp932", "gb18030", "big5", "cp866", "utf-8"]),
    st.lists(
        st.sampled_from("가나다라마바사猫犬東京蘋果苹汉кошядом表ソ能"),
        min_size=2,
        max_size=8,
        unique=True,
    ),
)
def test_classes_stay_apart_in_any_encoding(encoding, signs):
    """Even where an encoding is guessed wrong, as many classes come out as went in."""
    names = []
    for sign in signs:
        try:
            names.append(f"{sign}{sign}".encode(encoding))
        except UnicodeEncodeError:
            continue
    assert len(set(decoded(names))) == len(names)
