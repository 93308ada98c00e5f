"""The page of feature reuse: the network in the box, others, and those without dense blocks."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.vision.feature_reuse import DEFINITIONS

PAGE = str(Path(__file__).parents[2] / "pages" / "feature_reuse.py")


@pytest.fixture(autouse=True)
def no_weights(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNVIZ_WEIGHTS", str(tmp_path))


def opened(**query):
    app = AppTest.from_file(PAGE, default_timeout=120)
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    assert not app.error
    return app


def headings(app):
    return [heading.value for heading in app.subheader]


def test_it_opens_on_the_densenet_in_the_box():
    app = opened()
    assert app.selectbox(key="variant").value == "densenet40_k12_cifar"
    assert headings(app) == ["With these weights", "Before training (random weights)"]
    assert "Trained for this project" in app.info[0].value
    assert "each 3x3" in app.caption[0].value


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_the_definition_is_written_out(definition):
    app = opened(definition=definition, scale="block")
    assert DEFINITIONS[definition].formula in app.latex[0].value
    assert "of each block" in app.caption[0].value


def test_a_network_with_bottlenecks_and_random_weights():
    app = opened(architecture="densenet", variant="densenet_bc100_k12_cifar", scale="none")
    assert headings(app) == ["Random weights (untrained)"]
    assert "Random weights: this network is untrained" in app.warning[0].value
    assert "the 1x1 convolution of each layer" in app.caption[0].value
    assert "of the whole network" in app.caption[0].value


def test_a_network_without_dense_blocks_says_what_to_choose():
    app = opened(architecture="resnet", variant="resnet20_cifar")
    assert "Choose **densenet**" in app.info[0].value
    assert not headings(app)


def test_an_edited_address_shows_the_papers_definition():
    app = opened(definition="median", scale="row")
    assert DEFINITIONS["mean"].formula in app.latex[0].value
    assert "of each column" in app.caption[0].value
