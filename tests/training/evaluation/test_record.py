"""A recorded evaluation: what is written of one is read again, to the digits it keeps."""

import json

import numpy as np
import pytest

from cnnviz.training.evaluation.predictions import Predictions
from cnnviz.training.evaluation.record import LEFT_OUT, RecordedEvaluation, evaluation_record
from cnnviz.training.evaluation.scores import Evaluation

NUMBERS = ("accuracy", "baseline_accuracy", "top5", "loss", "baseline_loss")


@pytest.fixture(params=[3, 7], ids=["without top 5", "with top 5"])
def evaluation(request):
    """Of 50 pictures: most of the fifteen bins of confidence are full, some are empty."""
    generator = np.random.default_rng(request.param)
    logits = generator.normal(size=(50, request.param)).astype(np.float32)
    labels = generator.integers(0, request.param, 50)
    return Evaluation(Predictions(logits, labels, 0.1), tuple("abcdefg"[: request.param]), "Data")


def read_again(found):
    return RecordedEvaluation.from_json(json.loads(json.dumps(found)))


def test_the_whole_json_is_read_again_exactly(evaluation):
    again = read_again(evaluation.to_json())
    for name in NUMBERS:
        assert getattr(again, name) == getattr(evaluation, name)
    assert (again.title, again.classes) == ("Data", evaluation.classes)
    assert again.pictures == len(evaluation.predictions)
    assert again.scores == evaluation.scores
    assert again.macro == evaluation.macro
    assert np.array_equal(again.confusion, evaluation.confusion)


def test_calibration_is_read_again_with_its_empty_bins(evaluation):
    before, after = evaluation.calibration, read_again(evaluation.to_json()).calibration
    assert (before.counts == 0).any()
    for name in ("edges", "counts", "confidence", "accuracy"):
        assert np.array_equal(getattr(after, name), getattr(before, name), equal_nan=True)
    assert (after.error, after.overconfidence) == (before.error, before.overconfidence)


def test_a_record_keeps_six_digits_and_no_picture(evaluation):
    kept = evaluation_record(evaluation)
    assert not kept.keys() & set(LEFT_OUT)
    assert kept.keys() | set(LEFT_OUT) == evaluation.to_json().keys()
    again = read_again(kept)
    assert (again.top5 is None) == (evaluation.top5 is None)
    for name in NUMBERS:
        exact = getattr(evaluation, name)
        assert exact is None or getattr(again, name) == pytest.approx(exact, rel=1e-5)
    assert len(f"{again.loss}".replace("0.", "").replace(".", "")) <= 6
    assert np.array_equal(again.confusion, evaluation.confusion)
