"""Compare, as a visitor's script run sees it."""

from functools import partial

import pytest

from cnnviz.architectures import ARCHITECTURES, variants
from cnnviz.architectures.written import read
from cnnviz.ui.parts.page import plain
from tests.apps import open_in_app

open_compare = partial(open_in_app, "compare")


def widgets(app, kind, label):
    """The widgets of that label, a network each."""
    return [widget for widget in app.get(kind) if widget.label == label]


def chosen(app):
    return [menu.value for menu in widgets(app, "selectbox", "Variant")]


def address(app):
    return {key: app.query_params[key] for key in ("a", "b", "c", "d") if key in app.query_params}


def sentences(app):
    return [markdown.value for markdown in app.markdown]


def page_text(app):
    return " ".join(html.value for html in app.html)


def test_it_opens_on_vgg16_beside_resnet34():
    app = open_compare()
    assert chosen(app) == ["vgg16", "resnet34"]
    assert (
        "**VGG-16 (D) has 6.3 times the parameters and 4.2 times the MACs of ResNet-34.**"
        in sentences(app)
    )
    assert "VGG-16 (D): 74% in one layer, head.linear1 (linear), 102.8 M of" in page_text(app)
    assert address(app) == {}, "what was typed stays"
    assert widgets(app, "selectbox", "Variant")[0].options == list(variants())


def test_the_url_restores_every_network():
    app = open_compare(a="alexnet", b="resnet50,width=32,resolution=96,num_classes=10", c="vgg11")
    assert chosen(app) == ["alexnet", "resnet50", "vgg11"]
    assert widgets(app, "select_slider", "Width (channels)")[0].value == 32
    assert widgets(app, "select_slider", "Resolution (px)")[1].value == 96
    assert widgets(app, "selectbox", "Classes")[1].value == 10
    assert "ResNet-50 with 3 changes" in page_text(app)


def test_every_change_is_in_the_url_and_the_url_restores_it():
    app = open_compare()
    widgets(app, "selectbox", "Variant")[0].select("resnet50").run()
    widgets(app, "select_slider", "Width (channels)")[0].set_value(32).run()
    widgets(app, "select_slider", "Resolution (px)")[1].set_value(160).run()
    assert not app.exception
    written = {"a": "resnet50,width=32", "b": "resnet34,resolution=160"}
    assert address(app) == written
    again = open_compare(**written)
    assert page_text(again) == page_text(app)
    widgets(app, "button", "Reset to ResNet-50")[0].click().run()
    assert address(app) == {"a": "resnet50", "b": "resnet34,resolution=160"}
    assert widgets(app, "select_slider", "Width (channels)")[0].value == 64


def test_networks_are_added_and_removed():
    app = open_compare()
    for _ in range(2):
        widgets(app, "button", "Add a network")[0].click().run()
    assert address(app) == {"a": "vgg16", "b": "resnet34", "c": "densenet121", "d": "googlenet"}
    assert not widgets(app, "button", "Add a network")
    widgets(app, "button", "Remove")[0].click().run()
    assert address(app) == {"a": "resnet34", "b": "densenet121", "c": "googlenet"}
    assert chosen(app) == ["resnet34", "densenet121", "googlenet"]
    widgets(app, "button", "Remove")[1].click().run()
    assert chosen(app) == ["resnet34", "googlenet"]
    assert not widgets(app, "button", "Remove"), "two are the fewest"


def test_a_setting_belongs_to_its_network_whatever_is_removed():
    app = open_compare(a="vgg16", b="resnet34,width=32", c="resnet34")
    widgets(app, "button", "Remove")[0].click().run()
    widgets(app, "select_slider", "Width (channels)")[1].set_value(128).run()
    assert address(app) == {"a": "resnet34,width=32", "b": "resnet34,width=128"}


@pytest.mark.parametrize(
    ("query", "shown", "reason"),
    [
        ({"a": "resnet19"}, ["vgg16", "resnet34"], "resnet19 is no variant; VGG-16 (D) is"),
        ({"b": "vgg16,depth=3"}, ["vgg16", "resnet34"], "depth is no hyperparameter; ResNet-34"),
        (
            {"a": "alexnet", "c": "vgg16,width=63"},
            ["alexnet", "resnet34", "densenet121"],
            "width must be one of 16, 32, 48, 64, 80, 96, 112, 128; received '63'; DenseNet-121",
        ),
        ({"b": "vgg16,resolution=9999"}, ["vgg16", "resnet34"], "between 1 and 4096 px"),
        ({"a": "[x](y)"}, ["vgg16", "resnet34"], "[x](y) is no variant"),
    ],
)
def test_what_the_url_has_wrong_is_one_sentence_and_the_others_stay(query, shown, reason):
    app = open_compare(**query)
    assert chosen(app) == shown
    (warning,) = app.warning
    assert plain(reason) in warning.value
    assert warning.value.endswith(plain("is shown instead."))
    assert list(address(app).values()) == [str(read(network)) for network in shown]
    app.run()
    assert not app.warning, "it is said once"


def test_a_slot_that_the_url_leaves_out_holds_its_default():
    app = open_compare(a="", b="lenet5", d="mlp")
    assert chosen(app) == ["vgg16", "lenet5", "densenet121", "mlp"]
    assert not app.warning


def test_a_network_that_cannot_be_analysed_is_one_sentence_and_the_others_are_compared():
    app = open_compare(a="vgg16,resolution=28", b="resnet34", c="alexnet")
    (error,) = app.error
    assert error.value.startswith("The image is too small: head.pool receives")
    assert len([s for s in sentences(app) if "times the" in s]) == 1
    assert "VGG-16 (D):" not in page_text(app)
    widgets(app, "select_slider", "Resolution (px)")[0].set_value(224).run()
    assert not app.error


def test_settings_that_clash_are_one_sentence_and_nothing_changes():
    app = open_compare(a="simple_densenet", b="resnet34")
    widgets(app, "select_slider", "Stage 4 layers")[0].set_value(6).run()
    (warning,) = app.warning
    assert warning.value == (
        "stage4_layers must be 0 where stage3_layers is 0. Nothing was changed."
    )
    assert address(app) == {"a": "simple_densenet", "b": "resnet34"}
    assert widgets(app, "select_slider", "Stage 4 layers")[0].value == 0


def test_another_page_and_back_keeps_the_networks():
    app = open_compare()
    widgets(app, "selectbox", "Variant")[0].select("alexnet").run()
    widgets(app, "selectbox", "Classes")[0].select(10).run()
    app.switch_page("pages/home.py")
    app.query_params.clear()
    app.run()
    app.switch_page("pages/compare.py").run()
    assert not app.exception
    assert chosen(app) == ["alexnet", "resnet34"]
    assert widgets(app, "selectbox", "Classes")[0].value == 10
    assert address(app) == {"a": "alexnet,num_classes=10", "b": "resnet34"}


def test_a_link_opens_its_networks_whatever_was_compared_before():
    app = open_compare(a="lenet5", b="mlp")
    app.query_params["a"], app.query_params["b"] = "resnet50", "resnet50_v1_5"
    app.run()
    assert chosen(app) == ["resnet50", "resnet50_v1_5"]


def test_within_a_family_the_hyperparameters_that_differ_are_explained():
    app = open_compare(a="resnet50", b="resnet50_v1_5")
    (table,) = app.table
    assert table.value["Hyperparameter"].to_list() == ["Stride in"]
    assert table.value["ResNet-50 v1.5"].to_list() == ["3x3"]
    text = " ".join(caption.value for caption in app.caption)
    assert "6 of 56 lines differ from ResNet-50" in text


def test_layers_can_be_narrowed_to_what_differs_and_widened_to_all():
    app = open_compare(a="resnet50", b="resnet50_v1_5", differing="true")
    assert len(app.dataframe[-1].value) == 6
    app.toggle(key="all_layers").set_value(True).run()
    assert not app.exception
    assert len(app.dataframe[-1].value) > 6


def test_changed_networks_have_no_printed_error_and_it_is_said():
    app = open_compare(a="resnet50,width=32", b="resnet34")
    said = "ResNet-50 with width 32 is no published network: no paper prints its error."
    assert said in sentences(app)


def test_the_same_network_twice():
    app = open_compare(a="vgg16", b="vgg16")
    assert (
        "**VGG-16 (D) (1) has as many parameters and as many MACs as VGG-16 (D) (2).**"
        in sentences(app)
    )
    assert "VGG-16 (D) (1) and VGG-16 (D) (2) have the same hyperparameters." in sentences(app)


FOURS = [ARCHITECTURES[first : first + 4] for first in range(0, len(ARCHITECTURES), 4)]


@pytest.mark.parametrize("families", FOURS, ids=lambda families: "-".join(f.name for f in families))
def test_every_family_is_compared_with_a_widget_for_every_hyperparameter(families):
    last = [list(family.variants)[-1] for family in families]
    app = open_compare(**dict(zip("abcd", [*last, "lenet5"], strict=False)))
    keys = {w.key for kind in ("selectbox", "select_slider", "toggle") for w in app.get(kind)}
    menus = widgets(app, "selectbox", "Variant")
    for family, menu in zip(families, menus, strict=False):
        number = menu.key.split("_")[1]
        assert {f"compare_{number}_{h.name}" for h in family.config.hyperparameters()} <= keys
