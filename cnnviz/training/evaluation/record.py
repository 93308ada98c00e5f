"""An evaluation as its JSON keeps it: every number, without the pictures that it was made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from cnnviz.training.evaluation.calibration import Calibration
from cnnviz.training.evaluation.scores import ClassScore, Evaluation
from cnnviz.training.rounding import rounded

# What needs the pictures, or is of the machine that tested.
LEFT_OUT = ("mistakes", "device", "seconds")
DIGITS = 6


@dataclass(frozen=True, eq=False)
class RecordedEvaluation:
    """The numbers of an ``Evaluation`` of the same names; those of a record are rounded.

    Attributes:
        title: Of the data, with what must be said of it.
        pictures: How many were tested.
        accuracy: The share that is predicted right, in [0, 1].
        chance: The accuracy of always saying the most frequent class.
        top5: The share whose class is among the five most probable; None for five or fewer.
        loss: Mean cross-entropy in nats.
        chance_loss: That of giving all classes the same probability.
        calibration: How far the network's confidence is to be believed.
        scores: How each class fares, by label.
        macro: The means over the classes.
        confusion: How many pictures of each class (row) are called each class (column), int64.
    """

    title: str
    pictures: int
    accuracy: float
    chance: float
    top5: float | None
    loss: float
    chance_loss: float
    calibration: Calibration
    scores: tuple[ClassScore, ...]
    macro: ClassScore
    confusion: np.ndarray

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes, by label."""
        return tuple(score.name for score in self.scores)

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        """What ``Evaluation.to_json`` or ``evaluation_record`` has written."""
        return cls(
            title=found["data"],
            pictures=found["pictures"],
            accuracy=found["accuracy"],
            chance=found["chance_accuracy"],
            top5=found["top5"],
            loss=found["loss"],
            chance_loss=found["chance_loss"],
            calibration=Calibration.from_json(found["calibration"]),
            scores=tuple(ClassScore(**score) for score in found["classes"]),
            macro=ClassScore("mean of the classes", **found["macro"]),
            confusion=np.array(found["confusion"], dtype=np.int64),
        )


# What the pages show alike.
AnyEvaluation = Evaluation | RecordedEvaluation


def evaluation_record(evaluation: Evaluation) -> dict[str, Any]:
    """What a record keeps of an evaluation: its JSON in six digits, without ``LEFT_OUT``."""
    told = evaluation.to_json().items()
    return {key: rounded(each, DIGITS) for key, each in told if key not in LEFT_OUT}
