"""The map of images as points."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from cnnviz.figures.images.planar_map import HEIGHT, WIDTH, placed, scatter


def test_points_keep_their_shape_and_lie_inside():
    points = np.array([[0, 0], [100, 0], [100, 10], [0, 10]], float)
    places = placed(points)
    assert (places >= 0).all()
    assert (places <= [WIDTH, HEIGHT]).all()
    sides = places.max(axis=0) - places.min(axis=0)
    assert sides[0] / sides[1] == pytest.approx(10, rel=0.01)
    assert places[2][1] < places[1][1]  # up on the drawing is more
    assert np.isfinite(placed(np.zeros((3, 2)))).all()


def test_a_map_is_well_formed_with_a_dot_for_each_image_and_a_ring_for_each_neighbour():
    svg = ElementTree.fromstring(scatter(placed(np.eye(4)[:, :2]), [0, 1, 2, 1], [2], "a <map>"))
    circles = svg.findall(".//{*}circle")
    assert len(circles) == 3 + 1
    assert svg.get("aria-label") == "a <map>"
    assert len({circle.get("fill") for circle in circles[:3]}) == 2
    assert (circles[3].get("cx"), circles[3].get("cy")) == (
        circles[1].get("cx"),
        circles[1].get("cy"),
    )


def test_the_name_of_the_photo_stays_on_the_drawing():
    for place in ([[WIDTH - 20, 50]], [[20, 50]]):
        text = re.search(r'<text class="name" x="([\d.]+)".*?text-anchor="(\w+)"', _svg(place))
        assert text[2] == ("end" if float(text[1]) > WIDTH / 2 else "start")


def _svg(place):
    return scatter(np.array(place, float), [0], [], "map")
