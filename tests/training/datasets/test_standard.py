"""Standard data sets out of their archives: unpacked while they are read, and never unchecked."""

import hashlib
import shutil
import tarfile
import tempfile

import pytest
import torch
from torchvision.datasets import CIFAR10

from cnnviz.training.datasets import load
from cnnviz.training.datasets.base import DataError
from tests.training.datasets.conftest import cifar


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """CNNVIZ_DATA names a folder with a tiny CIFAR-10, unpacked; temporary files have their own."""
    folder, temporary = tmp_path / "data", tmp_path / "temporary"
    folder.mkdir()
    temporary.mkdir()
    monkeypatch.setenv("CNNVIZ_DATA", str(folder))
    monkeypatch.setenv("CNNVIZ_DATA_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    cifar(folder, CIFAR10, monkeypatch, "labels")
    return folder


def packed(folder, monkeypatch):
    """The same as torchvision serves it: one archive."""
    archive = folder / CIFAR10.filename
    with tarfile.open(archive, "w:gz") as file:
        file.add(folder / CIFAR10.base_folder, CIFAR10.base_folder)
    shutil.rmtree(folder / CIFAR10.base_folder)
    monkeypatch.setattr(CIFAR10, "tgz_md5", hashlib.md5(archive.read_bytes()).hexdigest())
    return archive


def test_an_archive_gives_the_same_as_its_files_and_nothing_stays_unpacked(folder, monkeypatch):
    expected = load("cifar10")
    archive = packed(folder, monkeypatch)
    data = load("cifar10")
    assert torch.equal(data.train.images, expected.train.images)
    assert torch.equal(data.test.labels, expected.test.labels)
    assert data.classes == expected.classes
    assert [path for path in folder.parent.rglob("*") if path.is_file()] == [archive]
    assert list((folder.parent / "temporary").iterdir()) == []


def test_an_archive_of_another_content_is_not_unpacked(folder, monkeypatch):
    archive = packed(folder, monkeypatch)
    archive.write_bytes(archive.read_bytes() + b"more")
    with pytest.raises(DataError, match=r"cifar-10-python.tar.gz is damaged or not the official"):
        load("cifar10")


def test_a_file_of_another_content_is_not_unpickled(folder):
    batch = folder / CIFAR10.base_folder / "test_batch"
    batch.write_bytes(b"cos\nsystem\n(S'exit 1'\ntR.")
    with pytest.raises(DataError, match=f"files of CIFAR-10 are damaged .* from {folder}"):
        load("cifar10")
