"""The receptive field on Explore: what is drawn and said, and what is refused."""

import base64
import shutil

import pytest

from cnnviz.analysis.graph import network_graph
from cnnviz.architectures import specify
from cnnviz.figures.theme import bytes_text
from cnnviz.ui.explore import field as field_view
from cnnviz.ui.explore.field import seen_field, seen_text
from tests.apps import open_function


def page(written, layer):
    from cnnviz.analysis.graph import network_graph
    from cnnviz.architectures.written import read
    from cnnviz.ui.explore.field import show_field

    network = read(written)
    show_field(network, network_graph(network.spec, network.resolution), layer)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNVIZ_WEIGHTS", str(tmp_path))
    return tmp_path


def opened(written, layer, **query):
    return open_function(page, written, layer, **query)


def said(app):
    """The line below the picture; the photo's source stands above it."""
    return app.caption[-1].value


def weights_menu(app):
    (menu,) = [each for each in app.selectbox if each.label == "Weights"]
    return menu


def picture(app):
    (image,) = app.get("image")
    return base64.b64decode(image.proto.imgs[0].url.partition("base64,")[2]).decode()


def test_the_field_is_drawn_and_said():
    app = opened("resnet20_cifar", "stages.1.0.conv1")
    assert said(app) == (
        "One unit of stages.1.0.conv1 sees 17 x 17 px of 32 x 32; neighbouring units are 2 px "
        "apart."
    )
    assert "One unit of stages.1.0.conv1 sees" in picture(app)
    assert "image/png" in picture(app)


def test_a_link_shows_the_unit_and_the_gradient():
    app = opened("resnet32_cifar", "stages.1.0.conv1", unit="top left", effective="true")
    assert app.selectbox(key="unit").value == "top left"
    assert "25 x 25 px: a part of the photo of 32 x 32 px and padding (hatched)" in said(app)
    assert "95 % of the gradient lies in the dashed " in said(app)
    assert "Luo et al. 2016, section 2" in said(app)
    assert "RANDOM weights" in said(app)
    assert " ms." in said(app)
    assert "stroke-dasharray" in picture(app)


def test_the_gradient_comes_on_demand():
    app = opened("resnet20_cifar", "stages.0.0.conv1")
    assert "gradient" not in said(app)
    app.toggle(key="effective").set_value(True).run()
    assert "95 % of the gradient lies in the dashed 5 x 5 px." in said(app)


def test_weights_that_are_there_are_used_by_the_published_network_alone(test_data, folder):
    shutil.copy(test_data / "weights" / "squeezenet1_1.pth", folder)
    layer = "stages.1.fire4.expand_3x3"
    app = opened("squeezenet1_1", layer, effective="true")
    assert "Weights: squeezenet1_1.pth (5.0 MB)." in said(app)
    assert "RANDOM" not in said(app)
    changed = opened("squeezenet1_1,num_classes=10", layer, effective="true")
    assert "RANDOM weights: the network is untrained." in said(changed)


def test_a_run_of_the_very_settings_is_offered_with_its_preparation(keep_run):
    run = keep_run("resnet20_cifar,num_classes=3")
    app = opened("resnet20_cifar,num_classes=3", "stages.0.0.conv1", effective="true")
    menu = weights_menu(app)
    assert menu.value == run.id
    assert f"Weights: run {run.id[:5]}: 97.2 % on clouds, 3 epochs." in said(app)
    assert app.query_params["run"] == run.id
    menu.select("random").run()
    assert "RANDOM weights" in said(app)
    assert "run" not in app.query_params
    other = opened("resnet32_cifar", "stages.0.0.conv1", effective="true", run=run.id)
    assert weights_menu(other).options == ["random weights (untrained)"]
    assert "RANDOM weights" in said(other)
    boxed = opened("resnet20_cifar", "stages.0.0.conv1", effective="true", run=run.id)
    assert weights_menu(boxed).options[1:] == ["random weights (untrained)"]
    assert "Weights: bundled: " in said(boxed)


def test_damaged_weights_are_told(folder):
    (folder / "resnet20_cifar.safetensors").write_bytes(b"nothing")
    app = opened("resnet20_cifar", "stem.conv", effective="true")
    assert "resnet20_cifar.safetensors" in app.warning[0].value
    assert "sees 3 x 3 px" in said(app)


@pytest.mark.parametrize(
    ("written", "layer", "sentence"),
    [
        ("mlp", "stages.0.linear", "One unit of stages.0.linear sees the whole photo, 32 x 32 px."),
        (
            "resnet20_cifar",
            "head.linear",
            "One unit of head.linear sees 109 x 109 px: the whole photo of 32 x 32 px and padding "
            "around it (hatched and cut off).",
        ),
        ("lenet5", "head.c5", "One unit of head.c5 sees the whole photo, 32 x 32 px."),
    ],
)
def test_layers_that_see_everything(written, layer, sentence):
    app = opened(written, layer, effective="true")
    assert said(app).startswith(sentence)
    assert "95 % of the gradient" in said(app)
    assert app.selectbox(key="unit").disabled


@pytest.mark.parametrize(
    ("written", "layer"),
    [
        ("resnet20_cifar", "stages.1.0.addition"),
        ("densenet40_k12_cifar", "stages.0.block.layer3.concatenation"),
        ("resnet20_cifar,in_channels=1", "stages.0.0.conv1"),
        ("resnet20_cifar,resolution=48", "stages.0.0.conv1"),
    ],
)
def test_operations_grey_networks_and_other_resolutions_have_a_gradient(written, layer):
    app = opened(written, layer, effective="true")
    assert "95 % of the gradient lies in the dashed " in said(app)
    assert not app.info


def test_an_operation_that_no_layer_reads_is_shown_by_its_block():
    app = opened("highway19_cifar", "stages.0.highway1.multiplication", effective="true")
    assert app.info[0].value == (
        "The gradient is that of stages.0.highway1, the block around this multiplication."
    )
    assert "95 % of the gradient" in said(app)


def test_an_auxiliary_head_has_a_field_but_no_gradient():
    app = opened("googlenet_aux", "auxiliary.1.conv.conv", effective="true")
    assert "does not run when the network is used" in app.info[0].value
    assert said(app).startswith("One unit of auxiliary.1.conv.conv sees ")
    assert "gradient" not in said(app)


def test_a_network_too_large_is_refused_before_it_is_built(monkeypatch):
    monkeypatch.setattr(field_view, "MAX_TO_RUN", 1e6)
    monkeypatch.setattr(field_view, "_timed_field", None)
    app = opened("resnet20_cifar", "stem.conv", effective="true")
    assert f"{bytes_text(1e6)} is the most for this" in app.info[0].value
    assert "gradient" not in said(app)


def test_a_gradient_that_overflows_is_told(monkeypatch):
    def overflow(*_):
        raise OverflowError("The gradient is too large.")

    monkeypatch.setattr(field_view, "_timed_field", overflow)
    app = opened("resnet20_cifar", "stem.conv", effective="true")
    assert app.warning[0].value == "The gradient is too large."


def test_without_a_photo_it_says_what_to_do():
    app = opened("resnet20_cifar", "stem.conv", photo="upload")
    assert app.info[0].value.startswith("Choose a photo")


def test_an_asymmetric_field_is_a_rectangle():
    graph = network_graph(specify("inception_v3"), 299)
    names = [node.name for node in graph.nodes]
    seen = seen_field(graph, names.index("stages.1.inception1.branch_7x7.conv2.conv"), "centre")
    assert "sees 159 x 255 px (height x width) of 299 x 299;" in seen_text(seen)


def test_an_unknown_layer_is_named():
    with pytest.raises(KeyError, match=r"stages\.9 is no layer .* known are its table's, such as"):
        page("resnet20_cifar", "stages.9")
