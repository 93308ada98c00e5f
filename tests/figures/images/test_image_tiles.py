"""Tiles of images: their pixels unchanged where they are small, their words safe."""

import base64
import re
from io import BytesIO

import numpy as np
from PIL import Image

from cnnviz.figures.images.image_tiles import (
    ImageTile,
    enlarged,
    gallery,
    image_tiles,
    image_url,
)
from tests.figures.markup import elements

GREY = np.full((8, 8, 3), 90, np.uint8)


def images(html):
    sources = re.findall(r'src="data:image/(png|jpeg);base64,([^"]+)"', html)
    return [(kind, np.asarray(Image.open(BytesIO(base64.b64decode(d))))) for kind, d in sources]


def test_small_images_are_drawn_pixel_for_pixel_in_order():
    random = np.random.default_rng(0).integers(0, 256, (3, 8, 8, 3)).astype(np.uint8)
    tiles = [ImageTile(random[:2], "a", text="b"), ImageTile(random[2:], "c", text="d")]
    html = image_tiles(tiles)
    assert [kind for kind, _ in images(html)] == ["png"] * 3
    assert np.array_equal(np.stack([pixels for _, pixels in images(html)]), random)
    assert html.count("<figure") == 2
    assert len(elements(html, "pixelated")) == 3


def test_words_of_a_visitor_are_only_words():
    html = image_tiles([ImageTile([GREY], '<b>"bold"</b>', "<cat>", "<script>")])
    assert '<b>"bold"</b>' not in html
    assert "<script>" not in html
    words = "&lt;b&gt;&#34;bold&#34;&lt;/b&gt;"
    assert f"<b>{words}</b>" in html
    assert f'alt="{words}, &lt;cat&gt;, &lt;script&gt;"' in html


def test_a_framed_tile_comes_where_it_stands():
    tiles = [ImageTile([GREY], "the photo", is_framed=True), ImageTile([GREY], "0.5", "<cat>", "b")]
    html = image_tiles(tiles)
    assert len(elements(html, "framed")) == 1
    assert html.index('class="framed"') < html.index('alt="the photo"') < html.index("0.5")


def test_a_gallery_holds_the_images_pixel_for_pixel_and_frames_the_chosen_one():
    random = np.random.default_rng(0).integers(0, 255, (3, 5, 7, 3), np.uint8)
    html = gallery(random, ["a", "<b>", "c"], 50, chosen=2, alt="Filter")
    np.testing.assert_array_equal([pixels for _, pixels in images(html)], random)
    assert len(elements(html, "framed")) == 1
    assert html.index('class="framed"') > html.index("&lt;b&gt;")
    assert 'alt="Filter a"' in html
    assert "<b>c</b>" in html
    assert "<b>a</b>" not in html
    assert elements(html, "pixelated")[0]["ratio"] == "1.4"


def test_a_gallery_has_so_many_in_a_row_at_most():
    assert elements(gallery([GREY] * 2, ["a", "b"], 50, most=4), "limited")[0]["most"] == "4"
    assert not elements(gallery([GREY] * 2, ["a", "b"], 50), "limited")


def test_an_image_as_an_address():
    for side, kind in ((64, "png"), (65, "jpeg")):
        head, _, data = image_url(np.full((side, side, 3), 90, np.uint8)).partition(",")
        assert head == f"data:image/{kind};base64"
        assert Image.open(BytesIO(base64.b64decode(data))).getpixel((4, 4)) == (90, 90, 90)


def test_enlarging_repeats_whole_pixels():
    small = np.arange(18, dtype=np.uint8).reshape(2, 3, 3)
    large = enlarged(small, 100)
    assert large.shape == (66, 99, 3)
    np.testing.assert_array_equal(large[::33, ::33], small)
    assert enlarged(large, 10).shape == large.shape
