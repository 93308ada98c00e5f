import pytest
import torch

from cnnviz.training.datasets import load
from cnnviz.training.datasets.look import class_balance, mixed_samples, samples


@pytest.fixture(scope="module")
def data():
    return load("digits")


def test_the_balance_counts_both_splits(data):
    counts = class_balance(data)
    assert [each.name for each in counts] == list(data.classes)
    assert sum(each.train for each in counts) == len(data.train)
    assert counts[3].test == int((data.test.labels == 3).sum())


def test_samples_are_training_images_of_the_class(data):
    of_class = data.train.images[data.train.labels == 7]
    images = samples(data, 7, seed=2, most=5)
    assert len(images) == 5
    assert all((of_class == image).flatten(1).all(dim=1).any() for image in images)
    assert torch.equal(images, samples(data, 7, seed=2, most=5))
    assert not torch.equal(images, samples(data, 7, seed=3, most=5))
    assert len(samples(data, 7, most=10_000)) == len(of_class)


def test_mixed_samples_are_of_many_classes(data):
    assert mixed_samples(data, most=8).shape == (8, 8, 8, 1)
    few = data.with_train((data.train.labels < 2).nonzero().flatten())
    assert len(mixed_samples(few, most=20)) <= 20
