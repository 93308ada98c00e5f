"""The bundled trained networks: ``checkpoints/NAME.safetensors``, each with a record.

They were trained with this package (``python -m cnnviz train``, then ``bundle``), so that every
page can show a trained network without an internet connection.
"""

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
from cnnviz.training.evaluation.scores import Scores
from cnnviz.training.measurement import Measurement

# A folder of the package that contains only data.
FOLDER = Path(cnnviz.__file__).parent / "checkpoints"


@dataclass(frozen=True, eq=False)
class Bundled:
    """A network that ships with the project.

    Attributes:
        name: Name of the file, and in URLs ("resnet20_cifar").
        spec: The network with the dataset that it was trained on.
        record: Its training and test results; ``runs.bundling`` lists the keys.
        folder: Folder of the file.
    """

    name: str
    spec: NetworkSpec
    record: Mapping[str, Any]
    folder: Path

    @property
    def path(self) -> Path:
        """Path of the float16 weights."""
        return self.folder / f"{self.name}.safetensors"

    @property
    def data(self) -> str:
        """Name of the dataset, without the kind of file that it came from."""
        title = str(self.record["data"])
        return "CIFAR-10" if title.startswith("cifar10") else title

    @property
    def test_accuracy(self) -> float:
        """Accuracy of the float16 weights on the test split, in [0, 1]."""
        return float(self.record["test_accuracy"])

    @property
    def evaluation(self) -> Scores:
        """Evaluation of the float16 weights on the test split."""
        return Scores.from_json(self.record["evaluation"])

    @property
    def curves(self) -> list[Measurement]:
        """Curves of the training, without the times of the measurements."""
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
    """All bundled networks: colour networks first, then by test accuracy.

    Raises:
        CheckpointError: A file is damaged.
    """
    networks = (_bundled(path) for path in sorted(folder.glob("*.safetensors")))
    return tuple(sorted(networks, key=_rank))


def _rank(each: Bundled) -> tuple[int, float]:
    return -each.spec.in_channels, -each.test_accuracy


def bundled_network(name: str) -> Bundled:
    """Look up a bundled network by name.

    Raises:
        KeyError: The name is unknown; the message lists the known names.
    """
    known = sorted(bundled(), key=lambda each: each.name)
    return named(name, {each.name: each for each in known}, "bundled network")


def bundled_for(variant: str) -> tuple[Bundled, ...]:
    """Bundled networks of a variant, sorted by test accuracy."""
    return tuple(each for each in bundled() if each.spec.variant == variant)


def _bundled(path: Path) -> Bundled:
    record = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return Bundled(path.stem, trained_spec(path.parent, path.stem), record, path.parent)
