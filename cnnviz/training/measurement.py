"""What a training run says of itself while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

# What a line of ``--json-lines`` holds.
SCALARS = (
    "step",
    "epoch",
    "train_loss",
    "train_accuracy",
    "test_loss",
    "test_accuracy",
    "learning_rate",
    "images_per_second",
)


@dataclass(frozen=True)
class Measurement:
    """One point of the curves; what was not measured at that step is None or empty.

    Attributes:
        step: Steps done so far.
        epoch: Epochs done so far, with their part.
        seconds: Of training so far, without pauses.
        train_loss: Mean of the steps since the last measurement of it.
        train_accuracy: Of the same, in [0, 1].
        test_loss: Mean over the test images.
        test_accuracy: Of the same, in [0, 1].
        learning_rate: Of the last step.
        images_per_second: Trained since the last measurement of it.
        memory: Largest number of bytes so far: on the device, or of the process on a CPU.
        gradient_norm: Euclidean norm of the gradient, by part ("stem", "stage 1", ..., "head").
        layer_gradients: Euclidean norm of the gradient of each convolution's and linear layer's
            weight, by module path in the order of registration, to 4 digits; at the first step
            (which sees the initial weights) and at each epoch's end.
        update_ratio: Norm of the last change of the weights by that of the weights, by part.
        dead_relus: Share of channels that are 0 for all test images looked at, by part.
        gates: Mean value of the gates, by name, where there are any.
        reuse: Of a network with dense blocks what ``vision.reuse_record`` keeps: before the first
            step (epoch 0) and at each test.
    """

    step: int
    epoch: float
    seconds: float
    train_loss: float | None = None
    train_accuracy: float | None = None
    test_loss: float | None = None
    test_accuracy: float | None = None
    learning_rate: float | None = None
    images_per_second: float | None = None
    memory: int | None = None
    gradient_norm: Mapping[str, float] = field(default_factory=dict)
    layer_gradients: Mapping[str, float] = field(default_factory=dict)
    update_ratio: Mapping[str, float] = field(default_factory=dict)
    dead_relus: Mapping[str, float] = field(default_factory=dict)
    gates: Mapping[str, float] = field(default_factory=dict)
    reuse: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Everything that was measured, by name."""
        return {k: v for k, v in asdict(self).items() if v is not None and v != {}}

    @property
    def scalars(self) -> dict[str, float]:
        """The numbers of the curves that were measured, by name, in the order of ``SCALARS``."""
        return {name: value for name in SCALARS if (value := getattr(self, name)) is not None}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Measurement:
        """The measurement that ``to_json`` gave; what is unknown is left out."""
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in found.items() if name in known})


@dataclass
class Steering:
    """What may change while a run goes on; another thread may write it at any time.

    Attributes:
        stop: End the run after the step at work, with a checkpoint.
        pause: Wait before the next step.
        learning_rate_scale: What the schedule's learning rate is multiplied by; above 0.
    """

    stop: bool = False
    pause: bool = False
    learning_rate_scale: float = 1.0


class TrainingError(ValueError):
    """One sentence for the person who trains: why the run ended, and what to change."""
