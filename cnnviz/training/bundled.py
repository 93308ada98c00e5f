"""The trained networks in the box: ``checkpoints/NAME.safetensors``, its record beside it.

They were trained with this package (``python -m cnnviz train``, then ``bundle``), so that every
page has something true to show without a network connection.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cnnviz
from cnnviz.architectures import Network, NetworkSpec
from cnnviz.hyperparameters import named
from cnnviz.training.checkpoints import trained_network, trained_spec
from cnnviz.training.evaluation.record import RecordedEvaluation
from cnnviz.training.measurement import Measurement

# Beside this module in the package; data alone lies there.
FOLDER = Path(cnnviz.__file__).parent / "checkpoints"


@dataclass(frozen=True, eq=False)
class Bundled:
    """A network that ships with the project.

    Attributes:
        name: Of the file, and in addresses ("resnet20_cifar").
        spec: The network with what it was trained on.
        record: How it was trained and how good it is; its keys are told in ``runs.bundling``.
        folder: Where it lies.
    """

    name: str
    spec: NetworkSpec
    record: Mapping[str, Any]
    folder: Path

    @property
    def path(self) -> Path:
        """The file of the weights, float16."""
        return self.folder / f"{self.name}.safetensors"

    @property
    def test_accuracy(self) -> float:
        """Of the weights as they ship, on the test split of the data, in [0, 1]."""
        return float(self.record["test_accuracy"])

    @property
    def evaluation(self) -> RecordedEvaluation:
        """All that the record tells of the weights as they ship, on the same pictures."""
        return RecordedEvaluation.from_json(self.record["evaluation"])

    @property
    def curves(self) -> list[Measurement]:
        """The run that trained it; when each point was measured, the record does not tell."""
        return [
            Measurement.from_json({**point, "seconds": math.nan}) for point in self.record["curves"]
        ]

    def network(self) -> Network:
        """The network in float32, frozen and in eval mode.

        Raises:
            CheckpointError: The file is damaged.
        """
        return trained_network(self.folder, self.name)


@cache
def bundled(folder: Path = FOLDER) -> tuple[Bundled, ...]:
    """Every network in the box: those that see colours first, and of these the best for its data.

    Raises:
        CheckpointError: A file is damaged.
    """
    found = (_bundled(path) for path in sorted(folder.glob("*.safetensors")))
    return tuple(sorted(found, key=_rank))


def _rank(each: Bundled) -> tuple[int, float]:
    return -each.spec.in_channels, -each.test_accuracy


def bundled_network(name: str) -> Bundled:
    """The network of that name.

    Raises:
        KeyError: There is none; the message lists the known names.
    """
    known = sorted(bundled(), key=lambda each: each.name)
    return named(name, {each.name: each for each in known}, "network in the box")


def bundled_for(variant: str) -> tuple[Bundled, ...]:
    """Those of a variant, the best for its data first."""
    return tuple(each for each in bundled() if each.spec.variant == variant)


def _bundled(path: Path) -> Bundled:
    record = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return Bundled(path.stem, trained_spec(path.parent, path.stem), record, path.parent)
