"""The sanity check of maps: does a map change when weights are randomised?"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cnnviz.architectures import Network
from cnnviz.progress import Progress, ignore_progress, part
from cnnviz.vision.cam.class_activation import class_maps
from cnnviz.vision.cam.pixel_order import rank_correlation
from cnnviz.vision.forward_pass import ForwardPass, forward_pass, parts
from cnnviz.weights.loading import private_copy, random_network

# Not 0, the seed of load_network: an untrained network would not change.
SEED = 1


@dataclass(frozen=True, eq=False)
class RandomisedMap:
    """A map of a network with partly randomised weights.

    Attributes:
        random_parts: Paths of the randomised parts, from the head down; empty for the original.
        map: float32 (H, W) in [0, 1]; all 0 if no region supports the class.
        correlation: Spearman's rank correlation with the original map; NaN if one is constant.
    """

    random_parts: tuple[str, ...]
    map: np.ndarray
    correlation: float


def randomised_maps(
    network: Network,
    passed: ForwardPass,
    class_index: int,
    layer: str,
    method: str = "grad-cam",
    seed: int = SEED,
    progress: Progress = ignore_progress,
) -> list[RandomisedMap]:
    """Compute a map while weights are randomised part by part, from the head down.

    The first map is the original, in the second the head is random, in the last everything.
    Adebayo et al. 2018, Sanity Checks for Saliency Maps, section 3.2, "cascading randomization".
    Random weights are initialised as in the network's paper, including batch norm (mean 0, variance
    1). The paper randomises layer by layer, this by head, stages and stem, on a copy.

    Args:
        network: In eval mode; it may be shared by threads.
        passed: Forward pass of the image.
        class_index: From 0 to num_classes - 1.
        layer: Module path of the target layer.
        method: A key of ``cam_methods.METHODS``.
        seed: Determines the random weights.
        progress: Called with the share done; an exception cancels the work.

    Raises:
        KeyError: Unknown method or layer; the message names it.
        ValueError: A layer without feature maps, a class that the network does not have, or a
            network that the method does not suit.
    """
    maps: list[RandomisedMap] = []
    steps = len(network.stages) + 3
    for number, (names, copy) in enumerate(_randomised(network, seed)):
        step_progress = part(progress, number / steps, (number + 1) / steps)
        seen = passed if not names else forward_pass(copy, passed.image)
        values = class_maps(copy, seen, class_index, [layer], method, step_progress)[layer].values
        original = maps[0].map if maps else values
        maps.append(RandomisedMap(names, values, rank_correlation(original, values)))
        progress((number + 1) / steps)
    return maps


def _randomised(network: Network, seed: int) -> Iterator[tuple[tuple[str, ...], Network]]:
    copy = private_copy(network)
    names: tuple[str, ...] = ()
    yield names, copy
    twin = dict(parts(random_network(network.spec, seed).requires_grad_(False)))
    for name, own in reversed(list(parts(copy))):
        # Assigned, not copied: the copy shares its tensors with the network.
        own.load_state_dict(twin[name].state_dict(), assign=True)
        names = (*names, name)
        yield names, copy
