"""Polyak averaging: a running mean of the weights."""

import copy

import torch

from cnnviz.architectures import Network


class Average:
    """The running mean of a network's weights and normalisation statistics.

    Polyak and Juditsky 1992, with an exponential mean as in Szegedy et al. 2015, section 6. The
    decay is smaller in the first steps, so that the initial weights are soon forgotten.

    Attributes:
        network: The network with the mean weights, in eval mode.
    """

    def __init__(self, network: Network, decay: float) -> None:
        self.network = copy.deepcopy(network).requires_grad_(False).eval()
        self._decay = decay
        self._source = _tensors(network)
        self._mean = _tensors(self.network)

    def update(self, steps: int) -> None:
        """Update the mean with the current weights after so many steps."""
        keep = min(self._decay, (1 + steps) / (10 + steps))
        torch._foreach_lerp_(_floats(self._mean), _floats(self._source), 1 - keep)
        for mean, source in zip(self._mean, self._source, strict=True):
            if not mean.is_floating_point():  # the number of batches seen
                mean.copy_(source)


def _tensors(network: Network) -> list[torch.Tensor]:
    return [t.detach() for t in (*network.parameters(), *network.buffers())]


def _floats(tensors: list[torch.Tensor]) -> list[torch.Tensor]:
    return [tensor for tensor in tensors if tensor.is_floating_point()]
