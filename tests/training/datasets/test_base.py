"""What a data set is."""

import torch

from cnnviz.training.datasets.base import Split


def test_a_part_of_the_images_has_as_many_of_each_class():
    labels = torch.tensor([0] * 50 + [1] * 30 + [2] * 3)
    split = Split(torch.zeros(83, 1, 1, 1, dtype=torch.uint8), labels)
    positions = split.even_positions(33)
    assert labels[positions].bincount().tolist() == [15, 15, 3]
    assert torch.equal(positions, positions.sort().values)
    assert torch.equal(positions, split.even_positions(33))
    assert len(split.even_positions(1000)) == 83
