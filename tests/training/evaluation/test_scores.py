"""The numbers of an evaluation, against small cases by hand and against scikit-learn."""

import json

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
from cnnviz.training.evaluation.scores import Scores, evaluation

NUMBERS = ("accuracy", "baseline_accuracy", "top5", "loss", "baseline_loss")
LEFT_OUT = {
    "mistakes",
    "device",
    "seconds",
    "repeated",
}  # needs the images, or depends on the machine
NAMES = ("ant", "bee", "cow")
# Two ants right; a bee right and one called a cow; a cow called an ant, surest of all mistakes.
LOGITS = np.log([[8, 1, 1], [6, 3, 1], [1, 8, 1], [1, 3, 6], [8, 1, 1]]).astype(np.float32)
LABELS = np.array([0, 0, 1, 1, 2])


@pytest.fixture
def small():
    return evaluation(Predictions(LOGITS, LABELS, 0.1), NAMES, "Animals")


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


def test_scores_of_many_images_are_those_of_scikit_learn():
    generator = np.random.default_rng(0)
    logits = generator.normal(size=(400, 7)).astype(np.float32)
    labels = generator.integers(0, 7, 400)
    many = evaluation(Predictions(logits, labels, 0.1), tuple("abcdefg"), "random")
    assert many.accuracy == pytest.approx(accuracy_score(labels, logits.argmax(axis=1)))
    assert many.loss == pytest.approx(log_loss(labels, many.probabilities), rel=1e-6)
    expected = confusion_matrix(labels, logits.argmax(axis=1))
    np.testing.assert_array_equal(many.confusion, expected)
    best = np.argsort(-logits, axis=1)[:, :5]
    assert many.top5 == pytest.approx((best == labels[:, None]).any(axis=1).mean())


@pytest.fixture(params=[3, 7], ids=["without top 5", "with top 5"])
def scores(request):
    """Of 50 images: most of the fifteen bins of confidence are full, some are empty."""
    generator = np.random.default_rng(request.param)
    logits = generator.normal(size=(50, request.param)).astype(np.float32)
    labels = generator.integers(0, request.param, 50)
    return evaluation(Predictions(logits, labels, 0.1), tuple("abcdefg"[: request.param]), "Data")


def read_again(content):
    return Scores.from_json(json.loads(json.dumps(content)))


def test_the_whole_json_is_read_again_exactly(scores):
    again = read_again(scores.to_json())
    for name in NUMBERS:
        assert getattr(again, name) == getattr(scores, name)
    assert (again.title, again.classes) == ("Data", scores.classes)
    assert again.pictures == len(scores.predictions)
    assert again.scores == scores.scores
    assert again.macro == scores.macro
    assert np.array_equal(again.confusion, scores.confusion)


def test_calibration_is_read_again_with_its_empty_bins(scores):
    before, after = scores.calibration, read_again(scores.to_json()).calibration
    assert (before.counts == 0).any()
    for name in ("edges", "counts", "confidence", "accuracy"):
        assert np.array_equal(getattr(after, name), getattr(before, name), equal_nan=True)
    assert (after.error, after.overconfidence) == (before.error, before.overconfidence)


def test_a_record_keeps_six_digits_and_no_image(scores):
    kept = scores.record()
    assert not kept.keys() & LEFT_OUT
    assert kept.keys() | LEFT_OUT == scores.to_json().keys()
    again = read_again(kept)
    assert (again.top5 is None) == (scores.top5 is None)
    for name in NUMBERS:
        exact = getattr(scores, name)
        assert exact is None or getattr(again, name) == pytest.approx(exact, rel=1e-5)
    assert len(f"{again.loss}".replace("0.", "").replace(".", "")) <= 6
    assert np.array_equal(again.confusion, scores.confusion)


def test_calibration_by_hand():
    confidence = np.array([0.55, 0.6, 0.95, 0.95])
    calibrated = calibration(confidence, np.array([True, False, True, True]), bins=2)
    assert calibrated.counts.tolist() == [0, 4]
    assert calibrated.error == pytest.approx(abs(0.75 - confidence.mean()))
    assert calibrated.overconfidence == pytest.approx(confidence.mean() - 0.75)
    calibrated = calibration(confidence, np.array([True, False, True, True]), bins=10)
    # 0.6 is the upper edge of its bin, so it shares that of 0.55.
    assert calibrated.counts[[5, 9]].tolist() == [2, 2]
    assert calibrated.error == pytest.approx(0.5 * abs(0.5 - 0.575) + 0.5 * 0.05)
    assert calibrated.to_json()["bins"][0]["accuracy"] is None


def of(right, **facts):
    """Predictions that are right where it is said, of images of class 0."""
    logits = np.array([[1.0, 0.0] if each else [0.0, 1.0] for each in right], dtype=np.float32)
    return Predictions(logits, np.zeros(len(right), dtype=np.int64), 0.1, **facts)


def test_mcnemar_by_hand():
    first = of([True] * 3 + [True] * 6 + [False] * 1 + [False] * 2)
    second = of([True] * 3 + [False] * 6 + [True] * 1 + [False] * 2)
    test = mcnemar(first, second)
    assert (test.both, test.only_first, test.only_second, test.neither) == (3, 6, 1, 2)
    # Two tails of Binomial(7, 1/2) at 6 or more: 2 * (7 + 1) / 128.
    assert test.p_value == pytest.approx(16 / 128)
    assert mcnemar(first, first).p_value == 1


@pytest.mark.parametrize(
    "other",
    [of([True] * 3), of([True] * 4, data="other"), of([True] * 4, seed=1, pictures="other")],
    ids=["count", "data", "seed"],
)
def test_other_images_are_refused(other):
    with pytest.raises(ValueError, match="the same images"):
        mcnemar(of([True] * 4), other)


def test_another_seed_with_the_same_pixels_is_the_same():
    both = [of([True] * 4, seed=seed, pictures="same") for seed in (0, 1)]
    assert mcnemar(*both).both == 4


@pytest.fixture
def network():
    sight = TrainedOn("Digits", tuple("0123456789"), 32, (0.3,) * 3, (0.2,) * 3)
    spec = specify("lenet5_full")
    untrained = build(spec).requires_grad_(False).eval()
    object.__setattr__(untrained.spec, "trained_on", sight)
    return untrained


def test_predictions_are_the_networks_on_normalised_pixels(network):
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (5, 32, 32, 1), dtype=torch.uint8, generator=generator)
    split = Split(images, torch.tensor([0, 1, 2, 3, 4]))
    heard = []
    predicted = predictions(network, split, "cpu", heard.append, "digits", 3)
    by_hand = (images.permute(0, 3, 1, 2).float() / 255 - 0.3) / 0.2
    expected = network(by_hand).numpy()
    np.testing.assert_allclose(predicted.logits, expected, atol=1e-5)
    assert heard[-1] == 1
    assert (predicted.data, predicted.seed, predicted.device) == ("digits", 3, "cpu")


def test_predictions_are_kept_for_their_checkpoint(tmp_path):
    kept = Predictions(LOGITS, LABELS, 1.5, "cpu", "animals", 2, "digest")
    write_predictions(tmp_path, kept, "key")
    stored = read_predictions(tmp_path, "key")
    np.testing.assert_array_equal(stored.logits, LOGITS)
    assert (stored.seconds, stored.data, stored.seed) == (1.5, "animals", 2)
    assert read_predictions(tmp_path, "another") is None
    (tmp_path / FILE).write_bytes(b"damaged")
    assert read_predictions(tmp_path, "key") is None
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_a_folder_without_checkpoint_says_so(tmp_path):
    with pytest.raises(CheckpointError, match="train the run first"):
        checkpoint_key(tmp_path)
