import pytest
import torch

from cnnviz.lab.grid import grid, written_grid


@pytest.mark.parametrize(
    "written", ["7 2 3; 4 5 3", "7, 2, 3;4 5 3;", "7 2 3\n4 5 3\n", " 7  2 3 ; 4 5 3 ; ; "]
)
def test_rows_and_numbers_are_read(written):
    assert grid(written).tolist() == [[[7, 2, 3], [4, 5, 3]]]


def test_channels_are_read_and_written():
    found = grid("1 -0.5; 3 4 | 0 1e1; 1 0.111")
    assert found.shape == (2, 2, 2)
    assert written_grid(found) == "1 -0.5; 3 4 | 0 10; 1 0.111"
    assert torch.equal(grid(written_grid(found)), found)
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
def test_what_is_no_grid_is_told(written, sentence):
    with pytest.raises(ValueError, match=f"kernel must .*{sentence}") as told:
        grid(written, "kernel")
    assert str(told.value).endswith(".")
