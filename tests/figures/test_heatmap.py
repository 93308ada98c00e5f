"""Maps in [0, 1] as colours, and over a photo."""

import numpy as np

from cnnviz.figures import heatmap


def test_the_colour_scale_is_viridis_from_dark_to_bright():
    colours = heatmap.coloured(np.array([[0.0, 0.5, 1.0]]))
    assert colours.dtype == np.uint8
    assert colours[0].tolist() == [[68, 1, 84], [34, 144, 140], [253, 231, 37]]
    ramp = heatmap.coloured(np.linspace(0, 1, 50)[None])[0] @ np.array([0.2126, 0.7152, 0.0722])
    assert (np.diff(ramp) > 0).all(), "brighter is more"


def test_an_overlay_is_a_mixture():
    photo = np.full((2, 2, 3), 200, np.uint8)
    values = np.array([[0, 1], [1, 0]], np.float32)
    assert heatmap.overlay(photo, values, 0).tolist() == photo.tolist()
    assert heatmap.overlay(photo, values, 1)[0].tolist() == [[200, 200, 200], [253, 231, 37]]
    assert heatmap.overlay(photo, values, 0.5)[0].tolist() == [[200, 200, 200], [226, 216, 118]]
