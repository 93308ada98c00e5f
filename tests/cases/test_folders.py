"""Folders and archives as people and their tools hand them over."""

import pytest

from cnnviz.training.datasets import class_folders, dataset, load
from cnnviz.training.datasets.base import DataError
from tests.cases.sources import many, raw_zip, source_of, understood


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


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp949", "cp1251"])
def test_a_table_of_another_machine_is_read(encoding):
    """A spreadsheet saves its table in an encoding of its own: the classes have their names."""
    first, second = {"cp1251": ("кошка", "собака")}.get(encoding, ("고양이", "강아지"))
    rows = [f"{i}.png,{first if i < 2 else second}" for i in range(4)]
    text = "\r\n".join(["file,label", *rows]).encode(encoding)
    made = understood(many("img", count=4), tables={"labels.csv": text})
    assert made.labels == (first, first, second, second)


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


@pytest.mark.parametrize("is_path", [True, False])
def test_a_part_of_a_split_zip_is_called_so(is_path, tmp_path):
    """Somebody hands over the last part of a zip in three: the sentence says so."""
    content = bytearray(raw_zip([b"a/1.png", b"b/1.png"]))
    end = content.rfind(b"PK\x05\x06")
    content[end + 4 : end + 8] = b"\2\0\2\0"
    (tmp_path / "pets.zip").write_bytes(content[60:])
    with pytest.raises(DataError, match="one part of a zip in several parts"):
        class_folders(tmp_path / "pets.zip" if is_path else bytes(content[60:]))


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
