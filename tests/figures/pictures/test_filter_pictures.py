"""Small pictures of filters, the signed colours, kernels with their numbers, and patches."""

import base64
import re
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from cnnviz.figures.colour_scale import colour_scale
from cnnviz.figures.diverging import COLOURS, signed
from cnnviz.figures.pictures.filter_pictures import enlarged, gallery, kernel_picture
from cnnviz.figures.pictures.patches import PADDING, patch


def pictures(html):
    sources = re.findall(r'src="data:image/(png|jpeg);base64,([^"]+)"', html)
    return [(kind, np.asarray(Image.open(BytesIO(base64.b64decode(d))))) for kind, d in sources]


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


def test_the_scale_names_its_ends_and_its_middle():
    html = colour_scale("low", "high", middle="0", colours=COLOURS)
    assert [html.index(word) for word in (">low<", ">0<", ">high<")] == sorted(
        html.index(word) for word in (">low<", ">0<", ">high<")
    )
    assert all(colour in html for colour in COLOURS)
    assert "#000000,#ffffff" in colour_scale("0", "1", colours=("#000000", "#ffffff"))


def test_a_gallery_holds_the_pictures_pixel_for_pixel_and_frames_the_chosen_one():
    random = np.random.default_rng(0).integers(0, 255, (3, 5, 7, 3), np.uint8)
    html = gallery(random, ["a", "<b>", "c"], 50, chosen=2, alt="Filter")
    found = pictures(html)
    assert [kind for kind, _ in found] == ["png"] * 3
    np.testing.assert_array_equal([picture for _, picture in found], random)
    assert html.count("3px solid") == 1
    assert html.index("3px solid") > html.index("&lt;b&gt;")
    assert 'alt="Filter a"' in html
    assert "<b>c</b>" in html
    assert "<b>a</b>" not in html
    large = pictures(gallery([np.zeros((60, 80, 3), np.uint8)], ["photo"], 100))
    assert [(kind, picture.shape) for kind, picture in large] == [("jpeg", (60, 80, 3))]


def test_enlarging_repeats_whole_pixels():
    small = np.arange(18, dtype=np.uint8).reshape(2, 3, 3)
    large = enlarged(small, 100)
    assert large.shape == (66, 99, 3)
    np.testing.assert_array_equal(large[::33, ::33], small)
    assert enlarged(large, 10).shape == large.shape


def test_a_kernel_is_printed_number_by_number():
    html = kernel_picture([[1, 0, -1], [2, 0.5, -2]], title="a & b")
    cells = re.findall(r"background:(#......);color:(#......)\">([^<]+)<", html)
    assert [words for _, _, words in cells] == [
        *("1", "0", "\N{MINUS SIGN}1"),
        *("2", "0.5", "\N{MINUS SIGN}2"),
    ]
    fills = {words: (fill, ink) for fill, ink, words in cells}
    assert fills["2"] == ("#67001f", "#ffffff")
    assert fills["0"] == ("#f7f7f7", "#000000")
    assert "divided" not in html
    assert 'aria-label="a &amp; b"' in html
    assert "all divided by 16" in kernel_picture([[1, 2, 1]], 16)


@pytest.mark.parametrize(
    ("first", "last", "size", "grey"),
    [
        ((2, 3), (4, 7), (3, 5), 0),
        ((-2, 4), (1, 7), (4, 4), 8),
        ((4, 6), (7, 11), (4, 6), 20),
        ((0, 0), (5, 7), (6, 8), 0),
        ((-9, -9), (20, 20), (6, 8), 0),  # larger than the picture: all of it
        ((-3, 2), (9, 3), (6, 2), 0),  # higher than the picture, but not as wide
    ],
)
def test_a_patch_is_what_the_unit_sees_and_grey_beyond_the_picture(first, last, size, grey):
    picture = np.random.default_rng(0).integers(0, 100, (6, 8, 3), np.uint8)
    found = patch(picture, first, last)
    assert found.shape == (*size, 3)
    assert (found == PADDING).all(axis=2).sum() == grey
    row, column = max(first[0], 0), max(first[1], 0)
    down = row - first[0] if size[0] == last[0] - first[0] + 1 else 0
    across = column - first[1] if size[1] == last[1] - first[1] + 1 else 0
    np.testing.assert_array_equal(found[down, across], picture[row, column])


def test_a_gallery_has_so_many_in_a_row_at_most():
    pictures = np.zeros((2, 3, 3, 3), np.uint8)
    assert "calc((100% - 18px) / 4)" in gallery(pictures, ["a", "b"], 50, most=4)
    assert "calc" not in gallery(pictures, ["a", "b"], 50)
