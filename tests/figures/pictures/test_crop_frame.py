"""The frame of a crop."""

import numpy as np

from cnnviz.figures.pictures.crop_frame import framed


def test_outside_is_dimmed_and_the_crop_is_as_it_was_within_its_line():
    picture = np.full((8, 8, 3), 100, np.uint8)
    shown = framed(picture, (2, 1), 4)[..., 0]
    assert shown[0, 0] == shown[7, 7] == 30
    assert (shown[2, 1:5] == 255).all() and (shown[2:6, 4] == 255).all()
    assert (shown[3:5, 2:4] == 100).all()
    assert (picture == 100).all()
