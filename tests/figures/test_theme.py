"""Numbers and colours as every figure writes them."""

import pytest

from cnnviz.figures.theme import bytes_text, count_text, hexadecimal, text_colour


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (11_689_512, "11.69 M"),
        (1_814_073_344, "1.814 G"),
        (640, "640"),
        (138_357_544, "138.4 M"),
        (0, "0"),
        (269_722, "269.7 k"),
        (2.5e12, "2.500 T"),
    ],
)
def test_counts_have_four_digits_and_a_unit(count, text):
    assert count_text(count) == text


def test_units():
    assert count_text(1.8e9) == "1.800 G"
    assert (bytes_text(44_700_000), bytes_text(528), bytes_text(2.2e9), bytes_text(553.4e6)) == (
        "44.7 MB",
        "528 B",
        "2.2 GB",
        "553 MB",
    )


def test_text_is_readable_on_every_colour():
    assert text_colour("#F0E442") == "#000000"
    assert text_colour("#0072B2") == "#ffffff"


def test_a_colour_of_bytes_is_written():
    assert hexadecimal((0, 114, 178)) == "#0072b2"
