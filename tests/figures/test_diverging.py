"""The colours of signed values."""

import numpy as np

from cnnviz.figures.diverging import signed


def test_signed_colours_are_blue_white_and_red_and_symmetric_in_brightness():
    below, zero, above = signed(np.array([-1.0, 0.0, 1.0])).astype(int)
    assert below[2] > 2 * below[0]
    assert above[0] > 2 * above[2]
    assert zero.min() > 240
    ramp = signed(np.linspace(-1, 1, 41)).mean(axis=-1)
    assert (np.diff(ramp[:21]) > 0).all()
    assert (np.diff(ramp[20:]) < 0).all()
    assert signed(np.zeros((4, 5, 6))).shape == (4, 5, 6, 3)
    assert (signed(np.array([-7.0, 7.0])) == signed(np.array([-1.0, 1.0]))).all()
