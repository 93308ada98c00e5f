"""What every data set of the registry must give, whatever side and channels are wanted."""

import numpy as np
import pytest
import torch
from torchvision import datasets as theirs

from cnnviz.training.datasets import DATASETS, dataset, load
from cnnviz.training.datasets.preparing import GREY

pytestmark = pytest.mark.usefixtures("official_files")
NAMES = [each.name for each in DATASETS]


@pytest.fixture(scope="module")
def loaded(official_files):
    kept = {}

    def data(name):
        if name not in kept:
            kept[name] = load(name)
        return kept[name]

    return data


@pytest.mark.parametrize("name", NAMES)
def test_images_labels_and_classes_fit_together(name, loaded):
    entry, data = dataset(name), loaded(name)
    assert (data.name, data.side, data.channels) == (name, entry.side, entry.channels)
    assert len(data.classes) == entry.num_classes == len(set(data.classes))
    assert all(data.classes)
    for split in (data.train, data.test):
        assert split.images.dtype == torch.uint8
        assert split.images.shape == (len(split), data.side, data.side, data.channels)
        assert split.labels.dtype == torch.int64
        assert 0 <= split.labels.min() <= split.labels.max() < len(data.classes)
        assert len(split) > 0


@pytest.mark.parametrize("name", NAMES)
def test_mean_and_std_are_those_of_the_training_pixels(name, loaded):
    data = loaded(name)
    pixels = data.train.images.numpy().reshape(-1, data.channels) / 255
    assert data.mean == pytest.approx(pixels.mean(axis=0), abs=1e-6)
    assert data.std == pytest.approx(pixels.std(axis=0), abs=1e-6)


@pytest.mark.parametrize("name", [n for n in NAMES if n not in ("mnist", "fashion_mnist")])
def test_no_image_is_in_both_splits(name, loaded):
    train, test = (
        {image.tobytes() for image in split.images.numpy()}
        for split in (loaded(name).train, loaded(name).test)
    )
    assert not train & test


@pytest.mark.parametrize("name", [n for n in NAMES if n not in ("mnist", "fashion_mnist")])
def test_the_same_seed_gives_the_same_data_in_another_size(name):
    first, second = (load(name, side=16, channels=1, seed=3) for _ in range(2))
    assert first.train.images.shape[1:] == (16, 16, 1)
    assert torch.equal(first.train.images, second.train.images)
    assert torch.equal(first.test.labels, second.test.labels)
    assert len(first.mean) == len(first.std) == 1
    coloured = load(name, side=24, channels=3, seed=3)
    assert coloured.test.images.shape[1:] == (24, 24, 3)
    assert len(coloured.mean) == 3


@pytest.mark.parametrize("name", ["digits", "shapes"])
def test_another_seed_gives_other_data(name):
    assert not torch.equal(load(name, seed=0).test.images, load(name, seed=1).test.images)


@pytest.mark.parametrize("kind, name", [("MNIST", "mnist"), ("FashionMNIST", "fashion_mnist")])
def test_mnist_is_what_torchvision_reads(kind, name, loaded, tmp_path, test_data):
    raw = tmp_path / kind / "raw"
    raw.mkdir(parents=True)
    for packed in (test_data / "torchvision" / kind / "raw").glob("t10k*"):
        (raw / packed.name).write_bytes(packed.read_bytes())
    from torchvision.datasets.utils import extract_archive

    for packed in list(raw.glob("*.gz")):
        extract_archive(str(packed), str(raw))
        (raw / packed.stem.replace("t10k", "train")).symlink_to(raw / packed.stem)
    expected = getattr(theirs, kind)(tmp_path, train=False)
    assert torch.equal(loaded(name).test.images[..., 0], expected.data)
    assert torch.equal(loaded(name).test.labels, expected.targets)


@pytest.mark.parametrize("kind, name", [("CIFAR10", "cifar10"), ("CIFAR100", "cifar100")])
@pytest.mark.parametrize("train", [True, False])
def test_cifar_is_what_torchvision_reads(kind, name, train, loaded, official_files):
    expected = getattr(theirs, kind)(official_files, train=train)
    split = loaded(name).train if train else loaded(name).test
    assert np.array_equal(split.images.numpy(), expected.data)
    assert split.labels.tolist() == expected.targets
    assert list(loaded(name).classes) == expected.classes


@pytest.mark.parametrize("train", [True, False])
def test_svhn_is_what_torchvision_reads(train, loaded, official_files):
    expected = theirs.SVHN(official_files, split="train" if train else "test")
    split = loaded("svhn").train if train else loaded("svhn").test
    assert np.array_equal(split.images.numpy(), expected.data.transpose(0, 2, 3, 1))
    assert np.array_equal(split.labels.numpy(), expected.labels)


def test_mnist_is_framed_in_black_to_lenets_field(loaded):
    framed = load("mnist", side=32).train.images
    assert torch.equal(framed[:, 2:30, 2:30], loaded("mnist").train.images)
    assert framed.sum() == loaded("mnist").train.images.sum()


def test_colours_become_their_luminance(loaded):
    grey = load("cifar10", channels=1).train.images[..., 0].double()
    expected = loaded("cifar10").train.images.double() @ torch.tensor(GREY, dtype=torch.float64)
    assert (grey - expected).abs().max() <= 0.501


def test_greys_are_repeated(loaded):
    coloured = load("digits", channels=3).train.images
    assert torch.equal(coloured, loaded("digits").train.images.expand(-1, -1, -1, 3))


@pytest.mark.parametrize("side", [16, 48])
def test_another_side_is_pillows_bilinear(side, loaded):
    from PIL import Image

    ours = load("cifar10", side=side).train.images[:10].numpy().astype(int)
    for image, resized in zip(loaded("cifar10").train.images[:10].numpy(), ours, strict=True):
        expected = Image.fromarray(image).resize((side, side), Image.Resampling.BILINEAR)
        assert np.abs(resized - np.asarray(expected).astype(int)).max() <= 2


@pytest.mark.parametrize("arguments, rule", [({"side": 7}, "from 8"), ({"channels": 2}, "1 or 3")])
@pytest.mark.parametrize("name", ["digits", "shapes", "cifar10"])
def test_sizes_that_no_network_takes_are_refused(name, arguments, rule):
    with pytest.raises(ValueError, match=rule):
        load(name, **arguments)


def test_what_would_not_fit_the_memory_is_refused_before_it_is_made():
    with pytest.raises(ValueError, match="GB of memory"):
        load("mnist", side=512)


@pytest.mark.parametrize("name", NAMES)
def test_progress_rises_to_one_and_can_end_the_work(name):
    told = []
    load(name, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1

    def end(share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(name, progress=end)


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(KeyError, match=r"nothing is no data set; known are digits, shapes, mnist"):
        dataset("nothing")
    with pytest.raises(ValueError, match=r"no file or folder at /no/where\.zip"):
        dataset("/no/where.zip")
