"""Class activation maps: which region of the image speaks for a class."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch.nn import functional

from cnnviz.architectures import Network
from cnnviz.vision.capture import captured
from cnnviz.vision.prediction import network_input

Method = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def grad_cam(activation: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
    """ReLU(sum_k alpha_k A^k) with alpha_k the mean over i, j of dy / dA^k_ij.

    Selvaraju et al. 2017, equations 1 and 2; y is the logit of the class.
    """
    alpha = gradient.mean(dim=(2, 3), keepdim=True)
    return functional.relu((alpha * activation).sum(dim=1, keepdim=True))


METHODS: dict[str, Method] = {"grad-cam": grad_cam}


@dataclass(frozen=True, eq=False)
class ClassActivation:
    """Maps of one class at several layers, from one forward pass.

    Attributes:
        class_index: The class that the maps speak of.
        maps: By layer, float32 (H, W) of the input's size in [0, 1]; all 0 where no region speaks
            for the class.
        probabilities: float32 (num_classes,), the network's answer.
    """

    class_index: int
    maps: dict[str, np.ndarray]
    probabilities: np.ndarray


def class_activation(
    network: Network,
    image: torch.Tensor,
    class_index: int | None = None,
    layers: Sequence[str] | None = None,
    method: str = "grad-cam",
) -> ClassActivation:
    """Class activation maps of one image at one or more layers, and the network's answer.

    Args:
        network: In eval mode; it may be shared by threads. Freezing its parameters saves time.
        image: Preprocessed, (1, C, H, W).
        class_index: Which class; default the most probable.
        layers: Module paths; default the last stage.
        method: A key of ``METHODS``.

    Raises:
        KeyError: Unknown method or layer; the message names it.
        ValueError: A layer without feature maps, a class that the network does not have, or more
            than one image.
    """
    if method not in METHODS:
        raise KeyError(f"{method} is no method; known are {', '.join(METHODS)}.")
    if image.dim() != 4 or image.shape[0] != 1:
        raise ValueError(f"image must be (1, C, H, W); received {tuple(image.shape)}.")
    layers = list(layers or [default_layer(network)])
    with torch.enable_grad(), captured(network, layers) as activations:
        logits = network(image)
        _check(layers, activations)
        chosen = _chosen_class(logits, class_index)
        targets = [activations[layer] for layer in layers]
        gradients = torch.autograd.grad(logits[0, chosen], targets)
    with torch.no_grad():
        maps = {
            layer: _scaled(METHODS[method](activation, gradient), image.shape[2:])
            for layer, activation, gradient in zip(layers, targets, gradients, strict=True)
        }
        return ClassActivation(chosen, maps, logits[0].softmax(dim=0).numpy(force=True))


def class_activation_map(
    network: Network,
    image: Image.Image | torch.Tensor,
    class_index: int | None = None,
    layer: str | None = None,
    method: str = "grad-cam",
) -> np.ndarray:
    """Which region of an image speaks for a class: float32 (H, W) in [0, 1], of the input's size.

    Args:
        network: A network of ``cnnviz.build`` in eval mode, with weights.
        image: A photo of ``cnnviz.open_image``, or a preprocessed tensor (1, C, H, W).
        class_index: Which class; default the most probable.
        layer: Module path in the layer table; default the last stage.
        method: A key of ``METHODS``.

    Raises:
        KeyError: Unknown method or layer; the message names it.
        ValueError: A layer without feature maps, or a class that the network does not have.
    """
    if isinstance(image, Image.Image):
        image = network_input(network.spec, image)
    layer = layer or default_layer(network)
    return class_activation(network, image, class_index, [layer], method).maps[layer]


def default_layer(network: Network) -> str:
    """The last stage: the deepest feature maps that still have a place in the image."""
    return f"stages.{len(network.stages) - 1}"


def _check(layers: Sequence[str], activations: dict[str, torch.Tensor]) -> None:
    for layer in layers:
        if layer not in activations:
            raise ValueError(f"layer must be one that the network runs; received {layer}.")
        if activations[layer].dim() != 4:
            raise ValueError(f"layer must give feature maps (C, H, W); received {layer}.")


def _chosen_class(logits: torch.Tensor, class_index: int | None) -> int:
    if class_index is None:
        return int(logits[0].argmax())
    if not 0 <= class_index < logits.shape[1]:
        raise ValueError(
            f"class_index must be from 0 to {logits.shape[1] - 1}; received {class_index}."
        )
    return class_index


def _scaled(raw: torch.Tensor, size: Sequence[int]) -> np.ndarray:
    """A map (1, 1, h, w) brought to the input's size and to [0, 1]."""
    full = functional.interpolate(raw, size=tuple(size), mode="bilinear", align_corners=False)
    full = full[0, 0] - full.min()
    peak = full.max()
    scaled: np.ndarray = (full / peak if peak > 0 else full).float().numpy(force=True)
    return scaled
