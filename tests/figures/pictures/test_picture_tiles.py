"""Tiles of pictures: their pixels unchanged, their words safe."""

import base64
import io
import re

import numpy as np
from PIL import Image

from cnnviz.figures.pictures.picture_tiles import PictureTile, picture_tiles


def drawn_pictures(drawn):
    found = re.findall(r'src="data:image/png;base64,([^"]+)"', drawn)
    return [np.asarray(Image.open(io.BytesIO(base64.b64decode(each)))) for each in found]


def test_pictures_are_drawn_pixel_for_pixel_in_order():
    pictures = np.random.default_rng(0).integers(0, 256, (3, 8, 8, 3)).astype(np.uint8)
    tiles = [PictureTile(pictures[:2], "a", "b"), PictureTile(pictures[2:], "c", "d")]
    drawn = picture_tiles(tiles)
    assert np.array_equal(np.stack(drawn_pictures(drawn)), pictures)
    assert drawn.count("<figure") == 2


def test_words_of_a_visitor_are_only_words():
    picture = np.zeros((2, 2, 3), np.uint8)
    drawn = picture_tiles([PictureTile([picture], '<b>"bold"</b>', "<script>")])
    assert "<b>" not in drawn
    assert "<script>" not in drawn
    assert "&lt;b&gt;&quot;bold&quot;&lt;/b&gt;" in drawn
    assert 'alt="&lt;b&gt;&quot;bold&quot;&lt;/b&gt;, &lt;script&gt;"' in drawn
