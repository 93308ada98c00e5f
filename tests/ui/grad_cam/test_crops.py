"""Ten crops beside one: answers, captions, and what a small network is told."""

import numpy as np
import pytest

from cnnviz.architectures import specify
from cnnviz.images.opening import open_image
from cnnviz.images.samples import sample_images
from cnnviz.vision.crops import TEN_CROPS, ten_crops
from cnnviz.weights.loading import load_network
from cnnviz.weights.sources import sources
from tests.apps import open_function


def page(variant, asked):
    from cnnviz.architectures import specify
    from cnnviz.images.opening import open_image
    from cnnviz.images.samples import sample_images
    from cnnviz.ui.grad_cam.crops import show_crops
    from cnnviz.ui.photo.controls import Photo
    from cnnviz.ui.photo.subject import Subject
    from cnnviz.weights.sources import sources

    sample = sample_images()[0]
    photo = Photo(sample.file, sample.title, open_image(sample.path))
    show_crops(Subject(specify(variant), sources(variant)[0], photo, asked))


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNVIZ_WEIGHTS", str(tmp_path))


def opened(variant, asked=None):
    return open_function(page, variant, asked)


def captions(app):
    return [image.proto.imgs[0].caption for image in app.get("imgs") + app.get("image")]


def test_each_crop_has_its_own_probability_and_the_answer_is_their_mean():
    app = opened("resnet20_cifar", 3)
    spec = specify("resnet20_cifar")
    network = load_network(spec, sources("resnet20_cifar")[-1])
    crops = ten_crops(spec, open_image(sample_images()[0].path))
    expected = network(crops.images).softmax(dim=1).numpy()
    assert captions(app) == [
        f"{name}: {answer[3]:.1%}" for name, answer in zip(TEN_CROPS, expected, strict=True)
    ]
    single, ten = (html.proto.body for html in app.get("html"))
    best = expected.mean(axis=0).max()
    assert f"{100 * best:.1f} %" in ten
    assert single != ten
    mean = expected[:, 3].mean()
    assert f"{mean:.1%} as the mean of ten" in app.markdown[0].value


def test_a_small_network_is_told_that_the_photo_was_enlarged():
    (caption,) = opened("resnet20_cifar").caption
    assert "enlarged to 37 px" in caption.value
    assert "crops of 32 px" in caption.value


def test_an_imagenet_network_has_the_papers_sizes(test_data, monkeypatch):
    monkeypatch.setenv("CNNVIZ_WEIGHTS", str(test_data / "weights"))
    app = opened("squeezenet1_1")
    assert "crops of 224 px" in app.caption[0].value
    assert "square of 256 px" in app.caption[0].value
    assert "enlarged" not in app.caption[0].value
    centre = float(captions(app)[4].partition(": ")[2].rstrip("%"))
    said = float(app.markdown[0].value.partition("has ")[2].partition("%")[0])
    assert np.isclose(centre, said, atol=0.06)
