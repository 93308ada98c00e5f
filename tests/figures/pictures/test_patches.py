import numpy as np
import pytest

from cnnviz.figures.pictures.patches import PADDING, patch


@pytest.mark.parametrize(
    ("first", "last", "size", "grey"),
    [
        ((2, 3), (4, 7), (3, 5), 0),
        ((-2, 4), (1, 7), (4, 4), 8),
        ((4, 6), (7, 11), (4, 6), 20),
        ((0, 0), (5, 7), (6, 8), 0),
        ((-9, -9), (20, 20), (6, 8), 0),  # larger than the picture: all of it
        ((-3, 2), (9, 3), (6, 2), 0),  # higher than the picture, but not as wide
    ],
)
def test_a_patch_is_what_the_unit_sees_and_grey_beyond_the_picture(first, last, size, grey):
    picture = np.random.default_rng(0).integers(0, 100, (6, 8, 3), np.uint8)
    found = patch(picture, first, last)
    assert found.shape == (*size, 3)
    assert (found == PADDING).all(axis=2).sum() == grey
    row, column = max(first[0], 0), max(first[1], 0)
    down = row - first[0] if size[0] == last[0] - first[0] + 1 else 0
    across = column - first[1] if size[1] == last[1] - first[1] + 1 else 0
    np.testing.assert_array_equal(found[down, across], picture[row, column])
