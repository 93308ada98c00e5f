"""The weights by which a layer reads a source, as one image."""

import numpy as np

from cnnviz.figures.weight_slice import GAP, is_turned, weight_slice


def test_a_slice_of_kernels_has_gaps_between_them():
    weights = np.zeros((2, 3, 3, 3))
    weights[1, 2, 0, 1] = -4
    picture = weight_slice(weights)
    assert picture.shape == (2 * 4 - 1, 3 * 4 - 1, 3)
    assert (picture[3] == GAP).all()
    assert (picture[:, 7] == GAP).all()
    white = picture[0, 0]
    assert (white > 240).all()
    places = np.argwhere((picture != white).any(axis=2) & (picture != GAP).any(axis=2))
    assert places.tolist() == [[4, 9]]
    red, _, blue = picture[4, 9]
    assert blue > red  # below 0


def test_a_slice_is_not_higher_than_wide():
    assert weight_slice(np.ones((10, 4))).shape == (4, 10, 3)
    assert is_turned(np.ones((10, 4)))
    assert weight_slice(np.ones((4, 10, 1, 1))).shape == (4, 10, 3)
    assert not is_turned(np.ones((4, 10, 1, 1)))
