"""Values as colours, and over a photo."""

import numpy as np

from cnnviz.figures.colour_maps import coloured, overlay, signed


def test_the_colour_scale_is_viridis_from_dark_to_bright():
    colours = coloured(np.array([[0.0, 0.5, 1.0]]))
    assert colours.dtype == np.uint8
    assert colours[0].tolist() == [[68, 1, 84], [34, 144, 140], [253, 231, 37]]
    ramp = coloured(np.linspace(0, 1, 50)[None])[0] @ np.array([0.2126, 0.7152, 0.0722])
    assert (np.diff(ramp) > 0).all(), "brighter is more"


def test_an_overlay_is_a_mixture():
    photo = np.full((2, 2, 3), 200, np.uint8)
    values = np.array([[0, 1], [1, 0]], np.float32)
    assert overlay(photo, values, 0).tolist() == photo.tolist()
    assert overlay(photo, values, 1)[0].tolist() == [[200, 200, 200], [253, 231, 37]]
    assert overlay(photo, values, 0.5)[0].tolist() == [[200, 200, 200], [226, 216, 118]]


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
