"""Ranks and passes: worked by hand, numpy's rank, and the same map both ways."""

import numpy as np
import pytest

from cnnviz.lab.grid import plane
from cnnviz.lab.separable import filtered_in_passes, separated, written_kernel
from cnnviz.vision.maps.filters import CLASSIC_FILTERS, filtered


def test_the_averaging_kernel_has_rank_one_and_needs_six_products_for_nine():
    factors = separated(np.full((3, 3), 1 / 9))
    assert factors.is_separable
    ((column, row),) = factors.passes
    np.testing.assert_allclose(row, [1, 1, 1])
    np.testing.assert_allclose(column, [1 / 9] * 3)
    assert (factors.products, factors.products_in_passes) == (9, 6)


def test_sobel_is_a_column_times_a_row_of_whole_numbers():
    ((column, row),) = separated(CLASSIC_FILTERS["sobel-vertical"].kernel).passes
    np.testing.assert_allclose(column, [1, 2, 1], atol=1e-6)
    np.testing.assert_allclose(row, [-1, 0, 1], atol=1e-6)


def test_ranks_by_hand():
    ranks = {name: separated(each.kernel).rank for name, each in CLASSIC_FILTERS.items()}
    # Laplace: rows 0 1 0 and 1 -4 1; sharpen the same with other signs; the diagonal has full rank.
    assert ranks["laplace"] == ranks["sharpen"] == 2
    assert ranks["gauss"] == ranks["box"] == ranks["identity"] == ranks["ripples"] == 1
    assert ranks["motion"] == 5
    # sin(y + x) = sin y cos x + cos y sin x: two products.
    assert ranks["gabor"] == 2
    assert separated(np.zeros((3, 3))).rank == 0
    for name, each in CLASSIC_FILTERS.items():
        assert ranks[name] == np.linalg.matrix_rank(each.kernel, tol=1e-5), name


@pytest.mark.parametrize("name", CLASSIC_FILTERS)
def test_passes_add_up_to_the_kernel_and_give_the_same_map(name):
    kernel = CLASSIC_FILTERS[name].kernel
    parts = separated(kernel)
    total = sum(np.outer(column, row) for column, row in parts.passes)
    np.testing.assert_allclose(total, kernel, atol=1e-6)
    photo = np.random.default_rng(0).random((14, 11), np.float32)
    np.testing.assert_allclose(filtered_in_passes(photo, parts), filtered(photo, kernel), atol=1e-5)


def test_two_passes_over_written_numbers_by_hand():
    picture = plane("0 0 0; 0 10 10; 0 10 10", "picture").numpy()
    factors = separated(CLASSIC_FILTERS["sobel-vertical"].kernel)
    ((column, row),) = factors.passes
    # Down by 1 2 1, the border repeated: 10 at the top, 30 in the middle, 40 below.
    after = filtered(picture, column[:, None])
    np.testing.assert_allclose(after, [[0, 10, 10], [0, 30, 30], [0, 40, 40]], atol=1e-4)
    # Across by -1 0 1: the right neighbour minus the left one.
    by_hand = [[10, 10, 0], [30, 30, 0], [40, 40, 0]]
    np.testing.assert_allclose(filtered(after, row[None]), by_hand, atol=1e-4)
    np.testing.assert_allclose(filtered_in_passes(picture, factors), by_hand, atol=1e-4)
    np.testing.assert_allclose(filtered(picture, factors.kernel), by_hand, atol=1e-4)


def test_a_written_image_has_one_channel():
    with pytest.raises(ValueError, match=r"picture must have one channel; received 2\.$"):
        plane("1 | 2", "picture")


def test_a_written_kernel_that_does_not_fit_is_reported():
    assert written_kernel("1 2 3").shape == (1, 3)
    with pytest.raises(ValueError, match=r"kernel must have odd sides; received 2 x 2\.$"):
        written_kernel("1 2; 3 4")
    with pytest.raises(ValueError, match=r"kernel must have one channel; received 2\.$"):
        written_kernel("1 | 2")
