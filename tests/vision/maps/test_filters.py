"""Filters as arrays and pictures, and filtering against scipy and by hand."""

import numpy as np
import pytest
import torch
from scipy import ndimage

from cnnviz.architectures import build
from cnnviz.vision.capture import Place, activation
from cnnviz.vision.maps.filters import (
    CLASSIC_FILTERS,
    filtered,
    filters_of,
    rgb_images,
    signed_images,
    strongest_slices,
)


def test_the_filters_of_a_convolution_are_its_weights():
    network = build("alexnet", hidden_units=256).requires_grad_(False)
    assert filters_of(network, "stem.conv1").shape == (96, 3, 11, 11)
    grouped = filters_of(network, "stages.0.conv2")
    assert grouped.shape == (256, 48, 5, 5)
    np.testing.assert_array_equal(grouped, network.stages[0].conv2.weight.numpy())


@pytest.mark.parametrize("groups", [1, 2])
def test_a_filter_of_a_transposed_convolution_is_what_makes_its_map(groups):
    layer = torch.nn.ConvTranspose2d(4, 6, 3, groups=groups, bias=False).requires_grad_(False)
    filters = filters_of(torch.nn.Sequential(layer), "0")
    assert filters.shape == (6, 4 // groups, 3, 3)
    for group in range(groups):  # a single pixel of a channel becomes its slice of the filter
        pixel = torch.zeros(1, 4, 1, 1)
        pixel[0, group * 4 // groups + 1] = 1
        for k in range(group * 6 // groups, (group + 1) * 6 // groups):
            np.testing.assert_array_equal(layer(pixel)[0, k].numpy(), filters[k, 1])


def test_the_table_of_lenet_has_zeros_where_nothing_is_connected():
    network = build("lenet5").requires_grad_(False)
    filters = filters_of(network, "stages.1.c3")
    assert filters.shape == (16, 6, 5, 5)
    connected = np.abs(filters).sum(axis=(2, 3)) > 0
    assert connected.sum() == 60
    assert connected[0].tolist() == [True] * 3 + [False] * 3
    assert connected[15].all()
    x = torch.rand(1, 6, 14, 14, generator=torch.Generator().manual_seed(0))
    whole = torch.nn.functional.conv2d(x, torch.from_numpy(filters), network.stages[1].c3.bias)
    torch.testing.assert_close(network.stages[1].c3(x), whole)


def test_what_is_no_convolution_is_refused():
    network = build("resnet20_cifar")
    with pytest.raises(ValueError, match=r"must be a convolution; received stem\.relu"):
        filters_of(network, "stem.relu")
    with pytest.raises(KeyError, match=r"stem\.nothing is no layer"):
        filters_of(network, "stem.nothing")


def test_rgb_images_have_0_in_the_middle_and_the_largest_weight_at_the_end():
    filters = np.zeros((3, 3, 2, 2), np.float32)
    filters[0, 0, 0, 1] = -4
    filters[0, 2, 1, 0] = 2
    filters[1, 1, 0, 0] = 0.5
    each = rgb_images(filters)
    assert (each.shape, each.dtype) == ((3, 2, 2, 3), np.uint8)
    assert each[0, 0, 1].tolist() == [0, 128, 128]
    assert each[0, 1, 0].tolist() == [128, 128, 191]
    assert each[1, 0, 0].tolist() == [128, 255, 128]
    assert (each[2] == 128).all()
    assert rgb_images(filters, together=True)[1, 0, 0].tolist() == [128, 143, 128]


def test_signed_images_of_a_grey_image():
    filters = np.array([[[[1, -2]]], [[[0.5, 0]]]], np.float32)
    np.testing.assert_allclose(signed_images(filters), [[[0.5, -1]], [[1, 0]]])
    np.testing.assert_allclose(signed_images(filters, True), [[[0.5, -1]], [[0.25, 0]]])


def test_the_strongest_slices_come_first():
    weights = np.zeros((5, 1, 2), np.float32)
    weights[:, 0] = [[1, 0], [-3, 1], [0, 0], [2, 2.5], [0, -1]]
    slices = strongest_slices(weights, 3)
    assert slices.channels.tolist() == [3, 1, 0]
    assert slices.count == 5
    assert slices.largest == 3
    np.testing.assert_allclose(slices.values[1, 0], [-1, 1 / 3])
    np.testing.assert_allclose(slices.shares, np.array([4.5, 4, 1]) / 10.5)
    assert not strongest_slices(np.zeros((2, 3, 3), np.float32)).values.any()


def test_the_number_that_the_course_works_by_hand():
    """7 + 4 + 3 + 0 + 0 + 0 - 3 - 3 - 2 = 6."""
    patch = np.array([[7, 2, 3], [4, 5, 3], [3, 3, 2]], np.float32)
    kernel = CLASSIC_FILTERS["prewitt-vertical"].kernel
    assert kernel.tolist() == [[1, 0, -1]] * 3
    assert filtered(patch, kernel)[1, 1] == 6


@pytest.mark.parametrize("name", CLASSIC_FILTERS)
def test_filtering_is_cross_correlation(name):
    photo = np.random.default_rng(0).random((13, 9), np.float32)
    kernel = CLASSIC_FILTERS[name].kernel
    expected = ndimage.correlate(photo, kernel, mode="nearest")
    filtered_photo = filtered(photo, kernel)
    assert (filtered_photo.shape, filtered_photo.dtype) == (photo.shape, np.float32)
    np.testing.assert_allclose(filtered_photo, expected, atol=1e-5)


def test_a_classic_filter_in_a_network_makes_the_same_map():
    """Filtering is convolution: put into a convolution's weights, it gives the same inside."""
    network = build("resnet20_cifar", in_channels=1).requires_grad_(False)
    kernel = CLASSIC_FILTERS["emboss"].kernel
    network.stem.conv.weight[4, 0] = torch.from_numpy(kernel)
    photo = np.random.default_rng(1).random((32, 32), np.float32)
    made = activation(network, Place("stem.conv"), torch.from_numpy(photo)[None, None])[0, 4]
    np.testing.assert_allclose(made[1:-1, 1:-1], filtered(photo, kernel)[1:-1, 1:-1], atol=1e-5)


def test_blurs_keep_the_mean_and_edges_vanish_where_the_photo_is_even():
    even = np.full((8, 8), 0.3, np.float32)
    for classic in CLASSIC_FILTERS.values():
        np.testing.assert_allclose(
            filtered(even, classic.kernel), 0 if classic.finds_changes else 0.3, atol=1e-6
        )
    steps = np.repeat(np.array([[0.0, 1.0]]), 4, axis=1) * np.ones((8, 1))
    assert filtered(steps, CLASSIC_FILTERS["sobel-vertical"].kernel).max() == 4
    assert not filtered(steps, CLASSIC_FILTERS["sobel-horizontal"].kernel).any()


def test_the_stripes_of_the_gabor_filter_are_a_wave_under_a_bell():
    kernel = CLASSIC_FILTERS["gabor"].kernel
    rows, columns = np.mgrid[-3:4, -3:4]
    wave = np.sin(2 * np.pi * (rows + columns) / 6)
    bell = np.exp(-(rows**2 + columns**2) / (2 * 1.5**2))
    # Each of its factors is rounded to tenths; both are at most 1.
    np.testing.assert_allclose(kernel, wave * bell, atol=0.11)
    # By hand, at (1, 0): sin(60 degrees) x exp(-1 / 4.5) = 0.693, rounded 0.7, times 1.
    assert kernel[4, 3] == pytest.approx(0.7) and kernel[3, 3] == 0
    rising = np.sin(2 * np.pi * np.add(*np.mgrid[:24, :24]) / 6)
    falling = rising[:, ::-1]
    assert (
        np.abs(filtered(rising, kernel)).max()
        > 10 * np.abs(filtered(falling, kernel)[4:-4, 4:-4]).max()
    )


def test_an_even_kernel_has_no_middle():
    with pytest.raises(ValueError, match="odd sides; received 2 x 3"):
        filtered(np.zeros((5, 5)), np.zeros((2, 3)))
