"""Networks that differ in how a layer's input gets to the next: plain, residual, dense, ...

All are untrained, see 32 px CIFAR-sized images and have about as many layers as is asked for.
"""

from dataclasses import dataclass

from cnnviz.architectures import NetworkSpec, architecture_of, specify
from cnnviz.hyperparameters import Config

DEPTHS = (20, 56, 110)
# A factor between the first layer's gradient and the last one's that is no longer usual.
FACTOR = 100.0


@dataclass(frozen=True)
class Twin:
    """One of the networks.

    Attributes:
        name: In addresses.
        title: On screen, with its layers.
        spec: What to build.
    """

    name: str
    title: str
    spec: NetworkSpec


def twins(depth: int, initialisation: str = "paper", activation: str = "sigmoid") -> list[Twin]:
    """The networks of about that depth: plain, residual, pre-activation, dense, fully connected.

    The families of ResNet and DenseNet have ReLU and batch normalisation alone, as their papers
    do; the fully connected network has neither, and at most as many layers as its family offers.

    Args:
        depth: One of ``DEPTHS``.
        initialisation: As the hyperparameter of that name takes it; of all.
        activation: Of the fully connected network alone.

    Raises:
        ValueError: One of them is not of its domain.
    """
    if depth not in DEPTHS:
        raise ValueError(f"depth must be one of {DEPTHS}; received {depth}.")
    blocks = _stages("blocks", (depth - 2) // 6)
    layers = _most("densenet40_k12_cifar", "stage1_layers", (depth - 4) // 3)
    hidden = _most("mlp", "hidden_layers", depth)
    dense = _stages("layers", layers)
    connected = {"hidden_layers": hidden, "activation": activation}
    rows = (
        ("plain", f"plain-{depth}", "plain20_cifar", blocks),
        ("residual", f"ResNet-{depth}", "resnet20_cifar", blocks),
        ("pre-activation", f"pre-activation-{depth}", "preact_resnet110_cifar", blocks),
        ("dense", f"DenseNet-{3 * layers + 4}", "densenet40_k12_cifar", dense),
        (
            "fully connected",
            f"fully connected, {hidden + 1} layers, {activation}",
            "mlp",
            connected,
        ),
    )
    return [
        Twin(name, title, specify(variant, **settings, initialisation=initialisation))
        for name, title, variant, settings in rows
    ]


def fate(first: float, last: float) -> str:
    """What becomes of the gradient on its way back: "vanishes", "explodes" or "neither".

    It vanishes where the first layer's is less than 1 / ``FACTOR`` of the last one's, and explodes
    where it is more than ``FACTOR`` times that.

    Args:
        first: Root mean square of the first layer's gradient.
        last: Of the last layer's.
    """
    if first * FACTOR < last:
        return "vanishes"
    return "explodes" if first > FACTOR * last else "neither"


def _stages(of: str, count: int) -> dict[str, int]:
    return {f"stage{number}_{of}": count for number in (1, 2, 3)}


def _most(variant: str, hyperparameter: str, most: int) -> int:
    """The largest value that a family offers, at most so many."""
    config: type[Config] = architecture_of(variant).config
    options = config.hyperparameter(hyperparameter).options
    return max(int(option) for option in options if int(option) <= most)
