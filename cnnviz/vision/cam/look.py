"""The inputs of methods of class activation maps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import torch

from cnnviz.architectures import Network
from cnnviz.progress import Progress, ignore_progress
from cnnviz.vision.capture import Place
from cnnviz.vision.forward_pass import ForwardPass, activations, gradients


@dataclass(eq=False)
class Look:
    """The inputs of a method for a class, image and layer, each computed once on first access.

    Attributes:
        network: In eval mode, perhaps shared by threads.
        passed: Forward pass of the image.
        class_index: The class.
        layer: Module path of the target layer.
        both: Gives activation and gradient by layer, each (1, K, h, w).
        progress: For methods that run the network many times.
    """

    network: Network
    passed: ForwardPass
    class_index: int
    layer: str
    both: Callable[[], dict[str, tuple[torch.Tensor, torch.Tensor]]]
    progress: Progress = ignore_progress

    @classmethod
    def at(
        cls, network: Network, passed: ForwardPass, class_index: int, layers: Sequence[str]
    ) -> list[Look]:
        """The inputs at several layers, whose gradients share one backward pass."""
        both = cache(lambda: gradients(network, passed, class_index, layers))
        return [cls(network, passed, class_index, layer, both) for layer in layers]

    @property
    def activation(self) -> torch.Tensor:
        """Activation A, (1, K, h, w)."""
        return self.both()[self.layer][0]

    @property
    def gradient(self) -> torch.Tensor:
        """Gradient g, (1, K, h, w)."""
        return self.both()[self.layer][1]

    @property
    def maps(self) -> torch.Tensor:
        """Activation A without computing the gradient, (1, K, h, w).

        Raises:
            ValueError: The layer has no feature maps.
        """
        place = Place(self.layer)
        maps = activations(self.network, self.passed, [place])[place]
        if maps.dim() != 4:
            raise ValueError(f"layer must give feature maps (C, H, W); received {self.layer}.")
        return maps
