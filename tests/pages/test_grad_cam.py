"""The Grad-CAM page, with weights, without weights, and with bad photos."""

import shutil
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnnviz.architectures import build
from cnnviz.vision.class_activation import class_activation
from cnnviz.vision.weights import WeightsError

PAGE = str(Path(__file__).parents[2] / "pages" / "grad_cam.py")


def open_cam(**query) -> AppTest:
    app = AppTest.from_file(PAGE, default_timeout=120)
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return app


@pytest.fixture
def no_weights(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNVIZ_WEIGHTS", str(tmp_path))
    return tmp_path


@pytest.fixture
def squeezenet(test_data, no_weights):
    shutil.copy(test_data / "weights" / "squeezenet1_1.pth", no_weights)
    return no_weights


def headings(app: AppTest) -> str:
    return " ".join(heading.value for heading in app.subheader)


def jpeg(picture: Image.Image) -> bytes:
    file = BytesIO()
    picture.save(file, "JPEG")
    return file.getvalue()


def test_it_opens_where_the_weights_are(squeezenet):
    app = open_cam()
    assert app.selectbox(key="variant").value == "squeezenet1_1"
    assert not app.warning
    assert "Where it looked for" in headings(app)


def test_a_class_can_be_searched_and_any_layer_chosen(squeezenet):
    app = open_cam()
    app.selectbox(key="class").select("281 tabby").run()
    assert "Where it looked for “tabby”" in headings(app)
    app.selectbox(key="layer").select("stages.1.fire5.expand_3x3").run()
    assert not app.exception
    assert "at stages.1.fire5.expand_3x3" in " ".join(c.value for c in app.caption)


def test_an_uploaded_photo_is_answered(squeezenet, test_data):
    app = open_cam(photo="upload")
    assert "Choose a sample photo" in app.info[0].value
    photo = test_data / "photos" / "imagenet" / "n02128757_snow_leopard.JPEG"
    app.file_uploader(key="upload").upload("leopard.jpg", photo.read_bytes()).run()
    assert not app.exception
    assert "Where it looked for “snow leopard”" in headings(app)


@pytest.mark.parametrize("content", [b"", b"not a photo at all", b"\xff\xd8\xff\xe0 broken"])
def test_a_bad_upload_is_one_sentence_and_a_good_one_follows(squeezenet, content):
    app = open_cam(photo="upload")
    app.file_uploader(key="upload").upload("photo.jpg", content).run()
    assert not app.exception
    assert len(app.error) == 1
    assert app.error[0].value.endswith(".")
    picture = Image.fromarray(np.full((60, 80, 3), 128, np.uint8))
    app.file_uploader(key="upload").set_value(("grey.jpg", jpeg(picture), "image/jpeg")).run()
    assert not app.error
    assert "Where it looked for" in headings(app)


def test_without_weights_it_says_what_to_do_and_downloads_nothing(no_weights):
    app = open_cam(variant="squeezenet1_1")
    assert any("not on this machine yet" in info.value for info in app.info)
    assert app.button(key="download").label == "Download 5.0 MB"
    assert "Where it looked for" not in headings(app)


def test_a_download_shows_its_progress_and_then_the_answer(no_weights, test_data, monkeypatch):
    calls = []

    def fetch(variant, progress):
        for received in (0, 2_000_000, 4_961_704):
            progress(received, 4_961_704)
        shutil.copy(test_data / "weights" / "squeezenet1_1.pth", no_weights)
        calls.append(variant)

    monkeypatch.setattr("cnnviz.ui.weights_controls.fetch", fetch)
    app = open_cam(variant="squeezenet1_1")
    app.button(key="download").click().run()
    assert not app.exception
    assert calls == ["squeezenet1_1"]
    assert "Where it looked for" in headings(app)


def test_a_failed_download_is_one_sentence(no_weights, monkeypatch):
    def fetch(variant, progress):
        raise WeightsError("The download failed; try again.")

    monkeypatch.setattr("cnnviz.ui.weights_controls.fetch", fetch)
    app = open_cam(variant="squeezenet1_1")
    app.button(key="download").click().run()
    assert not app.exception
    assert [error.value for error in app.error] == ["The download failed; try again."]
    assert app.button(key="download")


def test_random_weights_are_labelled_as_random(no_weights):
    app = open_cam(variant="resnet20_cifar")
    assert "Random weights: this network is untrained" in app.warning[0].value
    assert "Where it looked for" in headings(app)


def test_a_damaged_file_is_one_sentence(no_weights):
    (no_weights / "squeezenet1_1.pth").write_bytes(b"damaged")
    app = open_cam(variant="squeezenet1_1")
    assert not app.exception
    assert len(app.error) == 1
    assert "squeezenet1_1.pth" in app.error[0].value


@pytest.mark.parametrize("variant", ["resnet20_cifar", "dsn_cifar"])
def test_every_offered_layer_can_be_looked_at(no_weights, variant):
    network = build(variant)
    offered = open_cam(variant=variant).selectbox(key="layer").options
    found = class_activation(network, torch.zeros(1, 3, 32, 32), 0, offered)
    assert list(found.maps) == list(offered)


@pytest.mark.parametrize(
    "query", [{"class": "5000 unicorn"}, {"layer": "head.conv.weight"}, {"opacity": "300"}]
)
def test_a_bad_url_falls_back(squeezenet, query):
    app = open_cam(**query)
    assert not app.error
    assert "Where it looked for" in headings(app)
