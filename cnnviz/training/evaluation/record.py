"""Recorded evaluations: all numbers, without the individual predictions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from cnnviz.training.evaluation.calibration import Calibration
from cnnviz.training.evaluation.scores import ClassScore, Evaluation
from cnnviz.training.rounding import rounded

# Keys that need the images or depend on the machine.
LEFT_OUT = ("mistakes", "device", "seconds")
DIGITS = 6


@dataclass(frozen=True, eq=False)
class RecordedEvaluation:
    """The rounded numbers of an ``Evaluation``, under the same names.

    Attributes:
        title: Title of the data, with remarks.
        pictures: Number of test images.
        accuracy: Accuracy in [0, 1].
        baseline_accuracy: Accuracy of always predicting the most common class.
        top5: Top-5 accuracy; None for five or fewer classes.
        loss: Mean cross-entropy in nats.
        baseline_loss: Mean cross-entropy of a uniform prediction.
        calibration: Calibration of the confidence.
        scores: Scores of each class, by label.
        macro: Means over the classes.
        confusion: Number of images by true class (row) and predicted class (column), int64.
    """

    title: str
    pictures: int
    accuracy: float
    baseline_accuracy: float
    top5: float | None
    loss: float
    baseline_loss: float
    calibration: Calibration
    scores: tuple[ClassScore, ...]
    macro: ClassScore
    confusion: np.ndarray

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes, by label."""
        return tuple(score.name for score in self.scores)

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Self:
        """Read the JSON of ``Evaluation.to_json`` or ``evaluation_record``."""
        return cls(
            title=record["data"],
            pictures=record["pictures"],
            accuracy=record["accuracy"],
            baseline_accuracy=record["chance_accuracy"],
            top5=record["top5"],
            loss=record["loss"],
            baseline_loss=record["chance_loss"],
            calibration=Calibration.from_json(record["calibration"]),
            scores=tuple(ClassScore(**score) for score in record["classes"]),
            macro=ClassScore("mean of the classes", **record["macro"]),
            confusion=np.array(record["confusion"], dtype=np.int64),
        )


# The pages show both in the same way.
AnyEvaluation = Evaluation | RecordedEvaluation


def evaluation_record(evaluation: Evaluation) -> dict[str, Any]:
    """The JSON of an evaluation for a record: six digits, without ``LEFT_OUT``."""
    items = evaluation.to_json().items()
    return {key: rounded(value, DIGITS) for key, value in items if key not in LEFT_OUT}
