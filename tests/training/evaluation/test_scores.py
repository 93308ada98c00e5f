"""The numbers of an evaluation, against small cases by hand and against scikit-learn."""

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss

from cnnviz.architectures import build, specify
from cnnviz.architectures.base import TrainedOn
from cnnviz.training.checkpoints import CheckpointError
from cnnviz.training.datasets.base import Split
from cnnviz.training.evaluation.calibration import calibration
from cnnviz.training.evaluation.mcnemar import mcnemar
from cnnviz.training.evaluation.predictions import (
    FILE,
    Predictions,
    checkpoint_key,
    predictions,
    read_predictions,
    write_predictions,
)
from cnnviz.training.evaluation.scores import Evaluation

NAMES = ("ant", "bee", "cow")
# Two ants right; a bee right and one called a cow; a cow called an ant, surest of all mistakes.
LOGITS = np.log([[8, 1, 1], [6, 3, 1], [1, 8, 1], [1, 3, 6], [8, 1, 1]]).astype(np.float32)
LABELS = np.array([0, 0, 1, 1, 2])


@pytest.fixture
def small():
    return Evaluation(Predictions(LOGITS, LABELS, 0.1), NAMES, "Animals")


def test_a_small_case_by_hand(small):
    assert small.accuracy == pytest.approx(3 / 5)
    assert small.baseline_accuracy == pytest.approx(2 / 5)
    assert small.loss == pytest.approx(-np.log([0.8, 0.6, 0.8, 0.3, 0.1]).mean(), rel=1e-6)
    assert small.baseline_loss == pytest.approx(np.log(3))
    assert small.top5 is None
    assert small.confusion.tolist() == [[2, 0, 0], [0, 1, 1], [1, 0, 0]]
    ant, bee, cow = small.scores
    assert (ant.support, ant.precision, ant.recall) == (2, pytest.approx(2 / 3), 1)
    assert ant.f1 == pytest.approx(4 / 5)
    assert ant.accuracy == pytest.approx(4 / 5)
    assert (bee.precision, bee.recall) == (1, 0.5)
    assert (cow.precision, cow.recall, cow.f1) == (0, 0, 0)
    assert small.macro.recall == pytest.approx(0.5)
    assert small.mistakes.tolist() == [4, 3]
    assert small.cell(1, 2).tolist() == [3]


def test_numbers_of_many_pictures_are_those_of_scikit_learn():
    generator = np.random.default_rng(0)
    logits = generator.normal(size=(400, 7)).astype(np.float32)
    labels = generator.integers(0, 7, 400)
    found = Evaluation(Predictions(logits, labels, 0.1), tuple("abcdefg"), "random")
    assert found.accuracy == pytest.approx(accuracy_score(labels, logits.argmax(axis=1)))
    assert found.loss == pytest.approx(log_loss(labels, found.probabilities), rel=1e-6)
    expected = confusion_matrix(labels, logits.argmax(axis=1))
    np.testing.assert_array_equal(found.confusion, expected)
    best = np.argsort(-logits, axis=1)[:, :5]
    assert found.top5 == pytest.approx((best == labels[:, None]).any(axis=1).mean())


def test_calibration_by_hand():
    confidence = np.array([0.55, 0.6, 0.95, 0.95])
    found = calibration(confidence, np.array([True, False, True, True]), bins=2)
    assert found.counts.tolist() == [0, 4]
    assert found.error == pytest.approx(abs(0.75 - confidence.mean()))
    assert found.overconfidence == pytest.approx(confidence.mean() - 0.75)
    found = calibration(confidence, np.array([True, False, True, True]), bins=10)
    # 0.6 is the upper edge of its bin, so it shares that of 0.55.
    assert found.counts[[5, 9]].tolist() == [2, 2]
    assert found.error == pytest.approx(0.5 * abs(0.5 - 0.575) + 0.5 * 0.05)
    assert found.to_json()["bins"][0]["accuracy"] is None


def of(right, **facts):
    """Predictions that are right where it is said, of pictures of class 0."""
    logits = np.array([[1.0, 0.0] if each else [0.0, 1.0] for each in right], dtype=np.float32)
    return Predictions(logits, np.zeros(len(right), dtype=np.int64), 0.1, **facts)


def test_mcnemar_by_hand():
    first = of([True] * 3 + [True] * 6 + [False] * 1 + [False] * 2)
    second = of([True] * 3 + [False] * 6 + [True] * 1 + [False] * 2)
    found = mcnemar(first, second)
    assert (found.both, found.only_first, found.only_second, found.neither) == (3, 6, 1, 2)
    # Two tails of Binomial(7, 1/2) at 6 or more: 2 * (7 + 1) / 128.
    assert found.p_value == pytest.approx(16 / 128)
    assert mcnemar(first, first).p_value == 1


@pytest.mark.parametrize(
    "other",
    [of([True] * 3), of([True] * 4, data="other"), of([True] * 4, seed=1, pictures="other")],
    ids=["count", "data", "seed"],
)
def test_other_pictures_are_refused(other):
    with pytest.raises(ValueError, match="the same images"):
        mcnemar(of([True] * 4), other)


def test_another_seed_with_the_same_pixels_is_the_same():
    both = [of([True] * 4, seed=seed, pictures="same") for seed in (0, 1)]
    assert mcnemar(*both).both == 4


@pytest.fixture
def network():
    sight = TrainedOn("Digits", tuple("0123456789"), 32, (0.3,) * 3, (0.2,) * 3)
    spec = specify("lenet5_full")
    found = build(spec).requires_grad_(False).eval()
    object.__setattr__(found.spec, "trained_on", sight)
    return found


def test_predictions_are_the_networks_on_normalised_pixels(network):
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (5, 32, 32, 1), dtype=torch.uint8, generator=generator)
    split = Split(images, torch.tensor([0, 1, 2, 3, 4]))
    heard = []
    found = predictions(network, split, "cpu", heard.append, "digits", 3)
    by_hand = (images.permute(0, 3, 1, 2).float() / 255 - 0.3) / 0.2
    expected = network(by_hand).numpy()
    np.testing.assert_allclose(found.logits, expected, atol=1e-5)
    assert heard[-1] == 1
    assert (found.data, found.seed, found.device) == ("digits", 3, "cpu")


def test_predictions_are_kept_for_their_checkpoint(tmp_path):
    kept = Predictions(LOGITS, LABELS, 1.5, "cpu", "animals", 2, "digest")
    write_predictions(tmp_path, kept, "key")
    found = read_predictions(tmp_path, "key")
    np.testing.assert_array_equal(found.logits, LOGITS)
    assert (found.seconds, found.data, found.seed) == (1.5, "animals", 2)
    assert read_predictions(tmp_path, "another") is None
    (tmp_path / FILE).write_bytes(b"damaged")
    assert read_predictions(tmp_path, "key") is None
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_a_folder_without_checkpoint_says_so(tmp_path):
    with pytest.raises(CheckpointError, match="train the run first"):
        checkpoint_key(tmp_path)
