"""A run before it runs: which network, on which data, with which options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cnnviz.architectures.written import SizedNetwork, read
from cnnviz.training.options import TrainingOptions


@dataclass(frozen=True)
class Start:
    """Trained layers that a run begins with, where name and shape agree.

    Attributes:
        network: Name of a network in the box (cnnviz.training.bundled).
        layers: Module paths of its layers.
    """

    network: str
    layers: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """Everything that decides a run, apart from the device.

    Attributes:
        network: With as many classes as the data has, its channels and its image's side.
        data: Name of a data set, or path of a zip or folder of class folders.
        options: How it is trained.
        twin: The network whose initial tensors it starts with, where name and shape agree: runs of
            an experiment then differ in nothing else. None: it starts with its own.
        start: Trained layers that it begins with; None: it has none.
    """

    network: SizedNetwork
    data: str
    options: TrainingOptions
    twin: SizedNetwork | None = None
    start: Start | None = None

    def to_json(self) -> dict[str, Any]:
        """The plan as JSON can keep it."""
        start: dict[str, Any] = {} if self.twin is None else {"twin": str(self.twin)}
        if self.start is not None:
            start["start"] = {"network": self.start.network, "layers": [*self.start.layers]}
        return {
            "network": str(self.network),
            "data": self.data,
            "options": self.options.to_text(),
            **start,
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Plan:
        """The plan that ``to_json`` gave.

        Raises:
            KeyError: It names a network or an option that is not known.
            ValueError: A value is outside its domain.
        """
        options = TrainingOptions().with_text(found["options"])
        twin = read(found["twin"]) if "twin" in found else None
        start = found.get("start")
        begun = start and Start(start["network"], tuple(start["layers"]))
        return cls(read(found["network"]), found["data"], options, twin, begun)
