"""The standard data sets: scikit-learn's digits, MNIST, Fashion-MNIST, CIFAR-10, CIFAR-100, SVHN.

torchvision reads all but the digits. It wants their files unpacked, and so the teacher's folder
CNNVIZ_DATA may have them; archives, there or in the cache of downloads, are unpacked for as long as
they are read. Training and test images are the official ones, whatever the seed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch

from cnnviz.images.opening import BAD_DATA
from cnnviz.progress import Progress, part
from cnnviz.training.datasets.base import Data, DataError, Split
from cnnviz.training.datasets.official import OfficialFile, folders, official
from cnnviz.training.datasets.preparing import prepared, stratified

READ = 0.8  # Share of the work that getting and reading the files is.

# Training images, test images, names of the classes.
Splits = tuple[Split, Split, Iterable[str]]
# Gets and reads the files of the data set of that title.
Reader = Callable[[str, Progress], Splits]


def _mnist(kind: str, title: str, progress: Progress) -> Splits:
    """MNIST and what has its form: four files, packed one by one."""
    from torchvision import datasets

    theirs = getattr(datasets, kind)
    archives = [
        OfficialFile(f"{kind}/raw/{name}", tuple(mirror + name for mirror in theirs.mirrors), md5)
        for name, md5 in theirs.resources
    ]
    files = [archive.place.removesuffix(".gz") for archive in archives]
    train, test, names = _read(theirs, files, archives, title, progress)
    return train, test, (name.partition(" - ")[0] for name in names)


def _cifar(kind: str, title: str, progress: Progress) -> Splits:
    """CIFAR-10 and CIFAR-100: pickles, which torchvision opens when their MD5 is the official."""
    from torchvision import datasets

    theirs = getattr(datasets, kind)
    listed = (*theirs.train_list, *theirs.test_list, (theirs.meta["filename"], ""))
    files = [f"{theirs.base_folder}/{name}" for name, _ in listed]
    archive = OfficialFile(theirs.filename, (theirs.url,), theirs.tgz_md5)
    return _read(theirs, files, [archive], title, progress)


def _svhn(title: str, progress: Progress) -> Splits:
    """SVHN, cropped digits: a MATLAB file a split."""
    from torchvision.datasets import SVHN

    splits = []
    for number, split in enumerate(("train", "test")):
        url, place, md5 = SVHN.split_list[split]
        report = part(progress, number / 2, (number + 1) / 2)
        path = official(OfficialFile(place, (url,), md5), title, report)
        with _damage_of(title, path.parent):
            part_of_svhn = SVHN(path.parent, split=split)
        splits.append(_split(part_of_svhn.data.transpose(0, 2, 3, 1), part_of_svhn.labels))
    return splits[0], splits[1], map(str, range(10))


def _read(
    theirs: Any, files: list[str], archives: list[OfficialFile], title: str, progress: Progress
) -> Splits:
    """Both splits, as a class of torchvision reads them from these files."""
    with _unpacked(files, archives, title, progress) as root, _damage_of(title, root):
        train, test = (theirs(root, train=is_train) for is_train in (True, False))
        return _split(train.data, train.targets), _split(test.data, test.targets), train.classes


def _split(images: Any, labels: Any) -> Split:
    """Arrays of bytes (N, H, W) or (N, H, W, C) with their labels."""
    pixels = torch.as_tensor(images)
    pixels = pixels.unsqueeze(3) if pixels.ndim == 3 else pixels.contiguous()
    return Split(pixels, torch.as_tensor(labels).long())


@contextmanager
def _unpacked(
    files: list[str], archives: list[OfficialFile], title: str, progress: Progress
) -> Iterator[Path]:
    """The folder that holds all files of a data set, out of its archives if need be.

    Raises:
        DataError: An archive cannot be had or is not the official one.
    """
    from torchvision.datasets.utils import check_integrity, extract_archive

    for folder in folders():
        if all((folder / file).is_file() for file in files):
            yield folder
            return
    with TemporaryDirectory(prefix="cnnviz-") as temporary:
        for number, archive in enumerate(archives):
            report = part(progress, number / len(archives), (number + 1) / len(archives))
            path = official(archive, title, report)
            if not check_integrity(path, archive.md5):
                raise DataError(
                    f"{path} is damaged or not the official file (its MD5 is another); remove it, "
                    "and it is downloaded again."
                )
            target = (Path(temporary) / archive.place).parent
            target.mkdir(parents=True, exist_ok=True)
            extract_archive(str(path), str(target))
        yield Path(temporary)


@contextmanager
def _damage_of(title: str, folder: Path) -> Iterator[None]:
    try:
        yield
    except BAD_DATA as error:
        raise DataError(
            f"The files of {title} are damaged or incomplete; remove them from {folder}, and they "
            "are downloaded again."
        ) from error


READERS: Mapping[str, Reader] = {
    "mnist": partial(_mnist, "MNIST"),
    "fashion_mnist": partial(_mnist, "FashionMNIST"),
    "cifar10": partial(_cifar, "CIFAR10"),
    "cifar100": partial(_cifar, "CIFAR100"),
    "svhn": _svhn,
}


def load_standard(
    name: str, title: str, side: int, channels: int, seed: int, progress: Progress
) -> Data:
    """A data set of ``READERS`` in the wanted size, whatever the seed.

    Greys on black are framed rather than resized where a little is missing.

    Raises:
        DataError: It is neither here nor to be had, or damaged.
    """
    train, test, classes = READERS[name](title, part(progress, 0.0, READ))
    data = Data(name, title, tuple(classes), train, test, (0.0,), (1.0,))
    rest = part(progress, READ, 1.0)
    return prepared(data, side, channels, rest, pads=data.channels == 1)


def load_digits(
    name: str, title: str, side: int, channels: int, seed: int, progress: Progress
) -> Data:
    """scikit-learn's digits, of which the seed chooses those to test on."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    # Each value counts the dark ones of 4 x 4 binary pixels, so it goes from 0 to 16.
    images = torch.from_numpy(digits.images).mul(255 / 16).round().to(torch.uint8)
    both = _split(images, digits.target)
    train, test = (both.take(positions) for positions in stratified(both.labels, seed))
    classes = tuple(map(str, digits.target_names))
    data = Data(name, title, classes, train, test, (0.0,), (1.0,))
    return prepared(data, side, channels, progress)
