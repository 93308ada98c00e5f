import pytest
import torch

from cnnviz.lab.grid import grid, written_grid, written_pixels


@pytest.mark.parametrize(
    "written", ["7 2 3; 4 5 3", "7, 2, 3;4 5 3;", "7 2 3\n4 5 3\n", " 7  2 3 ; 4 5 3 ; ; "]
)
def test_rows_and_numbers_are_read(written):
    assert grid(written).tolist() == [[[7, 2, 3], [4, 5, 3]]]


def test_channels_are_read_and_written():
    numbers = grid("1 -0.5; 3 4 | 0 1e1; 1 0.111")
    assert numbers.shape == (2, 2, 2)
    assert written_grid(numbers) == "1 -0.5; 3 4 | 0 10; 1 0.111"
    assert torch.equal(grid(written_grid(numbers)), numbers)
    assert written_grid(torch.tensor([[[-0.0001]]])) == "0"


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("", "have a number in every channel"),
        ("1 2 |", "have a number in every channel"),
        ("1 2; 3", "rows of one length; received 2, 1"),
        ("1 2 | 3", "channels of one size; received 1 x 1 and 1 x 2"),
        ("1 a", "made of numbers; received 'a'"),
        ("nan", "numbers up to 999; received nan"),
        ("1 1000", "numbers up to 999; received 1000"),
        ("; ".join(["1"] * 13), "at most 12 rows and columns; received 13 x 1"),
        (" | ".join(["1"] * 5), "at most 4 channels; received 5"),
    ],
)
def test_text_that_is_no_grid_is_refused(written, sentence):
    with pytest.raises(ValueError, match=f"kernel must .*{sentence}") as told:
        grid(written, "kernel")
    assert str(told.value).endswith(".")


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
def test_what_is_no_image_is_one_sentence(written, sentence):
    with pytest.raises(ValueError) as error:
        written_pixels(written)
    assert str(error.value) == sentence
