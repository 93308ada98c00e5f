"""Adding and concatenating: the slide's numbers, refusals, and costs worked by hand."""

import pytest
import torch

from cnnviz.lab.design import cost
from cnnviz.lab.merging import (
    Settings,
    features,
    kept_energy,
    merged,
    merging_designs,
    sums_of_addition,
)
from cnnviz.lab.presets import MERGING


def both(first, second):
    return merged(features(first, "first"), features(second, "second"))


def test_the_slides_vectors_give_the_slides_numbers():
    preset = MERGING[0]
    pair = both(preset.first, preset.second)
    assert pair.added.flatten().tolist() == [5, 7, 9]
    assert pair.concatenated.flatten().tolist() == [1, 2, 3, 4, 5, 6]
    assert pair.added.shape == (3, 1, 1) and pair.concatenated.shape == (6, 1, 1)


def test_unequal_channels_are_concatenated_and_not_added():
    pair = both("1 2 3", "4 5")
    assert pair.added is None
    assert pair.refused == ("Addition must have as many channels on both sides; received 3 and 2.")
    assert pair.concatenated.flatten().tolist() == [1, 2, 3, 4, 5]


def test_a_single_channel_is_not_repeated_as_torch_would():
    pair = both("1 2; 3 4", "1 1; 1 1 | 2 2; 2 2")
    assert pair.added is None and pair.concatenated.shape == (3, 2, 2)


def test_unequal_sizes_are_refused_in_a_sentence():
    with pytest.raises(ValueError, match=r"rows and columns .*, 2 x 2; received 3 x 3\.$"):
        both("1 2; 3 4", "1 2 3; 4 5 6; 7 8 9")


def test_maps_are_added_place_by_place():
    pair = both("1 0; 2 1 | 0 3; 1 0", "2 2; 0 1 | -1 1; 1 4")
    assert pair.added.tolist() == [[[3, 2], [2, 2]], [[-1, 4], [2, 4]]]
    assert torch.equal(pair.concatenated[2:], pair.second)


@pytest.mark.parametrize("kernel_size", [1, 3])
def test_after_concatenation_a_convolution_costs_what_its_channels_say(kernel_size):
    settings = Settings(first=64, second=64, filters=32, kernel_size=kernel_size, side=14)
    after = [cost(design) for design in merging_designs(settings)]
    window = kernel_size**2
    assert [each.params for each in after] == [window * 64 * 32, window * 128 * 32]
    assert [each.macs for each in after] == [window * 64 * 32 * 196, window * 128 * 32 * 196]
    assert sums_of_addition(settings) == 64 * 14 * 14


def test_unequal_branches_leave_concatenation_alone():
    designs = merging_designs(Settings(first=64, second=16))
    assert [design.title for design in designs] == ["after concatenation"]
    assert cost(designs[0]).params == 9 * 80 * 64


def test_a_sum_keeps_nothing_where_both_cancel_and_doubles_where_they_agree():
    one = torch.tensor([[3.0, -1.0], [2.0, 4.0]])
    assert kept_energy(one, -one) == 0
    assert kept_energy(one, one) == 2
    assert kept_energy(torch.tensor([1.0, 0.0]), torch.tensor([0.0, 5.0])) == 1
    assert kept_energy(torch.zeros(2), torch.zeros(2)) == 0
