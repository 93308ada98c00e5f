import numpy as np
import pytest

from cnnviz.figures.pictures.picture_grid import GAP, picture_grid


@pytest.mark.parametrize("channels", [1, 3])
def test_every_pixel_is_a_square_and_gaps_are_transparent(channels):
    pictures = np.random.default_rng(0).integers(0, 256, (5, 8, 8, channels), dtype=np.uint8)
    grid = np.asarray(picture_grid(pictures, across=3, least_side=30))
    side = 32  # 4 times 8
    assert grid.shape == (2 * side + GAP, 3 * side + 2 * GAP, 4)
    second = grid[:side, side + GAP : 2 * side + GAP]
    expected = np.broadcast_to(pictures[1], (8, 8, 3)).repeat(4, axis=0).repeat(4, axis=1)
    assert np.array_equal(second[..., :3], expected)
    assert (second[..., 3] == 255).all()
    assert (grid[:, side : side + GAP, 3] == 0).all()
    assert (grid[side + GAP :, 2 * (side + GAP) :, 3] == 0).all()  # there is no sixth
