"""Data sets on this machine."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from cnnviz.images import DataError, Picture, data_sets, even_sample
from tests.images.files import png, value, zipped


def test_without_a_folder_there_are_no_data_sets(monkeypatch, tmp_path):
    monkeypatch.delenv("CNNVIZ_DATA", raising=False)
    assert data_sets() == ()
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path / "nothing"))
    assert data_sets() == ()


def test_data_sets_are_folders_with_images_and_zips(monkeypatch, folder):
    root = folder.parent
    (root / "words").mkdir()
    (root / "words" / "a.txt").write_text("words")
    (root / "more.zip").write_bytes(zipped({"a.png": png(9)}))
    (root / "broken.zip").write_bytes(b"no zip")
    monkeypatch.setenv("CNNVIZ_DATA", str(root))
    available = {data_set.title: data_set for data_set in data_sets()}
    assert list(available) == ["broken.zip", "more.zip", "pets"]
    assert len(available["pets"].open()) == 3
    assert value(available["more.zip"].open(), 0) == 9
    with pytest.raises(DataError, match="no zip"):
        available["broken.zip"].open()


def unpacked(test_data: Path, root: Path, name: str) -> None:
    import gzip

    raw = root / name / "raw"
    raw.mkdir(parents=True)
    for packed in (test_data / "torchvision" / name / "raw").iterdir():
        (raw / packed.stem).touch()  # torchvision looks whether the training split is there too
        if not packed.name.startswith("t10k"):
            continue
        with gzip.open(packed) as source, (raw / packed.stem).open("wb") as target:
            shutil.copyfileobj(source, target)


def test_torchvisions_data_sets(monkeypatch, tmp_path, test_data):
    unpacked(test_data, tmp_path, "FashionMNIST")
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path))
    (fashion,) = data_sets()
    assert fashion.title == "FashionMNIST, test split"
    collection = fashion.open()
    assert len(collection) == 10_000
    assert collection.images[0] == Picture("test 0", "Ankle boot")
    assert (collection.open(0).size, collection.open(0).mode) == ((28, 28), "RGB")
    counts = Counter(collection.images[i].label for i in even_sample(collection, 300))
    assert set(counts.values()) == {30}
    (tmp_path / "FashionMNIST" / "raw" / "t10k-labels-idx1-ubyte").write_bytes(b"cut off")
    with pytest.raises(DataError, match=r"FashionMNIST in .* damaged or incomplete"):
        fashion.open()


@pytest.mark.parametrize(
    ("file", "title"),
    [
        ("cifar-10-batches-py/test_batch", "CIFAR10, test split"),
        ("cifar-100-python/test", "CIFAR100, test split"),
    ],
)
def test_a_file_that_only_looks_like_a_data_set_is_not_unpickled(
    monkeypatch, tmp_path, file, title
):
    (tmp_path / file).parent.mkdir()
    (tmp_path / file).write_bytes(b"cos\nsystem\n(S'exit 1'\ntR.")
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path))
    (data_set,) = data_sets()
    assert data_set.title == title
    with pytest.raises(DataError, match="damaged or incomplete"):
        data_set.open()
