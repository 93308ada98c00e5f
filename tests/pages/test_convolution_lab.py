"""The convolution lab: examples, numbers in the address, refusals in a sentence."""

from functools import partial
from io import BytesIO

import pytest
from PIL import Image

from cnnviz.lab.comparisons import COMPARISONS
from cnnviz.lab.presets import MERGING, POOLING, SLIDING


@pytest.fixture
def opened(open_page):
    """Opens the lab by its query parameters."""
    return partial(open_page, "convolution_lab")


def said(app):
    return "\n".join(each.value for each in app.markdown)


def test_it_opens_on_the_slides_first_sum(opened):
    app = opened()
    assert app.title[0].value == "What does a convolution compute?"
    assert "3x-1 + 3x-1 + 2x-1 = 6." in said(app)
    assert "Side: **(5 + 2 x 0 - 3) / 1 + 1 = 3**" in said(app)
    assert "**81 multiplications**" in said(app)


@pytest.mark.parametrize("title", [preset.title for preset in SLIDING])
def test_every_example_is_an_address_and_a_choice(opened, title):
    preset = next(each for each in SLIDING if each.title == title)
    by_address = opened(example=title)
    by_choice = opened()
    by_choice.selectbox(key="example").select(title).run()
    for app in (by_address, by_choice):
        assert not app.exception and not app.error
        assert preset.says in said(app)
        assert app.text_input(key="kernel").value == preset.kernel
        if preset.over == "numbers":
            assert app.text_input(key="grid").value == preset.grid
    assert said(by_address) == said(by_choice)


def test_the_slides_filter_takes_a_dot_product_of_75_numbers_and_gives_28_by_28(opened):
    app = opened(example="32 x 32 x 3 and 5 x 5 x 3")
    assert "Side: **(32 + 2 x 0 - 5) / 1 + 1 = 28**" in said(app)
    assert "Each output sums 3 x 5 x 5 = **75 products** plus a bias" in said(app)
    assert "Parameters: 1 x (3 x 5 x 5 + 1) = **76**" in said(app)
    on_numbers = app.segmented_control(key="over").set_value("numbers").run()
    assert "**75 products**" in said(on_numbers)


def test_sizes_write_another_kernel_and_grid(opened):
    app = opened()
    app.select_slider(key="kernel_side").set_value(2).run()
    assert app.text_input(key="kernel").value == "1 0; 1 0"
    app.select_slider(key="channels").set_value(2).run()
    assert app.text_input(key="kernel").value == "1 0; 1 0 | 1 0; 1 0"
    assert app.text_input(key="grid").value.count("|") == 1
    app.select_slider(key="filters").set_value(2).run()
    assert app.text_input(key="kernel").value == "1 0; 1 0 | 1 0; 1 0 / 0 0; 1 1 | 0 0; 1 1"
    assert "Parameters: 2 x (2 x 2 x 2 + 1) = **18**" in said(app)
    app.select_slider(key="groups").set_value(2).run()
    assert app.text_input(key="kernel").value == "1 0; 1 0 / 0 0; 1 1"
    assert not app.exception and not app.error


def test_two_maps_and_a_filter_of_three_have_the_slides_nineteen_parameters(opened):
    app = opened()
    app.select_slider(key="channels").set_value(2).run()
    assert "Parameters: 1 x (2 x 3 x 3 + 1) = **19**" in said(app)


def test_a_bias_is_one_number_or_one_for_each_filter(opened):
    two = "1 0; 0 1 / 0 1; 1 0"
    assert not opened(grid="1 2; 3 4", kernel=two, bias="5").error
    assert not opened(grid="1 2; 3 4", kernel=two, bias="5 -1").error
    (problem,) = opened(grid="1 2; 3 4", kernel=two, bias="5 6 7").error
    assert problem.value.startswith("bias must be one number, or one row with a number for each")


@pytest.mark.parametrize("groups", ["2", "4"])
def test_groups_are_transposed_too(opened, groups):
    kernel = "1 0; 0 1 / 0 1; 1 0 / 1 1; 0 0 / 0 0; 1 1"
    if groups == "2":
        kernel = " / ".join(f"{part} | {part}" for part in kernel.split(" / "))
    grid = " | ".join(["1 2; 3 4"] * 4)
    app = opened(grid=grid, kernel=kernel, groups=groups, slide_transposed="true", slide_stride="2")
    assert not app.error
    assert "**(2 - 1) x 2 - 2 x 0 + 2 = 4**" in said(app)


def test_the_numbers_of_the_address_are_shown(opened):
    app = opened(grid="1 2; 3 4", kernel="1 1", slide_padding="1")
    assert "Height: **(2 + 2 x 1 - 1) / 1 + 1 = 4**" in said(app)
    assert "Width: **(2 + 2 x 1 - 2) / 1 + 1 = 3**" in said(app)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"grid": "1 a"}, "grid must be made of numbers; received 'a'."),
        ({"grid": "1 2; 3"}, "grid must have rows of one length; received 2, 1."),
        ({"kernel": "1 2 | 3 4"}, "The kernel must have 1 channels"),
        ({"grid": "1 2; 3 4"}, "The kernel spans 3 x 3"),
        ({"slide_padding": "same", "slide_stride": "2"}, "padding must be a number where stride"),
    ],
)
def test_what_does_not_fit_is_one_sentence(opened, query, sentence):
    app = opened(**query)
    assert sentence in "\n".join(each.value for each in app.error)


def test_a_photo_is_followed_pixel_by_pixel(opened):
    app = opened(over="photo", kernel="0 0 0 0 0; 0 0 0 0 0; 0 0 1 0 0; 0 0 0 0 0; 0 0 0 0 0")
    assert "Side: **(32 + 2 x 0 - 5) / 1 + 1 = 28**" in said(app)


@pytest.mark.parametrize("preset", POOLING, ids=lambda preset: preset.title)
def test_every_pooling_example_opens(opened, preset):
    app = opened(section="pooling", pooled=preset.title)
    assert preset.says in said(app) and not app.error


def test_a_large_window_is_refused(opened):
    app = opened(section="pooling", pool_grid="1 2; 3 4", pool_size="3")
    assert "size must be at most the grid's smaller side, 2; received 3." in app.error[0].value


def test_a_fully_connected_unit_has_the_slides_number(opened):
    app = opened(section="why not fully connected")
    assert "**3,145,728 weights**" in said(app)
    assert [metric.value for metric in app.metric] == ["12.88 G", "1.258 G", "1.200 k"]


@pytest.mark.parametrize("each", COMPARISONS, ids=lambda each: each.name)
def test_every_design_is_compared_with_the_slide_beside(opened, each):
    app = opened(section="design arithmetic", design=each.name)
    assert app.subheader[0].value == each.question
    assert each.slide in app.info[0].value
    designs = each().designs()
    assert [*app.table[0].value.index] == [design.title for design in designs]


def test_the_designs_have_the_slides_numbers(opened):
    by_hand = opened(section="design arithmetic", design="operations by hand").table[0].value
    assert [*by_hand["MACs"]] == ["625", "450"] and [*by_hand["Additions"]] == ["600", "400"]
    module = opened(section="design arithmetic", design="inception module").table[0].value
    assert [*module["MACs"]] == ["854,196,224", "271,351,808"]
    block = said(opened(section="design arithmetic", design="dense block"))
    assert "64, 96, 128, 160, 192" in block and "5 x 6 / 2 = 15 connections" in block


def test_an_unknown_section_or_example_is_the_first(opened):
    app = opened(section="nothing", example="nothing")
    assert app.title[0].value == "What does a convolution compute?"
    assert SLIDING[0].says in said(app)


def tiles(app):
    return " ".join(element.proto.body for element in app.get("html"))


def test_the_slides_vectors_are_added_and_concatenated(opened):
    app = opened(section="add or concatenate")
    assert 'aria-label="Added: 5; 7; 9"' in tiles(app)
    assert 'aria-label="Concatenated: 1; 2; 3; 4; 5; 6"' in tiles(app)
    assert [*app.table[0].value["Parameters"]] == ["36,864", "73,728"]
    assert "**2 x the parameters and 2 x the MACs**" in said(app)


@pytest.mark.parametrize("preset", MERGING, ids=lambda preset: preset.title)
def test_every_merging_example_is_an_address_and_a_choice(opened, preset):
    by_address = opened(section="add or concatenate", merged=preset.title)
    by_choice = opened(section="add or concatenate")
    by_choice.selectbox(key="merged").select(preset.title).run()
    for app in (by_address, by_choice):
        assert not app.exception and preset.says in said(app)
    assert tiles(by_address) == tiles(by_choice)


def test_unequal_channels_and_sizes_are_one_sentence(opened):
    app = opened(section="add or concatenate", add_first="1 2 3", add_second="4 5")
    assert app.warning[0].value.endswith("received 3 and 2.")
    assert 'aria-label="Concatenated: 1; 2; 3; 4; 5"' in tiles(app)
    app = opened(section="add or concatenate", add_first="1 2; 3 4", add_second="1 2")
    assert app.error[0].value.endswith("2 x 2; received 1 x 1.")
    app = opened(section="add or concatenate", merge_second="16")
    assert app.warning[0].value.endswith("received 64 and 16.")


@pytest.mark.parametrize(
    ("variant", "says", "sizes"),
    [
        ("resnet20_cifar", "**adds** 16 x 32 x 32 and 16 x 32 x 32 maps", "32 x 32 x 32"),
        ("densenet40_k12_cifar", "**concatenates** 16 x 32 x 32 and 12 x 32 x 32", "28 x 32 x 32"),
    ],
)
def test_what_meets_in_a_network_is_shown_both_ways(opened, no_weights, variant, says, sizes):
    app = opened(
        section="add or concatenate",
        over="photo",
        maps_of="a network",
        variant=variant,
        architecture=variant.partition("_")[0].rstrip("0123456789"),
    )
    assert not app.exception and not app.error
    assert says in said(app)
    assert any(f"{sizes}. Blue" in str(each.proto) for each in app.get("image"))
    assert bool(app.warning) == (variant == "densenet40_k12_cifar")


def test_a_network_without_shortcuts_and_branches_is_told(opened, no_weights):
    app = opened(
        section="add or concatenate",
        over="photo",
        maps_of="a network",
        architecture="lenet",
        variant="lenet5",
    )
    assert not app.exception
    assert any("never brings maps together" in each.value for each in app.info)


def test_maps_of_a_photo_are_added_and_concatenated(opened):
    app = opened(section="add or concatenate", over="photo", concat_kernel="Laplace")
    assert len(app.get("image")) == 3
    assert "Added: 1 x 266 x 400" in [each.value for each in app.subheader]
    assert "The sum's squares add up to" in said(app)


def test_every_augmentation_is_drawn_eight_times_and_the_address_keeps_its_strength(opened):
    app = opened(section="augmentation", alone_noise="0.02")
    assert app.title[0].value == "How does training augment an image?"
    assert app.select_slider(key="alone_noise").value == 0.02
    drawn = tiles(app)
    # Eight of each of seven, of all together, with added colours, of crops and their places; ten.
    assert drawn.count("<img") == 8 * 7 + 8 + 8 + 2 * 8 + 10
    for alt in ("Noise 0.02, draw 8", "Flip true, draw 1", "Crop: bottom right, mirrored"):
        assert f'alt="{alt}"' in drawn
    assert "λ1 = " in drawn and "e3 = (" in drawn
    assert "224 px from the four corners and the centre of the central 256 px" in "\n".join(
        each.value for each in app.caption
    )


def test_another_draw_is_another_picture_and_the_same_the_same(opened):
    def noise(draw):
        app = opened(section="augmentation", draw=draw)
        return [e.proto.body for e in app.get("html") if "Noise" in e.proto.body]

    assert noise("3") == noise("3") != noise("4")


@pytest.mark.parametrize(
    "query",
    [
        {"section": "add or concatenate", "over": "photo"},
        {"section": "filters on your photo"},
        {"section": "augmentation"},
    ],
    ids=lambda query: query["section"],
)
def test_an_uploaded_photo_is_looked_at(opened, query, no_weights):
    file = BytesIO()
    Image.new("RGB", (61, 40), (250, 120, 30)).save(file, "PNG")
    app = opened(**query, photo="upload")
    assert "Choose a photo in the sidebar." in [each.value for each in app.info]
    app.file_uploader(key="upload").set_value(("mine.png", file.getvalue(), "image/png")).run()
    assert not app.exception and not app.error
    assert len(app.get("image")) >= 3 or "<img" in tiles(app)


def test_buttons_have_labels_and_the_address_has_options(opened):
    app = opened(section="activations and normalisation", part="batch norm")
    section, part = app.segmented_control(key="section"), app.segmented_control(key="part")
    assert "Activations and normalisation" in section.options
    assert "Batch normalisation" in part.options
    assert (section.value, part.value) == ("activations and normalisation", "batch norm")
    part.set_value("dropout").run()
    assert app.query_params["part"] == "dropout"
