"""The picture of a receptive field: what is bright, dark, hatched and outlined."""

import base64
import re
from io import BytesIO
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from cnnviz.figures.colour_maps import coloured
from cnnviz.figures.images.field import FIELD, WIDTH, field_drawing

SVG = "{http://www.w3.org/2000/svg}"
PHOTO = np.random.default_rng(0).integers(0, 255, (32, 32, 3), np.uint8)


def drawn(*arguments, **named):
    return ElementTree.fromstring(field_drawing(*arguments, **named))


def rectangles(svg, **look):
    """(x, y, width, height) of those that look so."""
    elements = svg.findall(f"{SVG}rect")
    chosen = [r for r in elements if all(r.get(k.replace("_", "-")) == v for k, v in look.items())]
    return [tuple(float(r.get(k)) for k in ("x", "y", "width", "height")) for r in chosen]


def pixels(svg):
    data = svg.find(f"{SVG}image").get("href").partition("base64,")[2]
    return np.asarray(Image.open(BytesIO(base64.b64decode(data))))


def view(svg):
    return [float(number) for number in svg.get("viewBox").split()]


def test_the_field_is_outlined_in_pixels_of_the_photo():
    svg = drawn(PHOTO, (4, 6), (10, 20))
    assert rectangles(svg, stroke=FIELD) == [(6, 4, 15, 7)]
    strokes = {r.get("stroke") for r in svg.findall(f"{SVG}rect")} - {None}
    assert strokes == {FIELD, "#ffffff", "#000000"}, "seen on a bright and on a dark photo"


def test_what_lies_outside_is_dimmed():
    (dimmed,) = [p for p in drawn(PHOTO, (4, 6), (10, 20)).findall(f"{SVG}path") if p.get("fill")]
    assert dimmed.get("fill-rule") == "evenodd"
    assert dimmed.get("d") == "M0 0H32V32H0ZM6 4V11H21V4Z"


def test_a_small_photo_keeps_its_pixels_and_a_large_one_is_small_to_send():
    assert (pixels(drawn(PHOTO, (0, 0), (3, 3))) == PHOTO).all()
    ramp = np.tile(np.linspace(0, 255, 224, dtype=np.uint8)[:, None, None], (1, 224, 3))
    picture = field_drawing(ramp, (0, 0), (3, 3))
    assert "image/jpeg" in picture
    assert len(picture) < 30_000
    assert np.abs(pixels(ElementTree.fromstring(picture)).astype(int) - ramp).max() < 6


def test_padding_is_hatched_and_the_photo_stays_in_the_middle():
    svg = drawn(PHOTO, (-7, -3), (20, 20))
    left, top, width, height = view(svg)
    assert (left, width) == pytest.approx((top, height))
    assert left < -7, "all of the field is in view"
    assert left + width / 2 == pytest.approx(16)
    assert rectangles(svg, fill="url(#field-hatch)") == [(-3, -7, 24, 28)]


def test_a_field_ten_times_as_large_is_cut_at_half_a_photo():
    svg = drawn(PHOTO, (-150, -150), (170, 170))
    assert view(svg) == [-16, -16, 64, 64]
    assert rectangles(svg, fill="url(#field-hatch)") == [(-16, -16, 64, 64)]


@pytest.mark.parametrize(("first", "last"), [((4, 6), (10, 20)), ((-99, -99), (120, 120))])
def test_its_height_is_known_before_it_is_drawn(first, last):
    svg = drawn(PHOTO, first, last)
    assert (svg.get("width"), float(svg.get("height"))) == (str(WIDTH), WIDTH)


def test_a_field_beside_the_photo_is_drawn_too():
    (dimmed,) = [p for p in drawn(PHOTO, (-9, -9), (-2, -2)).findall(f"{SVG}path") if p.get("fill")]
    assert dimmed.get("d") == "M0 0H32V32H0Z"


def test_the_gradient_is_coloured_over_greys():
    effective = np.zeros((32, 32), np.float32)
    effective[16, 16] = 1
    seen = pixels(drawn(PHOTO, (8, 8), (24, 24), effective))
    yellow = coloured(np.ones((1, 1)))[0, 0]
    assert np.abs(seen[16, 16].astype(int) - yellow).max() < 16
    others = np.delete(seen.reshape(-1, 3), 16 * 32 + 16, axis=0)
    assert (others.min(axis=1) == others.max(axis=1)).all()


def test_the_square_of_the_gradient_is_dashed_around_the_centre():
    svg = drawn(PHOTO, (8, 8), (24, 24), np.ones((32, 32), np.float32), 6)
    dashed = [r for r in svg.findall(f"{SVG}rect") if r.get("stroke-dasharray")]
    assert [r.get("x") for r in dashed] == ["13.50"]
    assert [r.get("width") for r in dashed] == ["6.00"]


def test_a_gradient_of_zero_is_a_grey_photo():
    seen = pixels(drawn(PHOTO, (8, 8), (24, 24), np.zeros((32, 32), np.float32)))
    assert (seen.min(axis=2) == seen.max(axis=2)).all()


def test_the_centre_is_marked_where_there_is_room():
    def crosses(svg):
        return [p.get("d") for p in svg.findall(f"{SVG}path") if p.get("stroke")]

    dark, white = crosses(drawn(PHOTO, (9, 9), (15, 21)))
    assert dark == white
    left, row, right, column, top, bottom = map(float, re.findall(r"[\d.]+", white))
    assert ((left + right) / 2, row, column, (top + bottom) / 2) == (15.5, 12.5, 15.5, 12.5)
    assert crosses(drawn(PHOTO, (9, 9), (9, 9))) == []


def test_its_title_is_escaped():
    svg = drawn(PHOTO, (0, 0), (1, 1), title="A <cat> & more")
    assert svg.find(f"{SVG}title").text == "A <cat> & more"
    assert svg.get("role") == "img"
