"""What happens between convolutions: each part on editable numbers and on a photo."""

from functools import partial
from io import BytesIO

import pytest
from PIL import Image

from cnnviz.lab.activations import ACTIVATIONS

MINUS = "\N{MINUS SIGN}"
PARTS = ("activations", "local response norm", "batch norm", "dropout")
CELLS = {
    "activations": ("activate_x",),
    "local response norm": ("response_a",),
    "batch norm": ("batch_trained", "batch_asked"),
    "dropout": ("dropout_x",),
}


@pytest.fixture
def opened(open_page):
    """Opens a part of the section by its query parameters."""
    return partial(open_page, "convolution_lab", section="activations and normalisation")


@pytest.fixture
def on_photo(opened, no_weights):
    """Opens a part on the sample photo, with a bundled network."""
    return partial(opened, over="photo")


def said(app):
    return "\n".join(each.value for each in app.markdown)


def tiles(app):
    return " ".join(element.proto.body for element in app.get("html"))


@pytest.mark.parametrize("part", PARTS)
def test_numbers_are_cells_and_stand_in_the_address(opened, part):
    app = opened(part=part)
    assert not app.error
    assert [app.text_input(key=key).key for key in CELLS[part]] == [*CELLS[part]]
    changed = opened(part=part, **dict.fromkeys(CELLS[part], "3 4 5"))
    assert not changed.error
    assert all(changed.text_input(key=key).value == "3 4 5" for key in CELLS[part])
    assert tiles(changed) + said(changed) != tiles(app) + said(app)


@pytest.mark.parametrize("part", PARTS)
def test_what_is_no_row_of_numbers_is_one_sentence(opened, part):
    app = opened(part=part, **{CELLS[part][0]: "3 x"})
    (error,) = app.error
    assert error.value.endswith("must be made of numbers; received 'x'.")


def test_a_cleared_text_is_the_first_one_again(opened):
    app = opened(part="dropout")
    app.text_input(key="dropout_x").set_value("").run()
    assert not app.exception and not app.error
    assert 'aria-label="In: ' in tiles(app)


def test_each_function_is_applied_to_the_grid_with_its_slopes(opened):
    drawn = tiles(opened(activate_x="-2 0; 1 3"))
    assert 'aria-label="ReLU: f(x) 0 0, 1 3; slope f&#39;(x) 0 0, 1 1"' in drawn
    # tanh 1 = 0.762 and 1 - 0.762^2 = 0.42; sigmoid -2 = 1 / (1 + e^2) = 0.119.
    assert f"tanh: f(x) {MINUS}0.964 0, 0.762 0.995; slope f&#39;(x) 0.071 1, 0.42 0.01" in drawn
    assert "sigmoid: f(x) 0.119 0.5, 0.731 0.953; slope f&#39;(x) 0.105 0.25" in drawn


def test_a_photos_maps_go_through_each_function(on_photo):
    app = on_photo(part="activations")
    assert not app.error and len(app.get("image")) == 1 + len(ACTIVATIONS)
    # The bundled network has a batch norm behind its convolution, and its ReLU reads that.
    assert "behind the batch norm that follows, stem.norm; in the network stem.relu" in said(app)
    shares = [line for line in said(app).splitlines() if line.startswith("0 at **")]
    assert len(shares) == 3
    relu, tanh, _ = shares
    assert relu.split("**")[1] == relu.split("**")[3] != "0.0%"  # ReLU is flat where it is 0
    assert tanh.startswith("0 at **0.0%**")


def test_a_network_without_batch_norm_is_taken_behind_its_convolution(opened, squeezenet):
    app = opened(part="activations", over="photo", variant="squeezenet1_1")
    assert "The maps are those of stem.conv, as it puts them out; in the network stem.relu" in said(
        app
    )


def test_batch_norm_of_a_photo_in_both_modes(on_photo):
    app = on_photo(part="batch norm")
    assert not app.error and len(app.get("image")) == 6
    assert "stem.norm, the first batch norm of this network, reads 16 maps of 32 x 32" in said(app)
    table = app.table[0].value
    assert len(table) == 4
    distances = [float(value) for value in table["Distance"]]
    assert distances == sorted(distances, reverse=True) and distances[0] > 0
    assert (table["Photo's mean"] != table["Running mean"]).all()


def test_a_network_without_batch_norm_names_some_that_have_it(opened, squeezenet):
    app = opened(part="batch norm", over="photo", variant="squeezenet1_1")
    (info,) = app.info
    assert "This network has no batch norm: choose one that has it" in info.value
    assert "Bundled trained networks: " in info.value and "resnet20_cifar" in info.value
    assert "resnet (resnet18)" in info.value and "squeezenet" not in info.value


def test_averages_that_nothing_was_averaged_into_are_told(opened, no_weights):
    app = opened(part="batch norm", over="photo", variant="wide_resnet16_4_cifar")
    assert "Random weights" in app.warning[0].value
    assert "the running averages are 0 and 1" in "\n".join(each.value for each in app.info)


def test_dropout_of_a_photos_maps_on_and_off(on_photo):
    app = on_photo(part="dropout", dropout_probability="0.8", dropout_seed="3")
    assert not app.error and len(app.get("image")) == 2
    assert "kept numbers times 5" in said(app)
    # 16 maps of 32 x 32.
    assert " of 16,384**" in said(app)
    dropped = int(said(app).split("this draw drops **")[1].split(" of")[0].replace(",", ""))
    assert 0.78 < dropped / 16_384 < 0.82
    assert said(on_photo(part="dropout", dropout_probability="0.8", dropout_seed="3")) == said(app)
    assert said(on_photo(part="dropout", dropout_probability="0.8", dropout_seed="4")) != said(app)
    off = on_photo(part="dropout", dropout_training="false")
    assert "all numbers pass unchanged" in said(off) and len(off.get("image")) == 2


def test_an_unknown_part_or_subject_is_the_first(opened):
    app = opened(part="nothing", over="nothing", x="99")
    assert not app.error and app.text_input(key="activate_x").value


@pytest.mark.parametrize("part", PARTS)
def test_an_uploaded_photo_is_looked_at(on_photo, part):
    file = BytesIO()
    Image.new("RGB", (61, 40), (250, 120, 30)).save(file, "PNG")
    app = on_photo(part=part, photo="upload")
    assert any("Choose a sample photo" in each.value for each in app.info)
    app.file_uploader(key="upload").set_value(("mine.png", file.getvalue(), "image/png")).run()
    assert not app.exception and not app.error
    assert len(app.get("image")) >= 2


def test_slopes_stand_in_numbers_beside_their_bounds(opened):
    app = opened()
    assert app.title[0].value == "What happens between convolutions?"
    assert "value is **0.5** and the slope **0.25**, of at most 0.25" in said(app)
    assert "value is **0** and the slope **1**, of at most 1" in said(app)
    app = opened(x="-2.0")
    assert "At x = \N{MINUS SIGN}2 the value is **0** and the slope **0**" in said(app)


def test_local_responses_are_written_out(opened):
    app = opened(part="local response norm")
    # By hand: 0 + 100 + 10000 + 400 + 0; (2 + 1.05)^0.75 = 2.308; 100 / 2.308 = 43.33.
    assert "0² + 10² + 100² + 20² + 0² = 10,500" in said(app)
    assert "**43.33**" in said(app)
    assert app.table[0].value["b"].iloc[2] == "43.33"
    assert "alpha=0.0005" in "\n".join(each.value for each in app.caption)
    app = opened(part="local response norm", response_a="1 2; 3 4")
    assert app.error[0].value == "a must be one row of numbers; received 1 x 2."


def test_local_responses_of_a_photo_in_a_bundled_network(opened, no_weights):
    app = opened(part="local response norm", over="photo", response_alpha="1.0")
    assert not app.error and len(app.get("image")) == 2
    assert "The divisors are **" in said(app)


def test_batch_norm_in_training_and_at_test(opened):
    app = opened(part="batch norm")
    # The batch has mean 5 and variance 4: (2 - 5) / 2 = -1.5.
    assert "= **\N{MINUS SIGN}1.5**" in said(app)
    assert [each.value for each in app.metric] == ["5", "4", "0.5", "1.357"]
    app = opened(part="batch norm", batch_mode="test", batch_momentum="1.0")
    assert [each.value for each in app.metric] == ["5", "4", "5", "4.571"]
    assert [*app.table[0].value["x"]] == ["5", "9", "1"] and "= **0**" in said(app)
    app = opened(part="batch norm", batch_trained="3")
    assert app.error[0].value.startswith("A batch must have at least two numbers in training")


def test_dropout_is_on_in_training_and_off_at_test(opened):
    app = opened(part="dropout")
    assert "= **2**. Another seed drops others." in said(app)
    assert 'aria-label="In: ' in tiles(app) and "dropped" in tiles(app)
    app = opened(part="dropout", dropout_training="false")
    assert 'aria-label="Out: 1; 2; 3; 4; 5; 6; 7; 8"' in tiles(app)
