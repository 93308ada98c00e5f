"""The Evaluate page of the bundled networks."""

import re

import numpy as np
import pytest

from cnnviz.training.bundled import bundled, bundled_network
from cnnviz.ui.evaluate.bundled import VIEWS as BUNDLED_VIEWS


@pytest.mark.parametrize("run_id", ["", "nosuchrun", "../../etc", "*a*[b](c)"])
def test_without_a_run_it_shows_a_bundled_network(open_evaluate, run_id, metrics):
    app = open_evaluate(run=run_id)
    first = bundled()[0]
    assert app.selectbox(key="chosen_run").value == first.name
    assert metrics(app)["Accuracy"] == f"{first.test_accuracy:.2%}"
    ways_on = [link.value for link in app.get("page_link")]
    assert ways_on == ["Feature maps", "Grad-CAM", "Train"]
    assert len(app.warning) == bool(run_id)


@pytest.mark.parametrize("view", BUNDLED_VIEWS)
@pytest.mark.parametrize("name", ["lenet5_fashion_mnist", "plain56_cifar"])
def test_every_view_of_a_bundled_network(open_evaluate, name, view, said):
    app = open_evaluate(run=name, box_view=view)
    assert app.segmented_control(key="box_view").value == view
    assert not app.error
    assert "These scores were recorded after training." in said(app)


def test_the_most_frequent_confusion_of_a_bundled_network_is_said(open_evaluate, said):
    confusion = np.array(bundled_network("resnet20_cifar").record["evaluation"]["confusion"])
    wrong = confusion - np.diag(confusion.diagonal())
    app = open_evaluate(run="resnet20_cifar", box_view="confusion")
    words = r"([\d,]+) of 1,000 images of \*\*(\w+)\*\* are predicted as \*\*(\w+)\*\*"
    count, label, called = re.search(words, said(app)).groups()
    names = bundled_network("resnet20_cifar").spec.trained_on.classes
    assert int(count) == wrong.max() == wrong[names.index(label), names.index(called)]


def test_the_curves_of_a_bundled_network_go_with_its_command(open_evaluate, said):
    app = open_evaluate(run="resnet20_cifar", box_view="curves")
    assert bundled_network("resnet20_cifar").record["command"] in said(app)
    assert len(app.get("vega_lite_chart")) == 2


def test_an_unknown_view_of_a_bundled_network_is_the_first(open_evaluate):
    app = open_evaluate(run="resnet20_cifar", box_view="nonsense")
    assert app.segmented_control(key="box_view").value == next(iter(BUNDLED_VIEWS))
