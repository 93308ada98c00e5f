"""Official files as torchvision has them: real ones, and tiny ones whose hashes are made known."""

import hashlib
import pickle

import numpy as np
import pytest
from scipy.io import savemat
from torchvision import datasets

from tests.weights.conftest import server as web  # noqa: F401 - a fixture


def cifar(folder, known, monkeypatch, key, count=20):
    """A CIFAR of random images in a folder, as it lies there unpacked."""
    random = np.random.default_rng(0)
    names = [f"thing {number}" for number in range(100 if key == "fine_labels" else 10)]

    def batch():
        data = random.integers(0, 256, (count, 3072), dtype=np.uint8)
        return {"data": data, key: random.integers(0, len(names), count).tolist()}

    def written(name, content):
        path = folder / known.base_folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(pickle.dumps(content))
        return [name, hashlib.md5(path.read_bytes()).hexdigest()]

    train = [written(name, batch()) for name, _ in known.train_list]
    test = [written(name, batch()) for name, _ in known.test_list]
    _, md5 = written(known.meta["filename"], {known.meta["key"]: names})
    monkeypatch.setattr(known, "train_list", train)
    monkeypatch.setattr(known, "test_list", test)
    monkeypatch.setattr(known, "meta", {**known.meta, "md5": md5})


def svhn(folder, monkeypatch, count=30):
    """An SVHN of random images in a folder."""
    random, splits = np.random.default_rng(0), {}
    for name, (url, file, _) in datasets.SVHN.split_list.items():
        labels = (np.arange(count) % 10 + 1).astype(np.uint8)[:, None]
        savemat(
            folder / file,
            {"X": random.integers(0, 256, (32, 32, 3, count), dtype=np.uint8), "y": labels},
        )
        splits[name] = [url, file, hashlib.md5((folder / file).read_bytes()).hexdigest()]
    monkeypatch.setattr(datasets.SVHN, "split_list", splits)


@pytest.fixture(scope="module")
def official_files(tmp_path_factory, test_data):
    """CNNVIZ_DATA names a folder with all official data sets, those of CIFAR and SVHN tiny."""
    folder = tmp_path_factory.mktemp("data")
    for name in ("MNIST", "FashionMNIST"):
        (folder / name).symlink_to(test_data / "torchvision" / name)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("CNNVIZ_DATA", str(folder))
        monkeypatch.setenv("CNNVIZ_DATA_CACHE", str(folder / "cache"))
        cifar(folder, datasets.CIFAR10, monkeypatch, "labels")
        cifar(folder, datasets.CIFAR100, monkeypatch, "fine_labels")
        svhn(folder, monkeypatch)
        yield folder
