import numpy as np
import pytest

from cnnviz.figures.images.patches import PADDING, framed, patch


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
def test_a_patch_is_what_the_unit_sees_and_grey_beyond_the_image(first, last, size, grey):
    picture = np.random.default_rng(0).integers(0, 100, (6, 8, 3), np.uint8)
    cut = patch(picture, first, last)
    assert cut.shape == (*size, 3)
    assert (cut == PADDING).all(axis=2).sum() == grey
    row, column = max(first[0], 0), max(first[1], 0)
    down = row - first[0] if size[0] == last[0] - first[0] + 1 else 0
    across = column - first[1] if size[1] == last[1] - first[1] + 1 else 0
    np.testing.assert_array_equal(cut[down, across], picture[row, column])


def test_outside_is_dimmed_and_the_crop_is_as_it_was_within_its_line():
    picture = np.full((8, 8, 3), 100, np.uint8)
    shown = framed(picture, (2, 1), 4)[..., 0]
    assert shown[0, 0] == shown[7, 7] == 30
    assert (shown[2, 1:5] == 255).all() and (shown[2:6, 4] == 255).all()
    assert (shown[3:5, 2:4] == 100).all()
    assert (picture == 100).all()
