"""Sliding kernels: torch's own layers agree; the slides' numbers come out."""

import itertools

import pytest
import torch
from torch.nn import functional

from cnnviz.lab.grid import grid
from cnnviz.lab.presets import SLIDING
from cnnviz.lab.sliding import Settings, slide, written_size

PRESETS = {each.title: each for each in SLIDING}


def shown(title):
    preset = PRESETS[title]
    weight = torch.stack([grid(part) for part in preset.kernel.split("/")])
    if preset.settings.get("transposed"):
        weight = weight.transpose(0, 1)
    settings = Settings().with_text(preset.settings)
    return slide(grid(preset.grid), weight, settings, groups=preset.groups)


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", ["0", "2", "same"])
@pytest.mark.parametrize("mode", ["zero", "reflect", "replicate"])
@pytest.mark.parametrize(
    ("channels", "filters", "groups"), [(1, 1, 1), (3, 2, 1), (4, 4, 2), (3, 3, 3)]
)
def test_a_convolution_equals_torchs(stride, padding, mode, channels, filters, groups):
    if padding == "same" and stride > 1:
        with pytest.raises(ValueError, match="padding must be a number"):
            Settings(stride=stride, padding=padding)
        return
    for kernel, dilation in itertools.product((1, 2, 3), (1, 2)):
        torch.manual_seed(kernel)
        layer = torch.nn.Conv2d(
            *(channels, filters, kernel, stride),
            padding if padding == "same" else int(padding),
            dilation=dilation,
            groups=groups,
            padding_mode="zeros" if mode == "zero" else mode,
        )
        image = torch.randn(channels, 8, 7)
        settings = Settings(stride, padding, mode, dilation)
        with torch.no_grad():
            sliding = slide(image, layer.weight, settings, layer.bias, groups)
            torch.testing.assert_close(sliding.output, layer(image[None])[0])
        assert sliding.terms == channels // groups * kernel**2
        for axis in (0, 1):
            assert f"{sliding.output.shape[1 + axis]}" in written_size(sliding, axis)


@pytest.mark.parametrize(("channels", "filters", "groups"), [(1, 1, 1), (3, 2, 1), (4, 6, 2)])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize(("padding", "dilation"), [(0, 1), (1, 1), (2, 2)])
def test_a_transposed_convolution_equals_torchs(
    channels, filters, groups, stride, padding, dilation
):
    torch.manual_seed(0)
    layer = torch.nn.ConvTranspose2d(
        channels, filters, 3, stride, padding, groups=groups, dilation=dilation
    )
    image = torch.randn(channels, 4, 3)
    settings = Settings(stride, str(padding), dilation=dilation, transposed=True)
    with torch.no_grad():
        sliding = slide(image, layer.weight, settings, layer.bias, groups)
        torch.testing.assert_close(sliding.output, layer(image[None])[0])
    for axis in (0, 1):
        assert written_size(sliding, axis).endswith(f"= {sliding.output.shape[1 + axis]}")


def test_the_slides_first_sum_is_six():
    sliding = shown("Edges by numbers")
    assert sliding.products[0, 0, 0, 0].T.flatten().tolist() == [7, 4, 3, 0, 0, 0, -3, -3, -2]
    # Worked by hand, row by row.
    assert sliding.output.tolist() == [[[6, -9, -8], [-3, -2, -3], [-3, 0, -2]]]
    assert written_size(sliding) == "(5 + 2 x 0 - 3) / 1 + 1 = 3"


def test_ones_and_zeros_give_four():
    assert shown("Ones and zeros").output.tolist() == [[[4, 3, 4], [2, 4, 3], [2, 3, 4]]]


def test_padding_two_makes_seven_eleven():
    sliding = shown("Padding 2")
    assert sliding.read.shape == (1, 11, 11)
    assert sliding.read[0, 2:9, 2:9].tolist() == sliding.image[0].tolist()
    assert sliding.read.sum() == sliding.image.sum()
    assert sliding.before == (2, 2)
    assert written_size(sliding) == "(7 + 2 x 2 - 3) / 1 + 1 = 9"


def test_thirty_two_pixels_and_a_filter_of_five_give_twenty_eight():
    sliding = slide(torch.rand(3, 32, 32), torch.rand(6, 3, 5, 5))
    assert written_size(sliding) == "(32 + 2 x 0 - 5) / 1 + 1 = 28"
    assert sliding.output.shape == (6, 28, 28)
    assert sliding.terms == 75


def test_what_does_not_fit_is_rounded_down_and_said():
    sliding = shown("Stride 3 does not fit")
    assert sliding.unread == (2, 2)
    assert written_size(sliding) == (
        "(5 + 2 x 0 - 3) / 3 + 1 = 1.67, rounded down to 1: the last 2 rows are never read"
    )
    one = slide(torch.rand(1, 4, 6), torch.rand(1, 1, 3, 3), Settings(stride=2))
    assert written_size(one, 1).endswith("= 2.50, rounded down to 2: the last column is never read")
    assert shown("Stride 2").unread == (0, 0)


def test_padding_that_keeps_the_size_does():
    sliding = shown("Padding that keeps the size")
    assert sliding.output.shape == sliding.image.shape
    assert sliding.output[0, 0, 0] == pytest.approx((6 + 3 + 4 + 7) * 0.111)


def test_a_dilated_kernel_of_nine_weights_spans_five():
    sliding = shown("Dilation 2")
    assert sliding.extent == (5, 5) and sliding.terms == 9
    assert sliding.output[0, 0, 0] == 6 + 7 + 5 - (5 + 4 + 5)


def test_filters_stack_and_depthwise_filters_read_one_channel():
    stacked = shown("Three channels, two filters")
    assert stacked.output.shape == (2, 3, 3) and stacked.terms == 12
    first = (1 + 1) + (1 + 2) + (2 + 0)
    assert stacked.output[0, 0, 0] == first
    apart = shown("Depthwise")
    assert apart.output.shape == (3, 3, 3) and apart.terms == 4
    assert apart.output[:, 0, 0].tolist() == [1 + 1, 1 + 2, 2 + 0]


def test_a_transposed_convolution_is_larger_than_its_input():
    sliding = shown("Transposed")
    assert sliding.output.shape == (1, 3, 3)
    expected = functional.conv_transpose2d(
        sliding.image[None], grid(PRESETS["Transposed"].kernel)[None], stride=2, padding=1
    )
    assert torch.equal(sliding.output, expected[0])
    assert written_size(sliding) == "(2 - 1) x 2 - 2 x 1 + 3 = 3"


@pytest.mark.parametrize(
    ("image", "weight", "settings", "groups", "sentence"),
    [
        ((1, 2, 2), (1, 1, 3, 3), {}, 1, "spans 3 x 3 and must not be larger"),
        ((1, 4, 4), (1, 1, 3, 3), {"dilation": 2}, 1, "spans 5 x 5 and must not be larger"),
        ((2, 4, 4), (1, 1, 3, 3), {}, 1, "must have 2 channels, as the input; received 1"),
        ((3, 4, 4), (2, 1, 3, 3), {}, 2, "groups must divide 3 channels and 2 filters"),
        (
            *((1, 2, 2), (1, 1, 3, 3)),
            *({"padding": "2", "padding_mode": "reflect"}, 1, "padding must be below"),
        ),
        (
            *((1, 2, 2), (1, 1, 2, 2)),
            *({"padding": "3", "transposed": True}, 1, "must be at most dilation x"),
        ),
    ],
)
def test_images_and_kernels_that_do_not_fit_are_refused(image, weight, settings, groups, sentence):
    with pytest.raises(ValueError, match=sentence) as told:
        slide(torch.rand(image), torch.rand(weight), Settings(**settings), groups=groups)
    assert str(told.value).endswith(".")


@pytest.mark.parametrize("title", PRESETS)
def test_every_preset_can_be_shown(title):
    assert torch.isfinite(shown(title).output).all()
