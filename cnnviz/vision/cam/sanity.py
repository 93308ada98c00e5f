"""The sanity check of maps: does a map change when the network loses what it has learned?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cnnviz.architectures import Network
from cnnviz.progress import Progress, part, unheard
from cnnviz.vision.cam.class_activation import class_maps
from cnnviz.vision.cam.pixel_order import rank_correlation
from cnnviz.vision.forward_pass import ForwardPass, forward_pass, parts
from cnnviz.vision.private_copy import private_copy
from cnnviz.weights.loading import random_network

# Not 0, with which load_network draws: an untrained network would become itself.
SEED = 1


@dataclass(frozen=True, eq=False)
class RandomisedMap:
    """A map of a network that has lost some of its weights.

    Attributes:
        random_parts: Paths of the parts whose weights are random, from the head down; none is the
            network as it is.
        map: float32 (H, W) in [0, 1]; all 0 where no region speaks for the class.
        correlation: Spearman's rank correlation with the map of the network as it is; NaN where
            one of them is constant.
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
    progress: Progress = unheard,
) -> list[RandomisedMap]:
    """The same map while weights are randomised from the head down, part by part.

    The first has all weights, the second none in the head, the last none at all. Adebayo et al.
    2018, Sanity Checks for Saliency Maps, section 3.2, "cascading randomization". Random weights
    are initialised as the network's paper says, those of batch norm included: mean 0, variance 1.
    The paper goes layer by layer; we go by head, stages and stem. The network itself keeps its
    weights: a copy loses them.

    Args:
        network: In eval mode; it may be shared by threads.
        passed: The image's pass through it.
        class_index: From 0 to num_classes - 1; the same for all maps.
        layer: Module path of the target layer.
        method: A key of ``cam_methods.METHODS``.
        seed: Decides the random weights.
        progress: Told the share that is done; what it raises ends the work.

    Raises:
        KeyError: Unknown method or layer; the message names it.
        ValueError: A layer without feature maps, a class that the network does not have, or a
            network that the method does not suit.
    """
    found: list[RandomisedMap] = []
    steps = len(network.stages) + 3
    for number, (names, copy) in enumerate(_randomised(network, seed)):
        told = part(progress, number / steps, (number + 1) / steps)
        seen = passed if not names else forward_pass(copy, passed.image)
        values = class_maps(copy, seen, class_index, [layer], method, told)[layer]
        original = found[0].map if found else values
        found.append(RandomisedMap(names, values, rank_correlation(original, values)))
        progress((number + 1) / steps)
    return found


def _randomised(network: Network, seed: int) -> Iterator[tuple[tuple[str, ...], Network]]:
    """Which parts are random, and a copy of the network in which they are."""
    copy = private_copy(network)
    names: tuple[str, ...] = ()
    yield names, copy
    twin = dict(parts(random_network(network.spec, seed).requires_grad_(False)))
    for name, own in reversed(list(parts(copy))):
        # Assigned, not copied: the copy's tensors are the shared network's own.
        own.load_state_dict(twin[name].state_dict(), assign=True)
        names = (*names, name)
        yield names, copy
