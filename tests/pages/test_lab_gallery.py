"""The lab's filters, augmentations and first layers, on numbers and on a photo."""

import json
import re
from functools import partial
from io import BytesIO

import numpy as np
import pytest
import torch
from PIL import Image

from cnnviz.vision.crops import random_crops


@pytest.fixture
def opened(open_page):
    """Opens a section of the lab by its query parameters."""
    return partial(open_page, "convolution_lab")


def said(app):
    return "\n".join(each.value for each in app.markdown)


def tiles(app):
    return " ".join(element.proto.body for element in app.get("html"))


ON_PHOTO = {"section": "filters on your photo"}


def test_a_classic_filter_has_its_rank_and_learned_ones_beside(opened, no_weights):
    app = opened(**ON_PHOTO, classic="Mean 3x3")
    assert not app.error
    assert "**6 products for a pixel instead of 9**" in said(app)
    assert "All 16 filters of stem.conv" in "\n".join(each.value for each in app.caption)
    laplace = opened(**ON_PHOTO, classic="Laplace")
    assert "2 x (3 + 3) = **12 products for a pixel instead of 9**" in said(laplace)


def test_ones_own_kernel_is_an_address(opened, no_weights):
    app = opened(**ON_PHOTO, whose="your own", own_kernel="1 0 -1; 1 0 -1; 1 0 -1")
    assert "it gives 0 wherever the photo is even." in said(app)
    assert "**Rank 1**: yes." in said(app)
    app = opened(**ON_PHOTO, whose="your own", own_kernel="1 0; 0 1")
    assert app.error[0].value == "kernel must have odd sides; received 2 x 2."
    app = opened(**ON_PHOTO, whose="your own", own_kernel="0 0 0")
    assert "**Rank 0**" in said(app) and not app.error


FILTERS = {"section": "filters on your photo", "on": "numbers"}


def test_a_filter_makes_a_map_of_written_numbers(opened):
    app = opened(**FILTERS, classic="Sobel, vertical edges", filter_grid="0 0 0; 0 10 10; 0 10 10")
    assert not app.error
    # By hand, in tests/lab/test_separable.py.
    assert "The map that the filter makes 10 10 0, 30 30 0, 40 40 0" in tiles(app)
    assert "After the column 0 10 10, 0 30 30, 0 40 40" in tiles(app)
    assert "After the row too 10 10 0, 30 30 0, 40 40 0" in tiles(app)
    assert "Over this image of 3 x 3 numbers: **81 products** at once, **54** in passes" in said(
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


GALLERY = {"section": "augmentation"}
# In the middle black stays black and white white: only what moves changes it.
GREYS = "0 0 0 255; 0 0 0 255; 0 0 0 255; 0 0 0 255"
STILL = {f"alone_{name}": "0" for name in ("crop", "rotation")}
STILL |= {f"alone_{name}": "0.0" for name in ("noise", "erasing", "jitter", "pca_colour")}


def test_crops_in_training_are_counted_twice(opened):
    app = opened(**GALLERY, draw="3")
    assert "(256 - 224)² x 2 = 32² x 2 = **2,048** as the paper counts" in said(app)
    assert "(256 - 224 + 1)² x 2 = 33² x 2 = **2,178** crops" in said(app)
    drawn = tiles(app)
    assert 'alt="Place of training crop 8"' in drawn
    # The crops that the package draws by the same number.
    rng = torch.Generator().manual_seed(3)
    crops = random_crops(np.zeros((256, 256, 3), np.uint8), 224, 8, rng)
    for number, ((row, column), mirrored) in enumerate(
        zip(crops.corners, crops.mirrored, strict=True), 1
    ):
        end = ", mirrored" if mirrored else ""
        assert f'alt="Training crop {number}: row {row}, column {column}{end}"' in drawn


def test_the_colour_of_each_draw_is_said_below_it(opened):
    app = opened(**GALLERY, alone_pca_colour="1.0")
    captions = re.findall(r"(\d): α ([^<]*) adds ([^<]*)</div>\s*</figcaption>", tiles(app))  # noqa: RUF001
    assert [number for number, _, _ in captions] == [*"12345678"]
    for _, alphas, added in captions:
        assert len(alphas.split(", ")) == len(added.split(", ")) == 3
    still = opened(**GALLERY, alone_pca_colour="0.0")
    assert tiles(still).count(": α 0.00, 0.00, 0.00 adds 0.0, 0.0, 0.0</div>") == 8  # noqa: RUF001


def test_numbers_are_augmented_by_the_same_code(opened):
    app = opened(**GALLERY, on="numbers", pixels=GREYS, alone_flip="false", **STILL)
    assert not app.error
    kept = ", ".join(["0 0 0 255"] * 4)
    for name in ("Crop 0", "Flip false", "Rotation 0", "Noise 0.0", "All augmentations together"):
        for number in (1, 2, 3):
            assert f'aria-label="{name}, draw {number}: {kept}"' in tiles(app), name
    mirrored = opened(**GALLERY, on="numbers", pixels=GREYS, **STILL)
    rows = re.findall(r'aria-label="Flip true, draw \d: ([^"]*)"', tiles(mirrored))
    assert len(rows) == 3 and {*rows} == {kept, ", ".join(["255 0 0 0"] * 4)}
    assert "Greys have no saturation" in "\n".join(each.value for each in mirrored.caption)


def test_crops_of_numbers_are_counted_and_written(opened):
    app = opened(**GALLERY, on="numbers", pixels="1 2 3 4; 5 6 7 8; 9 10 11 12; 13 14 15 16")
    assert "(4 - 2)² x 2 = 2² x 2 = **8**" in said(app)
    assert "(4 - 2 + 1)² x 2 = 3² x 2 = **18** crops" in said(app)
    for crop in (
        "bottom right: 11 12, 15 16",
        "centre: 6 7, 10 11",
        "top left, mirrored: 2 1, 6 5",
    ):
        assert f'aria-label="Crop, {crop}"' in tiles(app)


def test_numbers_of_three_channels_are_red_green_and_blue(opened):
    channel = "10 20 30; 40 50 60; 70 80 90"
    app = opened(**GALLERY, on="numbers", pixels=" | ".join([channel] * 3), **STILL)
    rows = "10 20 30, 40 50 60, 70 80 90"
    assert f'aria-label="Noise 0.0, draw 3: red {rows}; green {rows}; blue {rows}"' in tiles(app)
    assert "λ1 = " in tiles(app)


@pytest.mark.parametrize(
    ("pixels", "sentence"),
    [
        ("1 2; 3 4", "picture must be square, of 3 x 3 or more; received 2 x 2."),
        ("0 0 0; 0 300 0; 0 0 0", "picture must have whole numbers from 0 to 255; received 300."),
    ],
    ids=["small", "bright"],
)
def test_no_picture_is_one_sentence(opened, pixels, sentence):
    app = opened(**GALLERY, on="numbers", pixels=pixels)
    assert [error.value for error in app.error] == [sentence]


FIRST_LAYER = {"section": "why not fully connected"}


def test_a_photo_is_counted_as_it_arrived(opened):
    file = BytesIO()
    Image.new("RGB", (1501, 1000), (250, 120, 30)).save(file, "PNG")
    app = opened(**FIRST_LAYER, over="photo", photo="upload", first_units="10", first_maps="6")
    assert "Choose a photo in the sidebar." in [each.value for each in app.info]
    app.file_uploader(key="upload").set_value(("mine.png", file.getvalue(), "image/png")).run()
    assert not app.exception and not app.error
    # 1501 x 1000 x 3; x 10; x 6 x 75; 6 x 75.
    assert "your photo as it is, 1,501 x 1,000 x 3, has **4,503,000 weights**" in said(app)
    assert [metric.value for metric in app.metric] == ["45.03 M", "675.5 M", "450"]
    marked = json.loads(app.get("vega_lite_chart")[0].proto.spec)["layer"][3]["data"]
    assert [each["weights"] for each in marked["values"]] == [45_030_000, 675_450_000, 450]
    assert {each["pixels"] for each in marked["values"]} == {1_501_000}


def test_each_idea_has_its_sum_on_a_small_picture(opened):
    app = opened(**FIRST_LAYER, first_side="32")
    assert "One unit that reads all of a 32 x 32 x 3 image has **3,072 weights**" in said(app)
    # By hand in tests/lab/test_first_sums.py.
    assert "= **16 weights**: 7x1 + 2x0 + 3x(\N{MINUS SIGN}1) + 1x0 + 4x0" in said(app)
    assert "= **9**. 2 x 2 outputs need 4 units: **64 weights**" in said(app)
    assert "+ 2x(\N{MINUS SIGN}1) = **6**. At 2 x 2 places" in said(app)
    assert "**36 weights**" in said(app) and "all 2 x 2 sums are 6 7; 1 5." in said(app)


def test_weights_that_do_not_fit_the_picture_are_one_sentence(opened):
    app = opened(**FIRST_LAYER, first_picture="1 2; 3 4")
    assert app.error[0].value == (
        "unit must have a weight for each number of the picture, 2 x 2; received 4 x 4."
    )
    app = opened(**FIRST_LAYER, first_side="7", over="nothing")
    assert "3,145,728 weights" in said(app) and not app.error
