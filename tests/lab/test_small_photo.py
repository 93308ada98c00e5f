import pytest
import torch
from PIL import Image

from cnnviz.lab.small_photo import small_photo


def test_the_middle_square_is_kept():
    image = Image.new("RGB", (90, 60), "blue")
    image.paste("red", (15, 0, 75, 60))
    found = small_photo(image, 3)
    assert found.shape == (3, 32, 32)
    assert found[:, 16, 16].tolist() == found[:, 0, 0].tolist() == [255, 0, 0]
    assert torch.equal(small_photo(image), torch.full((1, 32, 32), 76.0))


def test_other_channels_are_refused():
    with pytest.raises(ValueError, match="channels must be 1 or 3; received 2"):
        small_photo(Image.new("RGB", (4, 4)), 2)
