import math

import pytest
import torch

from cnnviz.training.datasets.shapes import CLASSES, SIZES, shapes


def test_as_many_of_each_class_with_masks():
    drawn = shapes(200, 32)
    assert torch.bincount(drawn.labels).tolist() == [50] * len(CLASSES)
    assert drawn.masks.shape == (200, 32, 32)
    assert drawn.masks.dtype == torch.bool


def test_the_area_does_not_tell_the_class():
    drawn = shapes(800, 64)
    areas = drawn.masks.float().mean(dim=(1, 2))
    low, high = SIZES
    expected = math.pi * (high**3 - low**3) / (3 * (high - low))  # mean of pi r^2
    for label in range(len(CLASSES)):
        assert areas[drawn.labels == label].mean() == pytest.approx(expected, rel=0.1)


def test_the_colour_does_not_tell_the_class():
    drawn = shapes(2000, 16)
    means = [drawn.images[drawn.labels == k].float().mean(dim=(0, 1, 2)) for k in range(4)]
    assert max((a - b).abs().max() for a in means for b in means) < 12


@pytest.mark.parametrize("label, fill", [(0, math.pi / 4), (1, None), (2, None), (3, None)])
def test_an_objects_mask_is_whole_and_filled(label, fill):
    """No mask touches the border, and a circle fills pi / 4 of its box."""
    drawn = shapes(80, 96)
    masks = drawn.masks[drawn.labels == label]
    for mask in masks:
        rows, columns = mask.any(dim=1).nonzero(), mask.any(dim=0).nonzero()
        height = rows.max() - rows.min() + 1
        width = columns.max() - columns.min() + 1
        if fill:
            assert mask.sum() / (height * width) == pytest.approx(fill, rel=0.1)
            assert abs(height - width) <= 1
        centre = mask[int(rows.float().mean()), int(columns.float().mean())]
        assert centre or label == 3


def test_the_mask_is_where_the_colour_changes():
    """Inside and outside of it, the pictures of plain surfaces have another colour."""
    drawn = shapes(400, 32, seed=1)
    inside = drawn.masks.unsqueeze(3)
    pixels = drawn.images.float() / 255
    mean_in = (pixels * inside).sum((1, 2)) / inside.sum((1, 2))
    mean_out = (pixels * ~inside).sum((1, 2)) / (~inside).sum((1, 2))
    assert ((mean_in - mean_out).abs().max(dim=1).values > 0.1).float().mean() > 0.95


def test_the_same_seed_draws_the_same_scenes_at_every_side():
    small, large = shapes(40, 32, seed=5), shapes(40, 128, seed=5)
    assert torch.equal(small.labels, large.labels)
    reduced = large.masks.view(40, 32, 4, 32, 4).float().mean(dim=(2, 4))
    assert ((reduced > 0.5) != small.masks).float().mean() < 0.01


def test_shapes_of_each_side_in_colour_and_grey():
    for side in (8, 33, 512):
        assert shapes(4, side, channels=1).images.shape == (4, side, side, 1)
    with pytest.raises(ValueError, match="side must be from 8 to 512"):
        shapes(4, 513)
