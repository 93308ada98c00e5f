"""Pictures of bytes as they are written."""

import pytest

from cnnviz.lab.pixels import written_pixels


def test_greys_and_colours_have_their_channels_last():
    grey = written_pixels("0 1 2; 3 4 5; 6 7 255")
    assert grey.shape == (3, 3, 1) and grey[..., 0].tolist() == [[0, 1, 2], [3, 4, 5], [6, 7, 255]]
    dark, bright = "0 0 0; 0 0 0; 0 0 0", "9 9 9; 9 9 9; 9 9 9"
    assert written_pixels(f"{dark} | {bright} | {dark}")[2, 1].tolist() == [0, 9, 0]


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("0 1; 2 3", "picture must be square, of 3 x 3 or more; received 2 x 2."),
        ("0 1 2; 3 4 5", "picture must be square, of 3 x 3 or more; received 2 x 3."),
        ("0 1 2; 3 4 5; 6 7 256", "picture must have whole numbers from 0 to 255; received 256."),
        ("0 1 2; 3 4 5; 6 7 0.5", "picture must have whole numbers from 0 to 255; received 0.5."),
        ("0 1 2; 3 4 5; 6 7 -1", "picture must have whole numbers from 0 to 255; received -1."),
        ("1 | 2", "picture must have 1 or 3 channels; received 2."),
    ],
)
def test_what_is_no_picture_is_one_sentence(written, sentence):
    with pytest.raises(ValueError) as error:
        written_pixels(written)
    assert str(error.value) == sentence
