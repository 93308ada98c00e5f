"""Learning Representations by Back-Propagating Errors (Rumelhart, Hinton, Williams; 1986).

https://doi.org/10.1038/323533a0 (Nature 323)

The fully connected network that convolutional networks are compared with: the image is a vector
that every unit reads entirely (equation 1 of the paper), followed by a squashing function (2). A
first-layer neuron of a 1024 px colour image has 3 x 2^20 weights: the network does not scale, and
it ignores which pixels are neighbours.

Deviations:
    The paper's networks are tiny (the family trees of its Figures 2 to 4) and see no photographs.
    ``mlp`` is a baseline for CIFAR-10, not a published network: its sizes are ours, and it uses
    ReLU and Xavier initialisation, so that it can be trained. The paper's own non-linearity is
    ``activation="sigmoid"``.
"""

from dataclasses import dataclass, replace

from torch import nn

from cnnviz.architectures.base import Architecture, Network, NetworkConfig, Variant
from cnnviz.architectures.blocks import ACTIVATIONS, named
from cnnviz.architectures.initialisation import xavier
from cnnviz.hyperparameters import choice, tenths


@dataclass(frozen=True)
class MLPConfig(NetworkConfig):
    """Hyperparameters of a fully connected network."""

    resolution: int = choice(
        *(28, 32, 48, 64, 96, 128, 160, 192, 224, 256, 512, 1024),
        default=32,
        unit="px",
        help="Side of the image; the first layer has a weight per pixel and channel.",
    )
    hidden_layers: int = choice(
        0, 1, 2, 3, 4, 6, 8, default=2, help="Linear layers before the last one."
    )
    hidden_units: int = choice(
        *(1, 16, 32, 64, 128, 256, 512, 1024, 2048),
        default=512,
        unit="units",
        help="Neurons of each hidden layer.",
    )
    activation: str = choice(
        *ACTIVATIONS, default="relu", help="The non-linearity of the hidden layers."
    )
    dropout: float = tenths(0, 7, default=0.0, help="After each hidden layer.")


def hidden_layer(config: MLPConfig, in_features: int) -> nn.Sequential:
    """y = f(W x + b) (equations 1 and 2)."""
    return named(
        linear=nn.Linear(in_features, config.hidden_units),
        activation=ACTIVATIONS[config.activation](),
        dropout=nn.Dropout(config.dropout),
    )


class MLP(Network):
    """Flattening, hidden layers (one per stage) and a linear classifier."""

    def __init__(self, config: MLPConfig, in_channels: int, num_classes: int) -> None:
        features, stages = in_channels * config.resolution**2, []
        for _ in range(config.hidden_layers):
            stages.append(hidden_layer(config, features))
            features = config.hidden_units
        stem, head = named(flatten=nn.Flatten()), named(linear=nn.Linear(features, num_classes))
        super().__init__(stem, stages, head)
        self.initialise(config, convolution=xavier, linear=xavier)


ARCHITECTURE = Architecture(
    title="Fully connected network (MLP)",
    year=1986,
    paper="Rumelhart, Hinton, Williams: Learning Representations by Back-Propagating Errors, "
    "Nature 323, 1986",
    idea="Hidden layers learn what to represent, because errors are propagated back to them.",
    network=MLP,
    variants={
        "mlp": replace(
            Variant.cifar("Fully connected network", MLPConfig()),
            origin="In no paper: the lectures' regular network, for comparison.",
        ),
    },
    resolutions=(28, 32, 1024),
    has_feature_maps=False,
)
