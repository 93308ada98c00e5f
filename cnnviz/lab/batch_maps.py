"""Batch normalisation of one photo's maps by running or by its own statistics."""

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional


@dataclass(frozen=True, eq=False)
class NormalisedMaps:
    """The maps of one photo before and after a batch norm layer in both of its modes.

    Attributes:
        read: Input of the layer, float32 (C, H, W).
        at_test: Output with the running mean and variance.
        in_training: Output with the mean and variance of this photo's maps: a batch of one.
        mean: Mean of each of the photo's maps, (C,).
        variance: Biased variance of each map, (C,).
        running_mean: Running mean of the layer, (C,).
        running_variance: Running variance of the layer, (C,).
    """

    read: torch.Tensor
    at_test: torch.Tensor
    in_training: torch.Tensor
    mean: torch.Tensor
    variance: torch.Tensor
    running_mean: torch.Tensor
    running_variance: torch.Tensor

    @property
    def differences(self) -> torch.Tensor:
        """Mean absolute difference of both outputs by channel, (C,)."""
        return (self.at_test - self.in_training).abs().mean((1, 2))

    @property
    def most_different(self) -> list[int]:
        """The channels, sorted by decreasing difference of the outputs."""
        order: list[int] = self.differences.argsort(descending=True, stable=True).tolist()
        return order

    @property
    def is_untrained(self) -> bool:
        """Whether the running statistics have their initial values, 0 and 1."""
        return bool((self.running_mean == 0).all() and (self.running_variance == 1).all())


def normalised_maps(x: torch.Tensor, layer: nn.BatchNorm2d) -> NormalisedMaps:
    """Apply a batch norm layer to one photo's maps in both of its modes.

    The running statistics of the layer do not change.

    Args:
        x: (C, H, W).
        layer: A layer with running statistics.

    Raises:
        ValueError: The layer has no running statistics, or a map is a single number.
    """
    if layer.running_mean is None or layer.running_var is None:
        raise ValueError("layer must keep running averages; received one that does not.")
    if x[0].numel() < 2:
        raise ValueError("maps must have at least two numbers each in training; received 1.")
    mean, variance = layer.running_mean.detach(), layer.running_var.detach()
    with torch.no_grad():
        batch, learned = x[None], (layer.weight, layer.bias)
        at_test = functional.batch_norm(batch, mean, variance, *learned, eps=layer.eps)
        in_training = functional.batch_norm(
            batch, None, None, *learned, training=True, eps=layer.eps
        )
    own_mean, own_variance = x.mean((1, 2)), x.var((1, 2), correction=0)
    return NormalisedMaps(
        x, at_test[0], in_training[0], own_mean, own_variance, mean.clone(), variance.clone()
    )
