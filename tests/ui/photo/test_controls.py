"""The size of a photo as it arrived."""

import pytest
from PIL import Image

from cnnviz.ui.photo.controls import Photo, upright_size


@pytest.mark.parametrize(
    ("size", "upright", "expected"),
    [
        ((4032, 3024), (1024, 768), (4032, 3024)),
        ((4032, 3024), (768, 1024), (3024, 4032)),  # taken upright: the file lies on its side
        ((3999, 4000), (1024, 1024), (3999, 4000)),
        ((60, 60), (60, 60), (60, 60)),
    ],
)
def test_a_turned_file_has_its_sides_exchanged(size, upright, expected):
    assert upright_size(size, upright) == expected


def test_a_photo_that_was_not_made_smaller_has_its_own_size():
    image = Image.new("RGB", (61, 40))
    assert Photo("a", "A", image).size == (61, 40)
    assert Photo("a", "A", image, (610, 400)).size == (610, 400)
