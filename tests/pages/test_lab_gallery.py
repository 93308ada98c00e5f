"""The lab's filters, augmentations and first layers, on numbers and on a photo."""

from functools import partial

import pytest


@pytest.fixture
def opened(open_page):
    """Opens a section of the lab by its query parameters."""
    return partial(open_page, "convolution_lab")


def said(app):
    return "\n".join(each.value for each in app.markdown)


def tiles(app):
    return " ".join(element.proto.body for element in app.get("html"))


FILTERS = {"section": "filters on your photo", "on": "numbers"}


def test_a_filter_makes_a_map_of_written_numbers(opened):
    app = opened(**FILTERS, classic="Sobel, vertical edges", filter_grid="0 0 0; 0 10 10; 0 10 10")
    assert not app.error
    # By hand, in tests/lab/test_separable.py.
    assert "The map that the filter makes 10 10 0, 30 30 0, 40 40 0" in tiles(app)
    assert "After the column 0 10 10, 0 30 30, 0 40 40" in tiles(app)
    assert "After the row too 10 10 0, 30 30 0, 40 40 0" in tiles(app)
    assert "Over this picture of 3 x 3 numbers: **81 products** at once, **54** in passes" in said(
        app
    )
    assert "the number at the border is repeated" in app.caption[0].value


def test_ones_own_kernel_reads_written_numbers(opened):
    app = opened(**FILTERS, whose="your own", own_kernel="0 2 0", filter_grid="1 2; 3 4")
    assert "The map that the filter makes 2 4, 6 8" in tiles(app)
    assert "**Rank 1**: yes." in said(app)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"filter_grid": "1 2 | 3 4"}, "picture must have one channel; received 2."),
        ({"filter_grid": "1 x"}, "picture must be made of numbers; received 'x'."),
        (
            {"whose": "your own", "own_kernel": "1 2"},
            "kernel must have odd sides; received 1 x 2.",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_numbers_that_do_not_fit_are_one_sentence(opened, query, sentence):
    app = opened(**FILTERS, **query)
    assert [error.value for error in app.error] == [sentence]


def test_an_emptied_picture_is_the_first(opened):
    app = opened(**FILTERS, classic="Identity")
    app.text_input(key="filter_grid").set_value("").run()
    assert not app.exception and not app.error
    assert "0 0 0 0 10 10 10 10" in tiles(app)


def test_the_section_begins_on_the_photo_whatever_the_address_says(opened, no_weights):
    app = opened(section="filters on your photo", on="nothing", over="numbers")
    assert not app.error and "Over this photo of 400 x 266 px" in said(app)
