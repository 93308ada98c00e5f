"""State dicts without files around them, as the tests of loading take them."""

import os
from collections.abc import Mapping

import torch

from cnnviz.architectures import Network
from cnnviz.weights.matching import load_saved
from cnnviz.weights.state_dict import SavedWeights, StateDict, read_weights


def load_state_dict(
    network: Network,
    state_dict: Mapping[str, torch.Tensor],
    origin: str,
    ordered: bool = True,
    strict: bool = False,
) -> Network:
    """Load one state dict as the only one of a file; see ``load_saved``."""
    return load_saved(network, SavedWeights(origin, {"": dict(state_dict)}, ordered), strict)


def read_state_dict(path: str | os.PathLike[str]) -> StateDict:
    """The largest state dict of a file."""
    return max(read_weights(path).state_dicts.values(), key=len)
