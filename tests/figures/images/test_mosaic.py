"""Mosaics: every map in its place and colour, every cell can be chosen."""

import re
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from cnnviz.figures import colour_maps
from cnnviz.figures.images.mosaic import (
    columns,
    drawing,
    enlarged,
    mosaic,
    over_photo,
    png,
    scale,
)


def pixels(shown):
    """What a viewer of the PNG sees."""
    return np.asarray(Image.open(BytesIO(png(shown.picture))).convert("RGBA"))


@pytest.mark.parametrize("count", [1, 2, 5, 16, 100])
def test_every_map_is_in_its_place(count):
    maps = np.random.default_rng(0).random((count, 6, 4)).astype(np.float32)
    shown = mosaic(maps, np.ones(count))
    seen = pixels(shown)
    for index, values in enumerate(maps):
        left, top = shown.place(index)
        cell = seen[top : top + 6, left : left + 4]
        assert (cell[..., 3] == 255).all()
        expected = colour_maps.coloured(np.round(values * 254) / 254)
        assert abs(cell[..., :3].astype(int) - expected).max() <= 1
    opaque = (seen[..., 3] == 255).sum()
    assert opaque == count * 24, "the gaps are transparent"


def test_signed_maps_are_white_at_0():
    maps = np.array([[[-1.0, 0.0, 2.0]]], np.float32)
    seen = pixels(mosaic(maps, np.array([2.0])))[0, :, :3]
    expected = colour_maps.signed(np.array([-0.5, 0.0, 1.0]))
    assert abs(seen.astype(int) - expected).max() <= 2
    assert (seen[1] > 240).all()


def test_large_maps_are_reduced_by_means():
    maps = np.kron(np.array([[[0.0, 1.0], [1.0, 0.0]]]), np.ones((1, 112, 112))).astype(np.float32)
    shown = mosaic(maps, np.ones(1))
    assert shown.cell == (112, 112)
    seen = pixels(shown)[..., :3]
    assert (seen[20, 20] == colour_maps.coloured(np.zeros(()))).all()
    assert (seen[20, 90] == colour_maps.coloured(np.ones(()))).all()


def test_a_drawing_lets_every_map_be_chosen():
    maps = np.random.default_rng(0).random((5, 8, 8)).astype(np.float32)
    names, titles = list("93210"), [f"map {n}" for n in "93210"]
    svg = drawing(mosaic(maps, np.ones(5)), names, titles, "2", [False, True, *[False] * 3])
    assert re.findall(r'data-select="(\d)"', svg) == names
    assert re.findall(r'class="item selected" data-select="(\d)"', svg) == ["2"]
    assert all(f"<title>{title}</title>" in svg for title in titles)
    assert svg.count("<path d=") == 1, "one dead map is crossed out"
    boxes = [
        tuple(map(float, box))
        for box in re.findall(
            r'x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)" class="cell"', svg
        )
    ]
    assert columns(5) == 3
    (x0, y0, w, h), (x1, *_), *_, (x4, y4, *_) = boxes
    assert x1 >= x0 + w
    assert (x4, y4 >= y0 + h) == (x1, True)


def test_enlarged_keeps_pixels_square():
    maps = np.zeros((1, 2, 2), np.float32)
    assert enlarged(mosaic(maps, np.ones(1)), 100).size == (100, 100)


def test_over_a_photo_0_leaves_it_as_it_is():
    photo = np.full((2, 2, 3), 77, np.uint8)
    values = np.array([[0.0, 1.0], [0.0, 0.0]])
    seen = over_photo(photo, values, 1.0, 1.0)
    assert (seen[values == 0] == 77).all()
    assert (seen[0, 1] == colour_maps.coloured(np.ones(()))).all()
    assert (over_photo(photo, values * 0, 0.0, 1.0) == 77).all()


def test_a_scale_says_its_ends():
    assert "4.39" in scale(np.array([0.0, 4.0]), 4.39)
    assert "-4.39" in scale(np.array([-1.0, 4.0]), 4.39)
