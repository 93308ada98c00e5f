"""The first layer's sums by hand."""

import pytest

from cnnviz.lab.first_sums import first_sums

PICTURE = "7 2 3 1; 4 5 3 0; 3 3 2 2; 1 0 2 1"
UNIT = "1 0 -1 0; 0 1 0 -1; -1 0 1 0; 0 -1 0 1"
WINDOW = "1 0 -1; 1 0 -1; 1 0 -1"


def test_the_three_by_hand():
    sums = first_sums(PICTURE, UNIT, WINDOW)
    # 7 - 3 + 5 - 0 - 3 + 2 - 0 + 1.
    assert sums.full == 9
    # The slides' first sum: 7 + 4 + 3 - 3 - 3 - 2.
    assert sums.local == 6
    # (2 + 5 + 3) - (1 + 0 + 2); (4 + 3 + 1) - (3 + 2 + 2); (5 + 3 + 0) - (0 + 2 + 1).
    assert sums.shared.tolist() == [[6, 7], [1, 5]]
    assert sums.patch.tolist() == [[7, 2, 3], [4, 5, 3], [3, 3, 2]]


def test_four_outputs_need_64_or_36_or_9_weights():
    sums = first_sums(PICTURE, UNIT, WINDOW)
    assert sums.places == 4
    assert (sums.full_weights, sums.local_weights, sums.shared_weights) == (64, 36, 9)


@pytest.mark.parametrize(
    ("unit", "window", "sentence"),
    [
        (
            "1 2",
            WINDOW,
            "unit must have a weight for each number of the picture, 4 x 4; received 1 x 2.",
        ),
        (UNIT, "1 1 1 1 1", "window must fit into the picture, 4 x 4; received 1 x 5."),
        (UNIT, "1 | 2", "window must have one channel; received 2."),
        ("x", WINDOW, "unit must be made of numbers; received 'x'."),
    ],
)
def test_what_does_not_fit_is_one_sentence(unit, window, sentence):
    with pytest.raises(ValueError) as error:
        first_sums(PICTURE, unit, window)
    assert str(error.value) == sentence
