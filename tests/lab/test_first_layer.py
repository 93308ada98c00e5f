import pytest

from cnnviz.lab.first_layer import SIDES, by_side, first_layer


def test_a_unit_of_the_slides_image_needs_three_million_weights():
    assert first_layer(1024, 1).one_unit == 3 * 2**20
    assert first_layer(1024, 1000).fully_connected == 1000 * 3 * 2**20


def test_windows_and_sharing_save_what_they_say():
    counts = first_layer(32, 100, kernel_size=5, maps=6)
    assert counts.fully_connected == 32 * 32 * 3 * 100
    assert counts.locally_connected == 32 * 32 * 6 * 75
    assert counts.shared == 6 * 75


def test_only_the_convolution_does_not_grow_with_the_image():
    table = by_side(100)
    assert list(table.side) == list(SIDES)
    assert table.shared.nunique() == 1
    assert table.fully_connected.is_monotonic_increasing
    assert table.fully_connected.iloc[-1] == 100 * 3 * 2**20


def test_no_pixels_are_refused():
    with pytest.raises(ValueError, match="side must be at least 1; received 0"):
        first_layer(0, 1)


def test_an_image_that_is_not_square_by_hand():
    counts = first_layer(300, 10, kernel_size=3, maps=2, columns=451)
    assert counts.one_unit == 300 * 451 * 3 == 405_900
    assert counts.fully_connected == 4_059_000
    assert counts.locally_connected == 300 * 451 * 2 * 27 == 7_306_200
    assert counts.shared == 54
    # Only how many pixels there are counts, not how they lie.
    assert counts == first_layer(451, 10, kernel_size=3, maps=2, columns=300)


def test_sides_are_doubled_until_a_photo_fits():
    table = by_side(1, max_pixels=4032 * 3024)
    assert list(table.side) == [*SIDES, 2048, 4096]
    assert (table.pixels == table.side**2).all()
    assert table.fully_connected.iloc[-1] == 3 * 4096**2


def test_no_columns_are_refused():
    with pytest.raises(ValueError, match="columns must be at least 1; received 0"):
        first_layer(8, 1, columns=0)
