"""The Grad-CAM page, with weights, without weights, and with bad photos."""

import os
import shutil
import time
from functools import partial
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnnviz.architectures import build
from cnnviz.images.opening import open_image
from cnnviz.ui.work import work as slow_work
from cnnviz.vision.cam.class_activation import class_activation, class_activation_map
from cnnviz.vision.cam.methods import METHODS
from cnnviz.weights.loading import load_weights
from cnnviz.weights.state_dict import WeightsError

ROOT = Path(__file__).parents[2]
VIEWS = (
    *("one map", "methods", "networks", "classes", "stages"),
    *("believe it?", "occlusion", "crops", "augmentation"),
)


@pytest.fixture
def open_cam(open_page):
    return partial(open_page, "grad_cam")


def headings(app: AppTest) -> str:
    return " ".join(heading.value for heading in app.subheader)


def jpeg(picture: Image.Image) -> bytes:
    file = BytesIO()
    picture.save(file, "JPEG")
    return file.getvalue()


def test_it_opens_where_the_weights_are(open_cam, squeezenet):
    app = open_cam()
    assert app.selectbox(key="variant").value == "squeezenet1_1"
    assert not app.warning
    assert "Where it looked for" in headings(app)


def test_a_class_can_be_searched_and_any_layer_chosen(open_cam, squeezenet):
    app = open_cam()
    app.selectbox(key="class").select("281 tabby").run()
    assert "Where it looked for “tabby”" in headings(app)
    app.selectbox(key="layer").select("stages.1.fire5.expand_3x3").run()
    assert not app.exception
    assert "at stages.1.fire5.expand_3x3" in " ".join(c.value for c in app.caption)


def test_an_uploaded_photo_is_answered(open_cam, squeezenet, test_data):
    app = open_cam(photo="upload")
    assert "Choose a sample photo" in app.info[0].value
    photo = test_data / "photos" / "imagenet" / "n02128757_snow_leopard.JPEG"
    app.file_uploader(key="upload").upload("leopard.jpg", photo.read_bytes()).run()
    assert not app.exception
    assert "Where it looked for “snow leopard”" in headings(app)


@pytest.mark.parametrize("content", [b"", b"not a photo at all", b"\xff\xd8\xff\xe0 broken"])
def test_a_bad_upload_is_one_sentence_and_a_good_one_follows(open_cam, squeezenet, content):
    app = open_cam(photo="upload")
    app.file_uploader(key="upload").upload("photo.jpg", content).run()
    assert not app.exception
    assert len(app.error) == 1
    assert app.error[0].value.endswith(".")
    picture = Image.fromarray(np.full((60, 80, 3), 128, np.uint8))
    app.file_uploader(key="upload").set_value(("grey.jpg", jpeg(picture), "image/jpeg")).run()
    assert not app.error
    assert "Where it looked for" in headings(app)


def test_without_weights_it_says_what_to_do_and_downloads_nothing(open_cam, no_weights):
    app = open_cam(variant="squeezenet1_1")
    assert any("not on this machine yet" in info.value for info in app.info)
    assert app.button(key="start_download").label == "Download 5.0 MB"
    assert "Where it looked for" not in headings(app)


def computed(app, label):
    """The page after the work that its button starts, which goes on beside it."""
    (start,) = [button for button in app.button if button.label == label]
    start.click().run()
    deadline = time.monotonic() + 60
    while not all(work.is_finished for work in list(slow_work._works.values())):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    app.run()
    assert not app.exception
    return app


def test_a_download_shows_its_progress_and_then_the_answer(
    open_cam, no_weights, test_data, monkeypatch
):
    calls = []

    def fetch(variant, progress):
        for received in (0, 2_000_000, 4_961_704):
            progress(received, 4_961_704)
        shutil.copy(test_data / "weights" / "squeezenet1_1.pth", no_weights)
        calls.append(variant)

    monkeypatch.setattr("cnnviz.ui.photo.weights.fetch", fetch)
    app = computed(open_cam(variant="squeezenet1_1"), "Download 5.0 MB")
    assert calls == ["squeezenet1_1"]
    assert "Where it looked for" in headings(app)


def test_a_failed_download_is_one_sentence(open_cam, no_weights, monkeypatch):
    def fetch(variant, progress):
        raise WeightsError("The download failed; try again.")

    monkeypatch.setattr("cnnviz.ui.photo.weights.fetch", fetch)
    app = computed(open_cam(variant="squeezenet1_1"), "Download 5.0 MB")
    assert [error.value for error in app.error] == ["The download failed; try again."]
    assert app.button(key="start_download")


def test_random_weights_are_labelled_as_random(open_cam, no_weights):
    app = open_cam(variant="resnet32_cifar")
    assert "Random weights: this network is untrained" in app.warning[0].value
    assert "Where it looked for" in headings(app)


def test_a_damaged_file_is_one_sentence(open_cam, no_weights):
    (no_weights / "squeezenet1_1.pth").write_bytes(b"damaged")
    app = open_cam(variant="squeezenet1_1")
    assert not app.exception
    assert len(app.error) == 1
    assert "squeezenet1_1.pth" in app.error[0].value


@pytest.mark.parametrize("variant", ["resnet20_cifar", "dsn_cifar"])
def test_every_offered_layer_can_be_looked_at(open_cam, no_weights, variant):
    network = build(variant)
    offered = open_cam(variant=variant).selectbox(key="layer").options
    activation = class_activation(network, torch.zeros(1, 3, 32, 32), 0, offered)
    assert list(activation.maps) == list(offered)


@pytest.mark.parametrize(
    "query", [{"class": "5000 unicorn"}, {"layer": "head.conv.weight"}, {"opacity": "300"}]
)
def test_a_bad_url_falls_back(open_cam, squeezenet, query):
    app = open_cam(**query)
    assert not app.error
    assert "Where it looked for" in headings(app)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens_from_its_address(open_cam, squeezenet, view):
    app = open_cam(view=view)
    assert not app.error
    assert not app.warning
    assert app.segmented_control(key="view").value == view


@pytest.mark.parametrize("view", VIEWS)
def test_in_every_view_random_weights_are_labelled(open_cam, no_weights, view):
    app = open_cam(view=view, variant="resnet32_cifar")
    assert not app.error
    assert "Random weights: this network is untrained" in app.warning[0].value


@pytest.mark.parametrize("method", ["grad-cam++", "eigencam", "cam", "guided-backprop", "saliency"])
def test_a_method_comes_with_its_equation_paper_and_cost(open_cam, squeezenet, method):
    app = open_cam(method=method)
    assert "Where it looked for" in headings(app)
    about = METHODS[method]
    assert about.equation in [text.value for text in app.markdown]
    assert f"{about.paper} Cost: {about.cost}." in [text.value for text in app.caption]
    assert any(f"{about.title}" in text.value for text in app.caption)


def test_methods_that_do_not_suit_are_not_offered(open_cam, no_weights):
    app = open_cam(variant="lenet5", architecture="lenet")
    offered = app.selectbox(key="method").options
    assert "grad-cam" in offered
    assert "cam" not in offered
    assert "guided-backprop" not in offered


def test_a_slow_method_waits_for_its_button(open_cam, test_data, tmp_path, monkeypatch):
    monkeypatch.setenv("CNNVIZ_WEIGHTS", str(tmp_path))
    app = open_cam(variant="resnet20_cifar", method="scorecam")
    computed(app, "Compute Score-CAM")
    assert any("Score-CAM at stages.2" in text.value for text in app.caption)


def test_one_photo_through_history(open_cam, squeezenet):
    """Oldest first, each with its own answer; what is untrained says so."""
    app = open_cam(view="networks")
    names = ["squeezenet1_1", "lenet5", "resnet20_cifar", "resnet32_cifar"]
    app.multiselect(key="networks").set_value(names).run()
    assert not app.exception
    titles = [text.value for text in app.markdown if text.value.startswith("**")]
    assert titles == [
        "**LeNet-5** (1998)",
        "**ResNet-20 (CIFAR)** (2015)",
        "**ResNet-32 (CIFAR)** (2015)",
        "**SqueezeNet 1.1** (2016)",
    ]
    texts = [text.value.replace("\\", "") for text in app.markdown]
    badges = [text for text in texts if "badge" in text]
    for badge, words in zip(
        badges,
        ["LeNet-5 on MNIST", "ResNet-20 on CIFAR-10", "random weights (untrained)", "squeezenet1"],
        strict=True,
    ):
        assert words in badge


def test_dog_against_cat(open_cam, squeezenet, test_data):
    app = open_cam(view="classes", photo="upload")
    both = test_data / "photos" / "misc" / "both.png"
    app.file_uploader(key="upload").upload("both.png", both.read_bytes()).run()
    app.multiselect(key="classes").set_value(["243 bull mastiff", "281 tabby"]).run()
    assert not app.exception
    assert not app.error
    dog, cat = (maps_of(both, index) for index in (243, 281))
    # The dog is in the upper half of this photo, the cat in the lower one.
    assert height(dog) < 112 < height(cat)


def maps_of(path, index):
    weights = Path(os.environ["CNNVIZ_TEST_DATA"]) / "weights" / "squeezenet1_1.pth"
    network = load_weights(build("squeezenet1_1"), weights)
    return class_activation_map(network, open_image(path), index)


def height(values):
    """Row of a map's centre of mass."""
    return float((values.sum(axis=1) * np.arange(len(values))).sum() / values.sum())


def test_odd_pictures_get_an_answer_or_one_sentence(
    open_cam, squeezenet, nasty, upload_each, monkeypatch
):
    for module in ("photo.overlay", "grad_cam.maps"):  # small maps: four are drawn of each photo
        monkeypatch.setattr(f"cnnviz.ui.{module}.SIDE", 96)
    app = open_cam(photo="upload", variant="resnet20_cifar")  # small: 40 passes through it
    files, opening = nasty
    assert upload_each(app, files, lambda a: "Where it looked for" in headings(a)) == opening
    assert "Where it looked for" in headings(open_cam()), "the next visitor notices nothing"
