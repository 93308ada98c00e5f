import numpy as np
import pytest

from cnnviz.figures.images.grid import (
    GAP,
    GREY,
    columns,
    image_grid,
    is_turned,
    tiled,
    weight_slice,
)


@pytest.mark.parametrize("channels", [1, 3])
def test_every_pixel_is_a_square_and_gaps_are_transparent(channels):
    pictures = np.random.default_rng(0).integers(0, 256, (5, 8, 8, channels), dtype=np.uint8)
    grid = np.asarray(image_grid(pictures, across=3, least_side=30))
    side = 32  # 4 times 8
    assert grid.shape == (2 * side + GAP, 3 * side + 2 * GAP, 4)
    second = grid[:side, side + GAP : 2 * side + GAP]
    expected = np.broadcast_to(pictures[1], (8, 8, 3)).repeat(4, axis=0).repeat(4, axis=1)
    assert np.array_equal(second[..., :3], expected)
    assert (second[..., 3] == 255).all()
    assert (grid[:, side : side + GAP, 3] == 0).all()
    assert (grid[side + GAP :, 2 * (side + GAP) :, 3] == 0).all()  # there is no sixth


def test_a_slice_of_kernels_has_gaps_between_them():
    weights = np.zeros((2, 3, 3, 3))
    weights[1, 2, 0, 1] = -4
    picture = weight_slice(weights)
    assert picture.shape == (2 * 4 - 1, 3 * 4 - 1, 3)
    assert (picture[3] == GREY).all()
    assert (picture[:, 7] == GREY).all()
    white = picture[0, 0]
    assert (white > 240).all()
    places = np.argwhere((picture != white).any(axis=2) & (picture != GREY).any(axis=2))
    assert places.tolist() == [[4, 9]]
    red, _, blue = picture[4, 9]
    assert blue > red  # below 0


def test_a_slice_is_not_higher_than_wide():
    assert weight_slice(np.ones((10, 4))).shape == (4, 10, 3)
    assert is_turned(np.ones((10, 4)))
    assert weight_slice(np.ones((4, 10, 1, 1))).shape == (4, 10, 3)
    assert not is_turned(np.ones((4, 10, 1, 1)))


@pytest.mark.parametrize("count", [1, 2, 5, 9, 10])
def test_each_thumbnail_has_its_place_in_the_grid(count):
    tiles = np.arange(1, count + 1, dtype=np.uint8)[:, None, None, None] * np.ones(
        (1, 4, 4, 3), np.uint8
    )
    across = columns(count)
    picture = tiled(tiles, across)
    assert picture.shape[1] == 4 * across
    for index in range(count):
        row, column = divmod(index, across)
        corner = picture[4 * row : 4 * row + 4, 4 * column : 4 * column + 4]
        assert (corner == index + 1).all()
