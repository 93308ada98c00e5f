"""Which weights a network has on this machine: the same in every view."""

import pytest

from cnnviz.architectures import variants
from cnnviz.ui.photo.trained import offered, weights_here
from tests.apps import open_page


@pytest.fixture(autouse=True)
def fresh_clone(tmp_path, monkeypatch):
    """No file of weights and no run: what there is, is bundled."""
    monkeypatch.setenv("CNNVIZ_WEIGHTS", str(tmp_path / "weights"))
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))


def badges(app):
    values = [text.value.replace("\\", "") for text in app.markdown]
    return [value for value in values if "-badge[" in value]


def titles(app):
    return [text.value for text in app.markdown if text.value.startswith("**")]


def test_bundled_networks_are_trained_in_history():
    """A student compares two bundled networks: neither is called untrained, none stands twice."""
    app = open_page("grad_cam", view="networks", networks=["nin_cifar", "resnet20_cifar"])
    assert not app.exception
    own = app.selectbox(key="variant").value
    assert len(titles(app)) == len(set(titles(app))) == len({"nin_cifar", "resnet20_cifar", own})
    assert len(badges(app)) == len(titles(app))
    assert all("bundled: " in badge for badge in badges(app))


def test_history_opens_with_networks_that_know_the_same_classes():
    """A student opens the view on a fresh clone: six trained networks that can be compared."""
    app = open_page("grad_cam", view="networks")
    assert not app.exception
    assert not app.info or "fewer than two" not in app.info[0].value
    assert len(badges(app)) == len(set(titles(app))) == 6
    assert all("on CIFAR-10" in badge for badge in badges(app))


def test_the_networks_of_the_sidebar_and_of_history_have_the_same_weights():
    """A student opens any network alone, then among others: its weights are the same."""
    for variant in variants():
        first = next(each for each in offered(variant, ()) if each.weights.kind != "download")
        assert weights_here(variant, ()) == first
    assert weights_here("resnet20_cifar", ()).weights.title.startswith("bundled: ResNet-20")
    assert weights_here("resnet18", ()).is_random


def test_random_weights_chosen_in_the_sidebar_stay_random_in_history():
    """A student chooses random weights for ResNet-20: history shows that network so, once."""
    query = {"variant": "resnet20_cifar", "weights": "random", "view": "networks"}
    app = open_page("grad_cam", networks=["nin_cifar", "resnet20_cifar"], **query)
    assert titles(app) == ["**NIN (CIFAR)** (2013)", "**ResNet-20 (CIFAR)** (2015)"]
    assert "bundled" in badges(app)[0]
    assert "random weights (untrained)" in badges(app)[1]


def test_a_network_of_few_places_says_why_another_stage_is_looked_at():
    """A student opens a network that ends in 2 x 2 maps: the page says which stage it took."""
    app = open_page("grad_cam", variant="fractalnet21_cifar")
    assert app.selectbox(key="layer").value == "stages.3"
    said = " ".join(text.value for text in app.caption)
    assert "the maps of stages.4 are 2 x 2, too few to point at a region" in said
    assert "stages.4" in app.selectbox(key="layer").options
    assert "nothing is subtracted" in said
