"""One pass of an image through a network, kept where the network's parts meet.

Every view of a photo reads this: the answer, the maps of any layer, the gradient of any class. What
lies inside of a part is had by running that part alone again; what is kept is small (7 MB for
ResNet-50, where all its layers' outputs take 130 MB).
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from cnnviz.architectures import Network
from cnnviz.vision.capture import Place, captured, recorded, submodule


@dataclass(frozen=True, eq=False)
class ForwardPass:
    """What the parts of a network made of one image.

    Attributes:
        image: The network's input, (1, C, H, W).
        outputs: What each part put out, by its path in the order of execution: "stem",
            "stages.0", ..., "head". The last are the logits, (1, num_classes).
    """

    image: torch.Tensor
    outputs: dict[str, torch.Tensor]

    @property
    def logits(self) -> torch.Tensor:
        """The network's output, (num_classes,)."""
        return self.outputs["head"][0]

    @property
    def probabilities(self) -> np.ndarray:
        """Softmax of the logits, float32 (num_classes,)."""
        values: np.ndarray = self.logits.softmax(dim=0).numpy(force=True)
        return values

    def read_by(self, part: str) -> torch.Tensor:
        """The input of one of the parts."""
        inputs = (self.image, *self.outputs.values())
        return dict(zip(self.outputs, inputs, strict=False))[part]


def forward_pass(network: Network, image: torch.Tensor) -> ForwardPass:
    """Run one image through a network.

    Args:
        network: In eval mode; it may be shared by threads.
        image: Preprocessed, (1, C, H, W).

    Raises:
        ValueError: More or less than one image.
    """
    require_one_image(image)
    outputs, x = {}, image
    with torch.no_grad():
        for name, part in parts(network):
            x = outputs[name] = part(x)
    return ForwardPass(image, outputs)


def parts(network: Network) -> Iterator[tuple[str, nn.Module]]:
    """The stem, each stage and the head, by their paths, in the order of execution."""
    yield "stem", network.stem
    for index, stage in enumerate(network.stages):
        yield f"stages.{index}", stage
    yield "head", network.head


def activations(
    network: Network, passed: ForwardPass, places: Sequence[Place]
) -> dict[Place, torch.Tensor]:
    """What layers put out or read in a pass; only the parts that they lie in are run again.

    Args:
        network: The network of the pass.
        passed: Of ``forward_pass``.
        places: Which layers, and whether their output or one of their inputs.

    Returns:
        Tensors with N = 1, by place.

    Raises:
        KeyError: A path is no module of the network; the message names it.
        ValueError: A layer did not run.
    """
    outputs: dict[Place, torch.Tensor] = {}
    for name, part in parts(network):
        inside = [place for place in places if part_of(network, place.layer) == name]
        if all(place == Place(name) for place in inside):
            outputs |= dict.fromkeys(inside, passed.outputs[name])
            continue
        with torch.no_grad(), recorded(network, inside) as reached:
            part(passed.read_by(name))
        outputs |= reached
    require_run(places, outputs)
    return {place: outputs[place] for place in places}


def gradients(
    network: Network, passed: ForwardPass, class_index: int, layers: Sequence[str]
) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    """What layers put out in a pass, and the gradient there of the logit of a class.

    The network is run again from the earliest part that holds one of the layers.

    Args:
        network: The network of the pass.
        passed: Of ``forward_pass``.
        class_index: From 0 to num_classes - 1.
        layers: Module paths.

    Returns:
        By layer: activation and gradient, each (1, C, H, W).

    Raises:
        KeyError: A path is no module of the network; the message names it.
        ValueError: A layer did not run, gives no feature maps, or the class does not exist.
    """
    require_class(class_index, len(passed.logits))
    outputs, x = _run_from_the_earliest(network, passed, layers)
    require_run([Place(layer) for layer in layers], [Place(layer) for layer in outputs])
    for layer in layers:
        if outputs[layer].dim() != 4:
            raise ValueError(f"layer must give feature maps (C, H, W); received {layer}.")
    targets = [outputs[layer] for layer in layers]
    # An auxiliary path may leave a layer without a way to the logits: its gradient is 0.
    slopes = torch.autograd.grad(x[0, class_index], targets, materialize_grads=True)
    return {
        layer: (outputs[layer].detach(), slope) for layer, slope in zip(layers, slopes, strict=True)
    }


def _run_from_the_earliest(
    network: Network, passed: ForwardPass, layers: Sequence[str]
) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
    """Activations that are tied to the logits by autograd, and these logits."""
    holding = {layer: part_of(network, layer) for layer in layers}
    behind = list(parts(network))
    while behind[0][0] not in holding.values():
        behind.pop(0)
    first = behind[0][0]
    # Where of that part only its output is wanted, which is at hand, it need not run.
    is_at_hand = [layer for layer in layers if holding[layer] == first] == [first]
    hooked = [layer for layer in layers if not (is_at_hand and layer == first)]
    with torch.enable_grad(), captured(network, hooked) as outputs:
        x = passed.read_by(first)
        if is_at_hand:
            x = outputs[first] = passed.outputs[first].detach().clone().requires_grad_()
            behind.pop(0)
        for _, part in behind:
            x = part(x)
    return outputs, x


def part_of(network: Network, layer: str) -> str:
    """The part that a layer lies in: "stages.1" for "stages.1.0.conv1".

    Raises:
        KeyError: The layer is no module of the network; the message names it.
    """
    submodule(network, layer)
    first, _, rest = layer.partition(".")
    return f"stages.{rest.partition('.')[0]}" if first == "stages" else first


def require_run(places: Sequence[Place], reached: Container[Place]) -> None:
    """Refuse places that a pass did not come to.

    Raises:
        ValueError: One of the layers did not run.
    """
    for place in places:
        if place not in reached:
            raise ValueError(f"layer must be one that the network runs; received {place.layer}.")


def require_one_image(image: torch.Tensor) -> None:
    """Refuse what is not one preprocessed image.

    Raises:
        ValueError: More or less than one image.
    """
    if image.dim() != 4 or image.shape[0] != 1:
        raise ValueError(f"image must be (1, C, H, W); received {tuple(image.shape)}.")


def require_class(class_index: int, count: int) -> None:
    """Refuse a class that a network of so many classes does not have.

    Raises:
        ValueError: It is below 0 or beyond the last one.
    """
    if not 0 <= class_index < count:
        raise ValueError(f"class_index must be from 0 to {count - 1}; received {class_index}.")
