"""Collections: the sample photos, and even samples of many pictures."""

from collections import Counter

import torch
from PIL import Image

from cnnviz.images import Collection, Picture, even_sample, sample_collection
from cnnviz.images.collection import even_positions


def test_the_sample_photos_can_all_be_opened():
    samples = sample_collection()
    assert len(samples) == 11
    assert all(samples.open(i).mode == "RGB" for i in range(len(samples)))


def collection_of(labels: list[str]) -> Collection:
    pictures = tuple(Picture(str(i), label) for i, label in enumerate(labels))
    return Collection("key", "title", pictures, lambda i: Image.new("RGB", (1, 1)))


def test_a_sample_is_even_over_the_classes():
    collection = collection_of(["a"] * 1000 + ["b"] * 50 + ["c"] * 3)
    taken = even_sample(collection, 63)
    assert len(set(taken)) == 63
    assert list(taken) == sorted(taken)
    counts = Counter(collection.images[i].label for i in taken)
    assert counts == {"a": 30, "b": 30, "c": 3}
    assert taken == even_sample(collection, 63)
    assert taken != even_sample(collection, 63, seed=1)
    assert even_sample(collection, 2000) == tuple(range(1053))


def test_fewer_than_there_are_classes():
    taken = even_sample(collection_of([str(i // 10) for i in range(1000)]), 30)
    assert len({i // 10 for i in taken}) == 30


def test_a_part_of_the_images_has_as_many_of_each_class():
    labels = torch.tensor([0] * 50 + [1] * 30 + [2] * 3)
    positions = even_positions(labels, 33)
    assert labels[positions].bincount().tolist() == [15, 15, 3]
    assert torch.equal(positions, positions.sort().values)
    assert torch.equal(positions, even_positions(labels, 33))
    assert len(even_positions(labels, 1000)) == 83
