"""The page of feature reuse: the bundled network, others, and those without dense blocks."""

import json

import pyarrow as pa
import pytest

from cnnviz.analysis.reuse.matrices import DEFINITIONS, block_readers, feature_reuse
from cnnviz.analysis.reuse.observations import observations
from cnnviz.analysis.reuse.record import reuse_record
from cnnviz.architectures import specify
from cnnviz.runs.folder import MEASUREMENTS
from cnnviz.training.bundled import bundled_for
from cnnviz.training.measurement import Measurement
from cnnviz.vision.gradients.residual_size import drawn_survivals
from cnnviz.weights.loading import random_network
from tests.apps import open_page

BOTTLENECKS = {"architecture": "densenet", "variant": "densenet_bc100_k12_cifar"}
OBSERVED = "Do the paper's observations hold for this network?"


@pytest.fixture(autouse=True)
def no_weights(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNVIZ_WEIGHTS", str(tmp_path))


def opened(**query):
    app = open_page("feature_reuse", **query)
    assert not app.error
    return app


def headings(app):
    return [heading.value for heading in app.subheader]


def test_it_opens_on_the_densenet_in_the_box():
    app = opened()
    assert app.selectbox(key="variant").value == "densenet40_k12_cifar"
    assert headings(app) == ["These weights", "During training", OBSERVED]
    assert "Trained for this project" in app.info[0].value
    assert "each 3x3" in app.caption[0].value
    assert "Click a cell" in app.info[1].value


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_the_definition_is_written_out(definition):
    app = opened(definition=definition, scale="block")
    assert DEFINITIONS[definition].formula in app.latex[0].value
    assert "of each block" in app.caption[0].value


@pytest.mark.parametrize("variant", ["densenet40_k12_cifar", "densenet_bc100_k12_cifar"])
def test_a_densenet_in_the_box_comes_with_its_epochs(variant):
    app = opened(architecture="densenet", variant=variant)
    assert headings(app) == ["These weights", "During training", OBSERVED]
    assert any("Recorded 5 times" in each.value for each in app.caption)


def test_a_network_with_bottlenecks_and_random_weights():
    app = opened(**BOTTLENECKS, scale="none")
    (weights,) = [menu for menu in app.selectbox if menu.label == "Weights"]
    weights.select("random").run()
    assert headings(app) == ["Untrained", OBSERVED]
    assert any("Train a DenseNet on the **Train** page" in each.value for each in app.caption)
    assert "Random weights: this network is untrained" in app.warning[0].value
    assert "the 1x1 convolution of each layer" in app.caption[0].value
    assert "of the whole network" in app.caption[0].value


@pytest.mark.parametrize(
    ("architecture", "variant"), [("resnet", "plain20_cifar"), ("lenet", "lenet5")]
)
def test_other_networks_say_what_to_choose(architecture, variant):
    app = opened(architecture=architecture, variant=variant)
    assert "Choose **densenet**" in app.info[-1].value
    assert not headings(app)


def test_the_observations_have_their_numbers_and_rules():
    app = opened()
    network = bundled_for("densenet40_k12_cifar")[0].network()
    said = [each.value for each in app.markdown]
    rules = [each.value for each in app.caption]
    for verdict in observations(list(block_readers(network))):
        assert any(each.startswith(verdict.claim) and verdict.verdict in each for each in said)
        assert f"**{verdict.number:.3g}**: {verdict.says}." in said
        assert any(each.endswith(verdict.rule) for each in rules)


def test_a_cell_of_the_address_is_open():
    app = opened(cell="block2.layer3.layer7", definition="max")
    assert "Dense block 2: layer 7 reads layer 3" in headings(app)
    network = bundled_for("densenet40_k12_cifar")[0].network()
    value = feature_reuse(network, "max")[1].matrix[3, 6]
    assert any(f"Largest absolute weight: **{value:.3g}**, number" in m.value for m in app.markdown)


@pytest.mark.parametrize("cell", ["block9.input.layer1", "block1.layer3.layer2", "<b>"])
def test_a_cell_that_is_none_opens_nothing(cell):
    assert len(headings(opened(cell=cell))) == 3


@pytest.fixture
def run_with_epochs(keep_run):
    """A run whose folder tells three epochs, as training would have written them."""
    run = keep_run("simple_densenet,num_classes=3")
    networks = [random_network(specify("simple_densenet", num_classes=3), n) for n in range(3)]
    lines = [
        Measurement(10 * n, float(n), float(n), reuse=reuse_record(network)).to_json()
        for n, network in enumerate(networks)
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (run.folder / MEASUREMENTS).write_text(text)
    return run, networks


def test_a_run_shows_its_epochs_and_a_cells_curve(run_with_epochs):
    run, networks = run_with_epochs
    app = opened(run=run.id, cell="block1.input.layer2")
    assert headings(app)[:3] == [
        "These weights",
        "During training",
        "Dense block 1: layer 2 reads input",
    ]
    assert any(
        "Recorded 3 times, to four digits; epoch 0 is before" in each.value for each in app.caption
    )
    (chart,) = app.get("vega_lite_chart")
    table = pa.ipc.open_stream(chart.proto.data.data).read_all().to_pandas()
    curve = table[table["part"] == "this source"]
    assert curve["across"].tolist() == [0, 1, 2]
    expected = [feature_reuse(network)[0].matrix[0, 1] for network in networks]
    assert curve["up"].tolist() == pytest.approx(expected, rel=6e-4)


def test_random_weights_stand_beside_a_run_on_demand(run_with_epochs):
    run, _ = run_with_epochs
    app = opened(run=run.id, beside="random weights")
    assert headings(app)[1] == "Random weights"


def test_a_residual_network_shows_its_blocks():
    app = opened(architecture="resnet", variant="resnet20_cifar")
    assert headings(app) == ["How much does each block change its input?"]
    assert any("(7 of 9 blocks)" in each.value for each in app.caption)
    assert len(app.dataframe[0].value) == 9
    assert len(app.get("vega_lite_chart")) == 1


@pytest.mark.parametrize(("asked", "steps"), [("30", 30), ("31", 100)])
def test_stochastic_depth_shows_what_survives(asked, steps):
    app = opened(
        architecture="stochastic_depth", variant="stochastic_depth110_cifar", drawn_steps=asked
    )
    assert headings(app)[1] == "Which blocks take part in a training step?"
    network = random_network(specify("stochastic_depth110_cifar"), 0)
    count = drawn_survivals(network, steps).sum(axis=1)
    assert app.metric[0].value == "40.3 of 54"
    assert app.metric[1].value == f"{count.mean():.1f} (from {count.min()} to {count.max()})"


def test_an_edited_address_shows_the_papers_definition():
    app = opened(definition="median", scale="row")
    assert DEFINITIONS["mean"].formula in app.latex[0].value
    assert "of each column" in app.caption[0].value
