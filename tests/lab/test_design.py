"""Designs cost what the slides say, or what their own terms add up to."""

import pytest
import torch
from torch import nn

from cnnviz.lab.design import (
    Design,
    Inception,
    bottleneck,
    convolutions,
    cost,
    dense_connections,
    dense_inputs,
    depthwise_separable,
    linear_head,
    pooled_head,
)

PIXELS = 28 * 28


def of(make, *shape):
    return cost(Design("", make, shape))


def test_two_3x3_see_what_one_5x5_sees_for_18_instead_of_25():
    one = of(lambda: convolutions(64, [(5, 5)]), 64, 20, 20)
    two = of(lambda: convolutions(64, [(3, 3)] * 2), 64, 20, 20)
    assert (one.params, two.params) == (25 * 64**2, 18 * 64**2)
    assert one.receptive_field == two.receptive_field == 5
    assert (one.nonlinearities, two.nonlinearities) == (1, 2)


def test_three_3x3_see_what_one_7x7_sees_for_27_instead_of_49():
    one = of(lambda: convolutions(32, [(7, 7)]), 32, 20, 20)
    three = of(lambda: convolutions(32, [(3, 3)] * 3), 32, 20, 20)
    assert (one.params, three.params) == (49 * 32**2, 27 * 32**2)
    assert one.receptive_field == three.receptive_field == 7


def test_operations_on_a_5x5_image_are_the_slides():
    one = of(lambda: convolutions(1, [(5, 5)]), 1, 5, 5)
    two = of(lambda: convolutions(1, [(3, 3)] * 2), 1, 5, 5)
    assert (one.macs, one.additions) == (625, 600)
    assert (two.macs, two.additions) == (450, 400)


def test_a_bias_is_one_addition_for_each_output():
    biased = of(lambda: nn.Sequential(nn.Conv2d(1, 1, 3, padding=1), nn.ReLU()), 1, 5, 5)
    assert biased.additions == 25 * 8 + 25 and biased.params == 10


@pytest.mark.parametrize("n", [3, 5, 7])
def test_n_by_n_becomes_1_by_n_and_n_by_1(n):
    whole = of(lambda: convolutions(16, [(n, n)]), 16, 17, 17)
    parts = of(lambda: convolutions(16, [(1, n), (n, 1)]), 16, 17, 17)
    assert whole.params == n * n * 256 and parts.params == 2 * n * 256
    assert whole.receptive_field == parts.receptive_field == n


def test_the_naive_inception_module_has_854_million_and_672_maps():
    counts = of(lambda: Inception(256, (128, 192, 96)), 256, 28, 28)
    by_hand = PIXELS * 256 * (128 + 192 * 9 + 96 * 25)
    assert counts.macs == by_hand == 854_196_224
    assert counts.output_shape == (672, 28, 28)


def test_the_reduced_module_has_what_the_slides_terms_add_up_to():
    counts = of(lambda: Inception(256, (128, 192, 96), (64, 64, 64)), 256, 28, 28)
    ones = PIXELS * 256 * (64 + 64 + 128 + 64)
    three, five = PIXELS * 192 * 9 * 64, PIXELS * 96 * 25 * 64
    assert counts.macs == ones + three + five == 271_351_808
    # The slide's total is that with the 3x3 counted twice.
    assert round((counts.macs + three) / 1e6) == 358
    assert counts.output_shape == (128 + 192 + 96 + 64, 28, 28)


def test_a_bottleneck_costs_less_than_two_3x3_of_its_width():
    narrow = of(lambda: bottleneck(256, 64), 256, 14, 14)
    wide = of(lambda: convolutions(256, [(3, 3)] * 2), 256, 14, 14)
    assert narrow.params == 256 * 64 * 2 + 9 * 64**2 == 69_632
    assert wide.params == 2 * 9 * 256**2
    assert narrow.nonlinearities == 3 and narrow.receptive_field == 3


def test_a_depthwise_separable_convolution_has_k_squared_plus_c():
    counts = of(lambda: depthwise_separable(32, 3), 32, 14, 14)
    assert counts.params == 32 * (9 + 32)
    assert counts.receptive_field == 3


def test_a_linear_head_has_102_million_in_its_first_layer_alone():
    counts = of(lambda: linear_head(512, 7, 4096, 1000), 512, 7, 7)
    first, second, last = 25088 * 4096 + 4096, 4096 * 4096 + 4096, 4096 * 1000 + 1000
    assert counts.params == first + second + last
    pooled = of(lambda: pooled_head(512, 1000), 512, 7, 7)
    assert pooled.params == 512 * 1000 + 1000


def test_a_dense_block_reads_what_the_paper_says():
    assert [dense_inputs(64, 32, layer) for layer in (1, 2, 6)] == [64, 96, 224]
    assert dense_connections(5) == 15  # the paper's Figure 1


def test_a_design_computes_what_it_is_counted_for():
    module = Inception(8, (4, 6, 2), (3, 2, 5))
    assert module(torch.rand(1, 8, 6, 6)).shape == (1, 17, 6, 6)
    assert of(lambda: Inception(8, (4, 6, 2), (3, 2, 5)), 8, 6, 6).params == sum(
        parameter.numel() for parameter in module.parameters()
    )
    assert isinstance(module.branch3[0], nn.Conv2d)
