"""Grad-CAM, Feature maps, Neighbours and Explore with a network that a run has trained."""

import pytest

GREY = "resnet20_cifar,width=32,num_classes=3,in_channels=1"
LENET = "lenet5_full,num_classes=3"
SMALL = "mlp,num_classes=3"
CAM_VIEWS = (
    *("one map", "methods", "networks", "classes", "stages"),
    *("believe it?", "occlusion", "crops", "augmentation"),
)
MAP_VIEWS = ("maps", "filters", "shallow to deep", "what excites it", "what it dreams of")


@pytest.fixture(autouse=True)
def weights(no_weights):
    """An empty weights folder: what is shown is the run's."""


def said(app):
    """Everything that the page says in words, the words under and of pictures among them."""
    images = [image.caption for each in app.get("image") for image in each.proto.imgs]
    written = (*app.title, *app.subheader, *app.markdown, *app.caption, *app.info)
    drawn = [each.proto.body for each in app.get("html")]
    return " ".join([*(each.value for each in written), *images, *drawn])


@pytest.mark.parametrize("view", CAM_VIEWS)
def test_every_view_of_grad_cam(open_page, keep_run, view):
    app = open_page("grad_cam", run=keep_run(GREY).id, view=view)
    assert not app.error
    assert "Trained here on **clouds** (3 classes, 32 px in greys), 3 epochs, test" in said(app)
    assert not any("this network is untrained" in warning.value for warning in app.warning)
    # The class that its maps are for is in the menu or in the words.
    asked = [o for menu in app.selectbox if menu.key in ("class", "label") for o in menu.options]
    assert "cloud " in " ".join([said(app), *asked])


@pytest.mark.parametrize("view", MAP_VIEWS)
def test_every_view_of_feature_maps(open_page, keep_run, view):
    app = open_page("feature_maps", run=keep_run(GREY).id, view=view)
    assert not app.error
    assert "Trained here on **clouds**" in said(app)
    assert not app.warning
    if view == "shallow to deep":
        assert "Stage 3: 128 x 8 x 8" in said(app)
        assert "The same with random weights (untrained)" in said(app)


def test_the_maps_are_those_of_the_runs_settings(open_page, keep_run):
    app = open_page("feature_maps", run=keep_run(GREY).id)
    assert "**stem.conv: 32 x 32 x 32**" in said(app)


def test_every_class_can_be_asked_for(open_page, keep_run):
    app = open_page("grad_cam", run=keep_run(LENET).id)
    assert app.selectbox(key="class").options == ["0 cloud 0", "1 cloud 1", "2 cloud 2"]
    app.selectbox(key="class").select("2 cloud 2").run()
    assert "Where it looked for “cloud 2”" in said(app)
    assert "Network input (32 x 32 px)" in said(app)


def test_a_link_keeps_what_it_asks_for(open_page, keep_run):
    run = keep_run(LENET)
    app = open_page("grad_cam", **{"run": run.id, "class": "1 cloud 1", "layer": "stages.0"})
    assert "Where it looked for “cloud 1”" in said(app)
    assert "at stages.0" in said(app)


def test_other_resolutions_than_the_published_one(open_page, keep_run):
    app = open_page("grad_cam", run=keep_run("resnet20_cifar,num_classes=3,resolution=48").id)
    assert not app.error
    assert "Network input (48 x 48 px)" in said(app)


def test_history_shows_the_chosen_run_beside_the_variants(open_page, keep_run):
    run = keep_run(GREY)
    app = open_page("grad_cam", run=run.id, view="networks", networks="lenet5")
    assert rf"run {run.id[:5]}\: 97\.2 % on clouds, 3 epochs" in said(app)
    titles = [text.value for text in app.markdown if text.value.startswith("**")]
    assert titles == ["**ResNet-20 (CIFAR)** (2015)", "**LeNet-5** (1998)"]


@pytest.mark.parametrize("network", [GREY, SMALL])
def test_neighbours(open_page, keep_run, network):
    app = open_page("neighbours", run=keep_run(network).id)
    assert not app.error
    assert "Trained here on **clouds**" in said(app)
    assert "Nearest by Euclidean distance" in said(app)


def test_a_checkpoint_that_is_damaged_while_somebody_looks_is_one_sentence(open_page, keep_run):
    run = keep_run(LENET)
    (run.folder / "best.safetensors").write_bytes(b"nothing")
    app = open_page("grad_cam", run=run.id, variant="lenet5_full", architecture="lenet")
    assert any("is damaged" in warning.value for warning in app.warning)
    assert "Where it looked for" in said(app)
