"""The bundled networks: they load, know what they saw, and are as good as their record says."""

import numpy as np
import pytest
import torch

from cnnviz.training.bundled import FOLDER, bundled, bundled_for, bundled_network
from cnnviz.training.datasets import load
from cnnviz.training.evaluation.predictions import predictions
from cnnviz.training.evaluation.scores import evaluation
from cnnviz.vision.prediction import normalised
from cnnviz.weights.loading import load_network
from cnnviz.weights.sources import WeightsSource

NAMES = sorted(path.stem for path in FOLDER.glob("*.safetensors"))
KEYS = {
    *("network", "trained_on", "command", "data", "note", "epochs", "seconds", "machine", "torch"),
    *("trained", "test_pictures", "test_accuracy", "test_loss", "evaluation", "paper", "curves"),
    "train_images",
}


def test_bundled_files_are_small_and_each_has_a_record():
    assert NAMES
    assert sorted(path.stem for path in FOLDER.glob("*.json")) == NAMES
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 25e6


@pytest.mark.parametrize("name", NAMES)
def test_a_network_is_float32_frozen_and_in_eval_mode(name):
    entry = bundled_network(name)
    network = entry.network()
    assert {each.dtype for each in network.parameters()} == {torch.float32}
    assert not network.training
    assert not any(each.requires_grad for each in network.parameters())
    assert network.spec == entry.spec
    assert entry.spec.num_classes == len(entry.spec.trained_on.classes)


@pytest.mark.parametrize("name", NAMES)
def test_a_record_says_how_the_network_was_trained(name):
    record = bundled_network(name).record
    assert record.keys() == KEYS
    assert record["command"].startswith(
        f"python -m cnnviz train {bundled_network(name).spec.variant} "
    )
    tests = [point["test_accuracy"] for point in record["curves"] if "test_accuracy" in point]
    # Rounding to half precision costs next to nothing.
    assert record["test_accuracy"] == pytest.approx(max(tests), abs=0.003)
    assert ("JPEG" in record["data"]) == ("JPEG" in record["note"])


@pytest.mark.parametrize("name", NAMES)
def test_the_recorded_evaluation_is_of_the_same_test(name):
    entry = bundled_network(name)
    evaluation, record = entry.evaluation, entry.record
    assert evaluation.title == record["data"]
    assert evaluation.classes == entry.spec.trained_on.classes
    assert evaluation.pictures == record["test_pictures"] == evaluation.confusion.sum()
    assert evaluation.calibration.counts.sum() == evaluation.pictures
    right = evaluation.confusion.trace() / evaluation.pictures
    assert record["test_accuracy"] == evaluation.accuracy == pytest.approx(right)
    assert record["test_loss"] == pytest.approx(evaluation.loss, rel=1e-5)
    recalls = evaluation.confusion.diagonal() / evaluation.confusion.sum(axis=1)
    assert [score.recall for score in evaluation.scores] == pytest.approx(recalls, rel=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_pages_and_commands_load_the_same_weights(name):
    entry = bundled_network(name)
    network = load_network(entry.spec, WeightsSource("file", "", entry.path))
    other = entry.network().state_dict()
    for key, tensor in network.state_dict().items():
        if "num_batches_tracked" not in key:
            assert torch.equal(tensor, other[key])


@pytest.mark.parametrize(
    ("name", "data"), [("lenet5_mnist", "mnist"), ("lenet5_fashion_mnist", "fashion_mnist")]
)
def test_the_test_accuracy_is_that_of_the_record(name, data, test_data, monkeypatch):
    monkeypatch.setenv("CNNVIZ_DATA", str(test_data / "torchvision"))
    entry = bundled_network(name)
    split = load(data, entry.spec.trained_on.resolution, entry.spec.in_channels).test
    answers = predictions(entry.network(), split, "cpu")
    assert len(answers) == entry.record["test_pictures"] == 10_000
    assert answers.correct.mean() == pytest.approx(entry.test_accuracy, abs=0.0005)
    confusion = evaluation(answers, entry.evaluation.classes, data).confusion
    # Another processor rounds otherwise, and a picture between two classes goes to the other.
    assert abs(confusion - entry.evaluation.confusion).sum() <= 20


@pytest.mark.parametrize("each", [e.name for e in bundled() if e.spec.in_channels == 3])
def test_a_cifar_network_classifies_images_without_compression_too(each, test_data):
    entry = bundled_network(each)
    kept = np.load(test_data / "cifar10-lossless-4000" / "train_first4000.npz")
    pictures = torch.from_numpy(kept["images"][:400]).permute(0, 3, 1, 2) / 255
    network = entry.network()
    with torch.inference_mode():
        scores = [network(part) for part in normalised(entry.spec, pictures).split(100)]
    answers = torch.cat(scores).argmax(1).numpy()
    # They are of the training set, so this is no test accuracy.
    assert (answers == kept["labels"][:400]).mean() > entry.test_accuracy - 0.05


def test_the_best_for_its_data_comes_first():
    first = bundled()[0]
    assert first.spec.in_channels == max(each.spec.in_channels for each in bundled())
    lenets = [each.test_accuracy for each in bundled_for("lenet5")]
    assert len(lenets) > 1
    assert lenets == sorted(lenets, reverse=True)
