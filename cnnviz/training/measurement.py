"""Measurements of a running training, and controls for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

DIGITS = 5  # significant ones of a recorded number
# Quantities in a line of ``--json-lines``.
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
    """One point of the training curves; quantities not measured at the step are None or empty.

    Attributes:
        step: Completed steps.
        epoch: Completed epochs, as a fraction.
        seconds: Training time, without pauses.
        train_loss: Mean training loss since its last measurement.
        train_accuracy: Training accuracy over the same steps, in [0, 1].
        test_loss: Mean test loss.
        test_accuracy: Test accuracy, in [0, 1].
        learning_rate: Learning rate of the last step.
        images_per_second: Training speed since its last measurement.
        memory: Peak memory in bytes: on the device, or of the process on a CPU.
        repeated: How many test images are also training images, at a test; None: none.
        gradient_norm: Euclidean norm of the gradient, by part ("stem", "stage 1", ..., "head").
        layer_gradients: Euclidean norm of the gradient of each convolution's and linear layer's
            weight, by module path in the order of registration, to 4 digits; at the first step
            (with the initial weights) and at each epoch's end.
        update_ratio: Norm of the last weight update divided by the norm of the weights, by part.
        dead_relus: Share of channels that are 0 for all inspected test images, by part.
        gates: Mean value of the gates by name, if any.
        reuse: Feature reuse of dense blocks (``reuse_record``) before the first step (epoch 0) and
            at each test.
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
    repeated: int | None = None
    gradient_norm: Mapping[str, float] = field(default_factory=dict)
    layer_gradients: Mapping[str, float] = field(default_factory=dict)
    update_ratio: Mapping[str, float] = field(default_factory=dict)
    dead_relus: Mapping[str, float] = field(default_factory=dict)
    gates: Mapping[str, float] = field(default_factory=dict)
    reuse: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """All measured quantities by name."""
        return {k: v for k, v in asdict(self).items() if v is not None and v != {}}

    @property
    def scalars(self) -> dict[str, float]:
        """The measured numbers of the curves by name, in the order of ``SCALARS``."""
        return {name: value for name in SCALARS if (value := getattr(self, name)) is not None}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Measurement:
        """Read a measurement from the JSON of ``to_json``; unknown keys are ignored."""
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in known})


@dataclass
class Steering:
    """Controls of a running training; another thread may change them at any time.

    Attributes:
        stop: End the run after the current step, with a checkpoint.
        pause: Wait before the next step.
        learning_rate_scale: Factor on the schedule's learning rate; above 0.
    """

    stop: bool = False
    pause: bool = False
    learning_rate_scale: float = 1.0


class TrainingError(ValueError):
    """A run ended early; the message is one sentence with the reason and advice."""


def rounded(value: Any, digits: int = DIGITS) -> Any:
    """What JSON can keep, with its fractions to so many digits, as a record keeps them."""
    if isinstance(value, Mapping):
        return {name: rounded(each, digits) for name, each in value.items()}
    if isinstance(value, list):
        return [rounded(each, digits) for each in value]
    return float(f"{value:.{digits}g}") if isinstance(value, float) else value
