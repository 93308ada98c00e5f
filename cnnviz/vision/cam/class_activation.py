"""Class activation maps: the regions of an image that support a class."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image

from cnnviz.architectures import Network
from cnnviz.architectures.given import at_rest, device_of, given_network, precision_of
from cnnviz.hyperparameters import named
from cnnviz.progress import Progress, ignore_progress, part
from cnnviz.vision.cam.heatmap import Heatmap
from cnnviz.vision.cam.look import Look
from cnnviz.vision.cam.methods import METHODS, Method
from cnnviz.vision.cam.target_layer import default_layer
from cnnviz.vision.capture import submodule
from cnnviz.vision.forward_pass import ForwardPass, forward_pass, require_class
from cnnviz.vision.prediction import network_input


@dataclass(frozen=True, eq=False)
class ClassActivation:
    """Maps of one class at several layers, from one forward pass.

    Attributes:
        class_index: The explained class.
        heatmaps: By layer.
        passed: The forward pass.
    """

    class_index: int
    heatmaps: dict[str, Heatmap]
    passed: ForwardPass

    @property
    def probabilities(self) -> np.ndarray:
        """Prediction, float32 (num_classes,)."""
        return self.passed.probabilities

    @property
    def maps(self) -> dict[str, np.ndarray]:
        """By layer, float32 (H, W) of the input's size in [0, 1]."""
        return {layer: heatmap.values for layer, heatmap in self.heatmaps.items()}


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
        layers: Module paths; default the deepest stage with at least 4 x 4 places.
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
    layers = list(layers or [default_layer(passed)])
    heatmaps = class_maps(network, passed, class_index, layers, method, progress)
    return ClassActivation(class_index, heatmaps, passed)


def class_maps(
    network: Network,
    passed: ForwardPass,
    class_index: int,
    layers: Sequence[str],
    method: str = "grad-cam",
    progress: Progress = ignore_progress,
) -> dict[str, Heatmap]:
    """Compute class activation maps of a forward pass, by layer; see ``class_activation``."""
    require_class(class_index, len(passed.logits))
    for layer in layers:
        submodule(network, layer)
    heatmaps, looks = {}, Look.at(network, passed, class_index, layers)
    for number, look in enumerate(looks):
        look.progress = part(progress, number / len(looks), (number + 1) / len(looks))
        terms = method_of(method).function(look)
        heatmaps[look.layer] = Heatmap.of(terms, passed.image.shape[2:])
    return heatmaps


def class_activation_map(
    network: Network,
    image: Image.Image | torch.Tensor,
    class_index: int | None = None,
    layer: str | None = None,
    method: str = "grad-cam",
) -> np.ndarray:
    """Compute the region that supports a class: float32 (H, W) in [0, 1], of the input's size.

    Args:
        network: A network of ``cnnviz.build`` with weights, in any mode, on any device and in any
            precision; it is left as it was. Threads may share one that is in eval mode.
        image: A photo of ``cnnviz.open_image``, or a preprocessed tensor (1, C, H, W).
        class_index: The explained class; default the predicted one.
        layer: Module path in the layer table; default the deepest stage with at least 4 x 4 places.
        method: grad-cam, grad-cam++, hirescam, xgradcam, layercam, eigencam, eigengradcam, cam,
            guided-backprop, saliency, scorecam or ablationcam.

    Raises:
        KeyError: Unknown method or layer; the message names it.
        TypeError: The network was not built here.
        ValueError: A layer without feature maps, a class that the network does not have, a network
            that the method does not suit or that has no weights, or an image of other numbers.
    """
    device = device_of(given_network(network))
    with torch.inference_mode(False), torch.autocast(device.type, enabled=False):
        own, layers = at_rest(network), [layer] if layer else None
        activation = class_activation(own, _input(own, image), class_index, layers, method)
    (values,) = activation.maps.values()
    return values


def _input(network: Network, image: Image.Image | torch.Tensor) -> torch.Tensor:
    """A caller's image on the network's device and in the precision that it computes in."""
    if isinstance(image, Image.Image):
        image = network_input(network.spec, image)
    is_tensor = isinstance(image, torch.Tensor)
    if not is_tensor or image.is_meta or not image.is_floating_point():
        kind = f"{image.dtype} on {image.device}" if is_tensor else type(image).__name__
        raise ValueError(
            "image must be a photo of cnnviz.open_image or preprocessed floats (1, C, H, W); "
            f"received {kind}."
        )
    return image.detach().to(device_of(network), precision_of(network), copy=True)


def method_of(name: str) -> Method:
    """Look up a method by name.

    Raises:
        KeyError: The name is unknown; the message lists the known names.
    """
    return named(name, METHODS, "method")
