"""The plan of a run: network, data and options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cnnviz.architectures.written import SizedNetwork, read
from cnnviz.training.options import TrainingOptions


@dataclass(frozen=True)
class Start:
    """Trained layers that initialise a network where name and shape agree.

    Attributes:
        network: Name of a bundled network (cnnviz.training.bundled).
        layers: Module paths of the layers.
    """

    network: str
    layers: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """Everything that determines a run except the device.

    Attributes:
        network: Network with the classes, channels and image side of the data.
        data: Name of a dataset, or path of a zip file or folder with a folder per class.
        options: Training options.
        twin: Network whose initial tensors are used where name and shape agree, so that runs of an
            experiment differ in nothing else; None: no such network.
        start: Trained layers to start from; None: no such layers.
    """

    network: SizedNetwork
    data: str
    options: TrainingOptions
    twin: SizedNetwork | None = None
    start: Start | None = None

    def to_json(self) -> dict[str, Any]:
        """The plan as JSON."""
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
    def from_json(cls, written: Mapping[str, Any]) -> Plan:
        """Read a plan from the JSON of ``to_json``.

        Raises:
            KeyError: The network or an option is unknown.
            ValueError: A value is outside its domain.
        """
        options = TrainingOptions().with_text(written["options"])
        twin = read(written["twin"]) if "twin" in written else None
        start = written.get("start")
        begun = start and Start(start["network"], tuple(start["layers"]))
        return cls(read(written["network"]), written["data"], options, twin, begun)
