"""A photo in the eyes of a network: what it answers, and what is computed once."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from cnnviz.architectures import specify
from cnnviz.ui.photo import subject as subjects
from cnnviz.ui.photo.controls import Photo
from cnnviz.ui.photo.subject import Subject
from cnnviz.ui.server.byte_cache import results
from cnnviz.vision.capture import Place
from cnnviz.vision.prediction import network_input
from cnnviz.weights.sources import sources


def photo(seed=0):
    pixels = np.random.default_rng(seed).integers(0, 255, (50, 40, 3), np.uint8)
    return Photo(f"noise {seed}", "Noise", Image.fromarray(pixels))


@pytest.fixture
def subject(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNVIZ_WEIGHTS", str(tmp_path))
    results.clear()
    yield Subject(specify("nin_cifar"), sources("nin_cifar")[-1], photo())
    results.clear()


@pytest.fixture
def passes(monkeypatch):
    """Every pass through a network that is really computed."""
    made = []
    forward_pass = subjects.forward_pass

    def counted(network, image):
        made.append(image)
        return forward_pass(network, image)

    monkeypatch.setattr(subjects, "forward_pass", counted)
    return made


def test_a_subject_answers_for_its_network(subject):
    network = subject.network
    with torch.inference_mode():
        expected = network(network_input(subject.spec, subject.photo.image))[0].softmax(0)
    np.testing.assert_allclose(subject.probabilities, expected.numpy(), rtol=1e-5)
    assert subject.class_index == int(expected.argmax())
    assert subject.label == subject.labels[subject.class_index]
    assert subject.probability == pytest.approx(float(expected.max()), rel=1e-5)
    assert (len(subject.labels), subject.side) == (10, 32)


def test_seen_is_the_networks_input_before_normalisation(subject):
    prepared = subject.preprocessing
    pixels = torch.from_numpy(np.array(subject.seen)).permute(2, 0, 1) / 255
    mean, std = (torch.tensor(each).view(3, 1, 1) for each in (prepared.mean, prepared.std))
    torch.testing.assert_close((pixels - mean) / std, subject.passed.image[0])


def test_one_pass_serves_every_class_and_every_view(subject, passes):
    first = subject.about(3)
    assert first.passed is subject.passed is replace(subject).passed
    assert first.probability != subject.about(4).probability
    assert subject.at(Place("stages.0")).shape == tuple(
        subject.passed.outputs["stages.0"].shape[1:]
    )
    subject.maps(("stages.2",), "grad-cam")
    assert len(passes) == 1
    assert first.key != subject.about(4).key
    assert first.cache_key == subject.about(4).cache_key


def test_another_photo_and_other_weights_are_other_passes(subject, passes):
    assert replace(subject, photo=photo(1)).passed is not subject.passed
    assert len(passes) == 2
    *_, weights = sources("nin_cifar")
    replace(subject, weights=replace(weights, modified=5)).passed  # noqa: B018
    assert len(passes) == 3


def test_maps_belong_to_the_chosen_class(subject):
    one, other = (subject.about(index).maps(("stages.1",), "grad-cam") for index in (3, 4))
    assert not np.array_equal(one.value["stages.1"], other.value["stages.1"])
    assert subject.about(3).maps(("stages.1",), "grad-cam") is one


def test_its_untrained_twin_keeps_photo_and_class(subject):
    trained = replace(subject, weights=replace(subject.weights, kind="file"))
    twin = subject.untrained
    assert (twin.photo, twin.asked_class) == (subject.photo, subject.class_index)
    assert twin.is_random and not trained.is_random
