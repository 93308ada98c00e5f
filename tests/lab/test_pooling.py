"""Pooling: torch's own functions agree; the slides' numbers come out."""

import pytest
import torch
from torch.nn import functional

from cnnviz.lab.grid import grid
from cnnviz.lab.pooling import Settings, pooled
from cnnviz.lab.presets import POOLING

PRESETS = {each.title: each for each in POOLING}


def shown(title):
    preset = PRESETS[title]
    return pooled(grid(preset.grid), Settings().with_text(preset.settings)).output[0].tolist()


def test_the_slides_numbers_come_out():
    assert shown("Max pooling of the slide") == [[5, 6], [4, 6]]
    means = shown("Average pooling of the slide")
    # Worked by hand: the sums of the four windows of 3 x 3.
    assert means == [pytest.approx([18 / 9, 27 / 9]), pytest.approx([18 / 9, 27 / 9])]
    assert shown("Halving") == [[3, 6], [4, 5]]
    assert shown("Global max pooling") == [[6]]
    assert shown("Global average pooling") == [[pytest.approx((10 + 12 + 8 + 11) / 16)]]


@pytest.mark.parametrize("kind", ["max", "average"])
@pytest.mark.parametrize("size", [2, 3, 5])
@pytest.mark.parametrize("stride", [1, 2, 4])
def test_pooling_equals_torchs(kind, size, stride):
    image = torch.randn(2, 9, 8)
    pooling = pooled(image, Settings(kind, size, stride))
    layer = functional.max_pool2d if kind == "max" else functional.avg_pool2d
    torch.testing.assert_close(pooling.output, layer(image[None], size, stride)[0])


def test_a_window_larger_than_the_grid_is_reported():
    with pytest.raises(ValueError, match=r"size must be at most .*, 2; received 3\.$"):
        pooled(torch.rand(1, 2, 5), Settings(size=3))
