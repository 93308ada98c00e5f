"""Class activation maps: the regions of an image that support a class."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch.nn import functional

from cnnviz.architectures import Network
from cnnviz.hyperparameters import named
from cnnviz.progress import Progress, ignore_progress, part
from cnnviz.vision.cam.look import Look
from cnnviz.vision.cam.methods import METHODS, Method
from cnnviz.vision.capture import submodule
from cnnviz.vision.forward_pass import ForwardPass, forward_pass, require_class
from cnnviz.vision.prediction import network_input


@dataclass(frozen=True, eq=False)
class ClassActivation:
    """Maps of one class at several layers, from one forward pass.

    Attributes:
        class_index: The explained class.
        maps: By layer, float32 (H, W) of the input's size in [0, 1]; all 0 if no region supports
            the class.
        probabilities: Prediction, float32 (num_classes,).
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
    progress: Progress = ignore_progress,
) -> ClassActivation:
    """Compute class activation maps of an image at one or more layers, and the prediction.

    Args:
        network: In eval mode; it may be shared by threads. Freezing its parameters saves time.
        image: Preprocessed, (1, C, H, W).
        class_index: The explained class; default the predicted one.
        layers: Module paths; default the last stage.
        method: A key of ``METHODS``.
        progress: Called with the share done; an exception cancels the work.

    Raises:
        KeyError: Unknown method or layer; the message names it.
        ValueError: A layer without feature maps, a class that the network does not have, more than
            one image, or a network that the method does not suit.
    """
    method_of(method)
    passed = forward_pass(network, image)
    if class_index is None:
        class_index = int(passed.logits.argmax())
    layers = list(layers or [default_layer(network)])
    maps = class_maps(network, passed, class_index, layers, method, progress)
    return ClassActivation(class_index, maps, passed.probabilities)


def class_maps(
    network: Network,
    passed: ForwardPass,
    class_index: int,
    layers: Sequence[str],
    method: str = "grad-cam",
    progress: Progress = ignore_progress,
) -> dict[str, np.ndarray]:
    """Compute class activation maps of a forward pass, by layer; see ``class_activation``."""
    require_class(class_index, len(passed.logits))
    for layer in layers:
        submodule(network, layer)
    maps, looks = {}, Look.at(network, passed, class_index, layers)
    for number, look in enumerate(looks):
        look.progress = part(progress, number / len(looks), (number + 1) / len(looks))
        raw = method_of(method).function(look)
        maps[look.layer] = _scaled(functional.relu(raw), passed.image.shape[2:])
    return maps


def class_activation_map(
    network: Network,
    image: Image.Image | torch.Tensor,
    class_index: int | None = None,
    layer: str | None = None,
    method: str = "grad-cam",
) -> np.ndarray:
    """Compute the region that supports a class: float32 (H, W) in [0, 1], of the input's size.

    Args:
        network: A network of ``cnnviz.build`` in eval mode, with weights.
        image: A photo of ``cnnviz.open_image``, or a preprocessed tensor (1, C, H, W).
        class_index: The explained class; default the predicted one.
        layer: Module path in the layer table; default the last stage.
        method: grad-cam, grad-cam++, hirescam, xgradcam, layercam, eigencam, eigengradcam, cam,
            guided-backprop, saliency, scorecam or ablationcam.

    Raises:
        KeyError: Unknown method or layer; the message names it.
        ValueError: A layer without feature maps, a class that the network does not have, or a
            network that the method does not suit.
    """
    if isinstance(image, Image.Image):
        image = network_input(network.spec, image)
    layer = layer or default_layer(network)
    return class_activation(network, image, class_index, [layer], method).maps[layer]


def method_of(name: str) -> Method:
    """Look up a method by name.

    Raises:
        KeyError: The name is unknown; the message lists the known names.
    """
    return named(name, METHODS, "method")


def default_layer(network: Network) -> str:
    """Path of the last stage, which has the deepest feature maps with spatial positions."""
    return f"stages.{len(network.stages) - 1}"


def _scaled(raw: torch.Tensor, size: Sequence[int]) -> np.ndarray:
    """Resize a map (h, w) to the input's size and scale it to [0, 1]."""
    full = functional.interpolate(
        raw[None, None], size=tuple(size), mode="bilinear", align_corners=False
    )
    full = full[0, 0] - full.min()
    peak = full.max()
    scaled: np.ndarray = (full / peak if peak > 0 else full).float().numpy(force=True)
    return scaled
