"""Explore, as a visitor's script run sees it."""

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.architectures import ARCHITECTURES
from tests.apps import open_in_app

open_explore = open_in_app  # it is the first page


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def printed(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.delta for metric in app.metric if metric.delta}


def test_it_opens_on_resnet18_with_the_papers_figure_beside_ours():
    app = open_explore()
    assert app.title[0].value == "ResNet-18"
    assert metrics(app)["Parameters"] == "11.69 M"
    assert metrics(app)["MACs"] == "1.814 G"
    assert metrics(app)["Receptive field"] == "435 px"
    assert printed(app) == {"MACs": "paper: 1.8 G"}
    assert len(app.dataframe[0].value) == 69


def test_the_url_restores_every_control():
    app = open_explore(
        architecture="vgg",
        variant="vgg11",
        vgg_width="32",
        vgg_batch_norm="true",
        vgg_hidden_units="512",
        resolution="96",
        in_channels="1",
        num_classes="10",
    )
    assert app.selectbox(key="architecture").value == "vgg"
    assert app.select_slider(key="vgg_width").value == 32
    assert app.toggle(key="vgg_batch_norm").value is True
    assert app.select_slider(key="resolution").value == 96
    assert app.selectbox(key="in_channels").value == 1
    assert app.title[0].value == "VGG-11 (A), changed"
    assert metrics(app)["Parameters"] == "8.999 M"
    assert not printed(app), "the paper prints nothing about a changed network"


def test_a_link_that_names_only_a_variant_opens_its_family():
    app = open_explore(variant="squeezenet1_1")
    assert app.selectbox(key="architecture").value == "squeezenet"
    assert metrics(app)["Parameters"] == "1.235 M"


@pytest.mark.parametrize(
    "query",
    [
        {"variant": "resnet19"},
        {"architecture": "lenet6"},
        {"architecture": "vgg", "variant": "resnet50"},
        {"resnet_width": "65"},
        {"resnet_block": "<script>"},
        {"resolution": "-3"},
        {"resolution": "abc", "num_classes": "1e9", "in_channels": "4"},
        {"find": "no such layer", "view": "sideways", "vgg_width": "16"},
        {"card": "no.such.layer", "show": "sideways", "count": "bogus", "section": "none"},
        {"show": "block", "block": "stages.9", "open": ",,<b>,stages.0.0"},
        {"show": "graph", "full": "perhaps", "hide": "nonsense,", "seed": "abc"},
        {"section": "memory", "memory_batch": "7", "gpu": "abacus"},
        {"card": "stem.conv", "unit": "middle", "effective": "no", "photo": "postcard"},
    ],
)
def test_a_bad_url_falls_back(query):
    app = open_explore(**query)
    assert metrics(app)["Parameters"] in ("11.69 M", "132.9 M")
    assert not app.error


def test_a_hyperparameter_changes_the_counts_and_reset_brings_them_back():
    app = open_explore()
    app.select_slider(key="resnet_width").set_value(128).run()
    assert metrics(app)["Parameters"] == "45.69 M"
    assert "width 128 (published: 64)" in " ".join(caption.value for caption in app.caption)
    app.button[0].click().run()
    assert metrics(app)["Parameters"] == "11.69 M"
    assert app.select_slider(key="resnet_width").value == 64


def test_a_variant_sets_its_hyperparameters():
    app = open_explore(resnet_width="32")
    app.selectbox(key="variant").select("resnet20_cifar").run()
    assert app.select_slider(key="resnet_width").value == 16
    assert app.select_slider(key="resnet_stage4_blocks").value == 0
    assert app.select_slider(key="resolution").value == 32
    assert app.selectbox(key="num_classes").value == 10
    assert app.selectbox(key="resnet_shortcut").value == "A"
    assert metrics(app)["Parameters"] == "269.7 k"
    assert printed(app) == {"Parameters": "paper: 0.27 M"}


def test_an_architecture_sets_its_first_variant():
    app = open_explore()
    app.selectbox(key="architecture").select("vgg").run()
    assert not app.exception
    assert app.selectbox(key="variant").value == "vgg11"
    assert metrics(app)["Parameters"] == "132.9 M"
    app.selectbox(key="architecture").select("resnet").run()
    assert app.selectbox(key="variant").value == "resnet18"


def test_resolution_changes_macs_and_not_parameters():
    app = open_explore()
    app.select_slider(key="resolution").set_value(448).run()
    assert metrics(app)["MACs"] == "7.255 G"
    assert metrics(app)["Parameters"] == "11.69 M"
    assert not printed(app), "the paper's MACs are those of 224 px"


def test_an_image_too_small_for_the_network_is_one_sentence_and_the_controls_stay():
    app = open_explore(variant="vgg16", resolution="28")
    assert len(app.error) == 1
    assert app.error[0].value.startswith("The image is too small: head.pool receives")
    app.select_slider(key="resolution").set_value(32).run()
    assert not app.error
    assert metrics(app)["Parameters"] == "138.4 M"


def test_layers_are_found_by_name_stage_and_kind():
    app = open_explore(find="stage 2 convolution")
    shown = app.dataframe[0].value
    assert set(shown["stage"]) == {"stage 2"}
    assert set(shown["kind"]) == {"convolution"}
    assert len(shown) == 5
    app.text_input(key="find").set_value("nothing like it").run()
    assert not app.exception
    assert "No layer matches 'nothing like it'" in app.info[0].value


def test_deviations_from_the_paper_are_said_where_the_figure_stands():
    app = open_explore(variant="resnet50")
    assert metrics(app)["MACs"] == "3.858 G"
    assert printed(app)["MACs"] == "paper: 3.8 G"
    assert "Table 1 prints 3.8 G where" in " ".join(caption.value for caption in app.caption)


def test_both_views_of_where_it_sits():
    stages = open_explore(section="where it sits", view="by stage")
    assert "stage 4" in stages.html[0].value
    assert open_explore(section="where it sits", view="by layer").get("plotly_chart")


def card(app: AppTest) -> str:
    return " ".join(html.value for html in app.html)


def test_a_card_explains_every_number_of_its_layer():
    app = open_explore(card="stem.conv")
    assert "stem.conv: convolution" in [heading.value for heading in app.subheader]
    assert "(224 + 2x3 - 7) / 2 + 1 = 112.5, rounded down to 112" in card(app)
    assert "64 x (3 x 7 x 7) = 9,408" in card(app)
    app.selectbox(key="card").select("head.linear").run()
    assert "head.linear: linear" in [heading.value for heading in app.subheader]
    assert "513,000" in card(app)


def test_a_card_of_another_network_is_closed():
    app = open_explore(card="stages.0.0.conv1")
    app.selectbox(key="architecture").select("vgg").run()
    assert not app.exception
    assert app.selectbox(key="card").value is None
    assert "stages.0.0.conv1: convolution" not in [heading.value for heading in app.subheader]


def require_a_widget_for_every_hyperparameter(app, family):
    kinds = ("selectbox", "select_slider", "toggle")
    keys = {widget.key for kind in kinds for widget in app.get(kind)}
    assert {f"{family.name}_{h.name}" for h in family.config.hyperparameters()} <= keys


@pytest.mark.parametrize("show", ["volumes", "graph", "block"])
@pytest.mark.parametrize("family", ARCHITECTURES, ids=lambda f: f.name)
def test_every_family_has_its_three_pictures_and_its_widgets(family, show):
    first, *_, last = [*family.variants, *family.variants]
    app = open_explore(
        variant=last if show == "volumes" else first, show=show, open="stages.0,no.such.block"
    )
    assert not app.error
    require_a_widget_for_every_hyperparameter(app, family)


def test_the_convention_is_the_tables_and_the_totals():
    app = open_explore(count="flops")
    assert metrics(app)["FLOPs"] == "3.628 G"
    assert app.dataframe[0].value["macs"].sum() == 2 * 1_814_073_344
    app.segmented_control(key="count").set_value("operations").run()
    assert app.dataframe[0].value["macs"].sum() > 2 * 1_814_073_344


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("memory", "Training with Adam"),
        ("other tools", "cnnviz"),
        ("predict and check", ""),
        ("code", ""),
    ],
)
def test_every_section_opens_from_the_address(section, said):
    app = open_explore(section=section, variant="googlenet_aux", card="stem.pool")
    assert said in card(app)
    assert not app.error


def test_the_code_is_the_configured_network():
    app = open_explore(section="code", resnet_width="32")
    assert "resnet18, with width=32" in " ".join(app.code[-1].value.split())
    assert "import cnnviz" not in app.code[-1].value


def test_what_a_teacher_hides_is_nowhere_in_the_table_or_the_card():
    app = open_explore(hide="params,macs", section="layers", card="stem.conv")
    shown = set(app.dataframe[0].value.columns)
    assert not {"params", "params_share", "macs", "macs_share", "memory"} & shown
    assert "9,408" not in card(app)
    assert "118,013,952" not in card(app)
    assert "rounded down to 112" in card(app)


def test_hidden_columns_open_the_exercise():
    app = open_explore(hide="params", seed="7")
    assert app.segmented_control(key="section").value == "predict and check"
    assert app.text_input[0].label == "Answer 1"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"variant": "vgg16", "resolution": "28"}, "head.pool receives 512 x 1 x 1"),
        (
            {"variant": "resnet152", "resnet_width": "128"}
            | {f"resnet_stage{stage}_blocks": "200" for stage in (1, 2, 3, 4)},
            "more than 2 G are not analysed",
        ),
        (
            {"variant": "densenet_bc190_k40_cifar", "resolution": "512"}
            | {"densenet_growth_rate": "64", "densenet_compression": "1.0"}
            | {f"densenet_stage{stage}_layers": "64" for stage in (1, 2, 3)},
            "stages.0.block.concatenation alone 4.4 GB",
        ),
    ],
)
def test_impossible_settings_are_one_sentence_that_names_a_layer(query, sentence):
    app = open_explore(**query)
    assert len(app.error) == 1
    assert sentence in app.error[0].value
    assert app.error[0].value.count("\n") == 0


def test_a_changed_network_is_compared_with_its_published_self():
    links = open_explore(resnet_width="32").get("page_link")
    assert [link.label for link in links if link.label.startswith("Compare")] == [
        "Compare with ResNet-18"
    ]
