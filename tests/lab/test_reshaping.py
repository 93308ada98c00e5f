import pytest
import torch
from PIL import Image

from cnnviz.lab.grid import grid
from cnnviz.lab.reshaping import resized_kernel, small_photo, with_channels

EDGE = grid("1 0 -1; 1 0 -1; 1 0 -1")[None]


def test_a_larger_kernel_has_zeros_around_and_a_smaller_one_its_middle():
    larger = resized_kernel(EDGE, 1, 1, 5)
    assert larger.shape == (1, 1, 5, 5)
    assert torch.equal(larger[:, :, 1:4, 1:4], EDGE)
    assert larger.abs().sum() == EDGE.abs().sum()
    assert resized_kernel(grid("1 2 3; 4 5 6; 7 8 9")[None], 1, 1, 1).tolist() == [[[[5.0]]]]
    assert torch.equal(resized_kernel(larger, 1, 1, 3), EDGE)


def test_an_even_side_is_filled_behind():
    assert resized_kernel(grid("7")[None], 1, 1, 2)[0].tolist() == [[[7.0, 0.0], [0.0, 0.0]]]


def test_a_second_filter_is_turned_and_finds_the_other_edges():
    two = resized_kernel(EDGE, 2, 1, 3)
    assert torch.equal(two[0], EDGE[0])
    assert two[1].tolist() == [[[-1.0, -1.0, -1.0], [0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]]
    five = resized_kernel(two, 5, 1, 3)
    assert torch.equal(five[2], two[0].rot90(1, (1, 2)))
    assert torch.equal(five[4], five[2].rot90(1, (1, 2)))
    assert torch.equal(resized_kernel(five, 2, 1, 3), two)


def test_new_channels_repeat_the_last_one():
    assert torch.equal(resized_kernel(EDGE, 1, 3, 3)[0, 2], EDGE[0, 0])
    one = grid("1 2; 3 4 | 5 6; 7 8")
    assert with_channels(one, 3).tolist() == [*one.tolist(), one.tolist()[1]]
    assert torch.equal(with_channels(one, 1), one[:1])


def test_the_middle_square_is_kept():
    image = Image.new("RGB", (90, 60), "blue")
    image.paste("red", (15, 0, 75, 60))
    small = small_photo(image, 3)
    assert small.shape == (3, 32, 32)
    assert small[:, 16, 16].tolist() == small[:, 0, 0].tolist() == [255, 0, 0]
    assert torch.equal(small_photo(image), torch.full((1, 32, 32), 76.0))


def test_other_channels_are_refused():
    with pytest.raises(ValueError, match="channels must be 1 or 3; received 2"):
        small_photo(Image.new("RGB", (4, 4)), 2)
