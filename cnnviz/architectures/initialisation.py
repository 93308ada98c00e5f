"""How weights are drawn: the initialisations of the papers."""

from collections.abc import Callable
from functools import partial

import torch
from torch import nn

Initialiser = Callable[[torch.Tensor], torch.Tensor]


def draw_weights(
    network: nn.Module, *, convolution: Initialiser, linear: Initialiser | None = None
) -> None:
    """Draw the weights of convolutions (and linear layers, if given); biases are zero."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            _draw(module, convolution)
        elif isinstance(module, nn.Linear) and linear is not None:
            _draw(module, linear)


def _draw(module: nn.Conv2d | nn.Linear, initialiser: Initialiser) -> None:
    if module.weight.is_meta:  # it has no values; drawing would double the time of an analysis
        return
    initialiser(module.weight)
    if module.bias is not None:
        nn.init.zeros_(module.bias)


# N(0, 0.01^2): Krizhevsky et al. 2012, section 5.
gaussian: Initialiser = partial(nn.init.normal_, std=0.01)
# N(0, 0.1^2), variance 10^-2: Simonyan and Zisserman 2015, section 3.1, as it is printed.
gaussian_tenth: Initialiser = partial(nn.init.normal_, std=0.1)
# N(0, 2 / (fan_in + fan_out)): Glorot and Bengio 2010, equation 12.
xavier: Initialiser = nn.init.xavier_normal_
# N(0, 2 / fan_in): He et al. 2015, equation 10, keeps the size of activations.
he_forward: Initialiser = partial(nn.init.kaiming_normal_, nonlinearity="relu")
# N(0, 2 / fan_out): He et al. 2015, equation 14, keeps the size of gradients.
he_normal: Initialiser = partial(nn.init.kaiming_normal_, mode="fan_out", nonlinearity="relu")
INITIALISERS: dict[str, Initialiser] = {
    "gaussian": gaussian,
    "gaussian-0.1": gaussian_tenth,
    "xavier": xavier,
    "he": he_forward,
}


def reinitialise(network: nn.Module, how: str) -> None:
    """Initialise all weights again by one of ``INITIALISERS``; "paper" does nothing."""
    if how != "paper":
        draw_weights(network, convolution=INITIALISERS[how], linear=INITIALISERS[how])
