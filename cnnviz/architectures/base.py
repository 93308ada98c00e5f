"""Base classes of the architectures: Network, Variant, Architecture and their records."""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Literal, Self

import torch
from torch import nn

from cnnviz.architectures.initialisation import (
    INITIALISERS,
    Initialiser,
    draw_weights,
    reinitialise,
)
from cnnviz.hyperparameters import Config, choice


@dataclass(frozen=True, kw_only=True)
class NetworkConfig(Config):
    """Base class of the families' hyperparameters, with the one that all of them have."""

    initialisation: str = choice(
        "paper",
        *INITIALISERS,
        help="Weight initialisation: the paper's, N(0, 0.01^2), N(0, 0.1^2), Glorot and Bengio's, "
        "or He's.",
    )


@dataclass(frozen=True)
class TrainedOn:
    """The dataset and preprocessing that a network was trained with in this program.

    Attributes:
        title: Title of the dataset, with remarks ("JPEG-compressed").
        classes: Class names by index.
        resolution: Side of the images in pixels.
        mean: Mean of red, green and blue in [0, 1], subtracted from the pixels.
        std: Standard deviations by which the differences are divided.
    """

    title: str
    classes: tuple[str, ...]
    resolution: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]


@dataclass(frozen=True)
class NetworkSpec:
    """Everything that determines a network except its weights; hashable, for caches.

    Attributes:
        variant: Name of the published variant that the settings are based on.
        config: The family's hyperparameters.
        in_channels: Channels of the image, 1 or 3.
        num_classes: Outputs of the last layer.
        trained_on: The dataset, if this program has trained the network.
        class_names: Names of the classes by index, if the weights are someone else's for them.
    """

    variant: str
    config: NetworkConfig
    in_channels: int
    num_classes: int
    trained_on: TrainedOn | None = None
    class_names: tuple[str, ...] | None = None

    @property
    def fixed_resolution(self) -> int | None:
        """The only image side that the network accepts, if a hyperparameter fixes it."""
        return getattr(self.config, "resolution", None)


# What a layer is for.
Role = Literal[
    "convolution",
    "transposed convolution",
    "linear",
    "normalisation",
    "activation",
    "pooling",
    "upsampling",
    "padding",
    "dropout",
    "reshaping",
    "join",
    "identity",
    "other",
]


class Layer(nn.Module):
    """Base class of layers that torch.nn lacks; each is one row of the layer table.

    Attributes:
        kind: The layer's name on screen.
        role: What it is for.
        keeps_channels: Channel k of the output is made of channel k of the input alone.
        has_filters: Each channel of the output is made by a filter of its own.
        kernel_size: Side of the window that one output unit reads, in input units.
        stride: Input units between neighbouring outputs.
    """

    kind = "layer"
    role: Role = "other"
    keeps_channels = False
    has_filters = False
    kernel_size = 1
    stride = 1

    def macs(self, output_shape: tuple[int, ...]) -> int:
        """Multiply-accumulates of its convolutions or linear maps for one image.

        Args:
            output_shape: (C, H, W) or (features,).
        """
        return 0


class Network(nn.Module):
    """A network of stem, stages and head.

    A stage is a sequence of layers at one resolution; its first layer reduces the resolution.
    ``stages[-1]`` is therefore the last feature map before the head: the usual target of a class
    activation map. Auxiliary heads, if any, read the output of earlier stages and
    are used in training only.

    Attributes:
        spec: The specification; set by ``Architecture.build``.
        remarks: What must be said of the weights; set by ``cnnviz.load_weights``.
    """

    spec: NetworkSpec
    remarks: tuple[str, ...] = ()

    def __init__(
        self,
        stem: nn.Module,
        stages: Iterable[nn.Module],
        head: nn.Module,
        auxiliary: Mapping[int, nn.Module] | None = None,
    ) -> None:
        """Join the parts; ``auxiliary`` maps positions of stages to heads."""
        super().__init__()
        self.stem = stem
        self.stages = nn.Sequential(*stages)
        self.head = head
        if auxiliary:
            self.auxiliary = nn.ModuleDict({str(i): head for i, head in auxiliary.items()})

    def forward(self, image: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, ...]:
        """Logits (N, num_classes) of images (N, in_channels, H, W).

        In training mode with auxiliary heads: a tuple of the logits of all heads.
        """
        x, early = self.stem(image), []
        for index, stage in enumerate(self.stages):
            x = stage(x)
            if self.training and str(index) in self.auxiliary_heads:
                early.append(self.auxiliary_heads[str(index)](x))
        logits: torch.Tensor = self.head(x)
        return (logits, *early) if early else logits

    def initialise(
        self, config: NetworkConfig, *, convolution: Initialiser, linear: Initialiser | None = None
    ) -> None:
        """Draw the weights as the paper does, then as ``config`` says, where that differs."""
        draw_weights(self, convolution=convolution, linear=linear)
        reinitialise(self, config.initialisation)

    @property
    def auxiliary_heads(self) -> Mapping[str, nn.Module]:
        """Heads used in training only, by the position of the stage that they read."""
        return dict(self.auxiliary.items()) if hasattr(self, "auxiliary") else {}


# Number of classes of the datasets that networks were published for.
NUM_CLASSES = {"ImageNet": 1000, "CIFAR-10": 10, "MNIST": 10, "two classes": 2}


@dataclass(frozen=True)
class Variant:
    """A published configuration.

    Attributes:
        title: Usual name ("ResNet-50").
        config: Hyperparameters.
        resolution: Side of the input image in pixels.
        dataset: The dataset of the publication; a key of ``NUM_CLASSES``.
        in_channels: Channels of the input image.
        half_normalised: Whether the published weights expect pixels in [-1, 1] instead of
            ImageNet's normalisation.
        torchvision: Name of the torchvision model with the same tensors and the same logits.
        year: Year of publication where it differs from the family's.
        origin: Where the configuration comes from, if no paper has it.
    """

    title: str
    config: NetworkConfig
    resolution: int = 224
    dataset: str = "ImageNet"
    in_channels: int = 3
    half_normalised: bool = False
    torchvision: str | None = None
    year: int | None = None
    origin: str = ""

    @classmethod
    def cifar(cls, title: str, config: NetworkConfig) -> Self:
        """A configuration published for CIFAR-10."""
        return cls(title, config, resolution=32, dataset="CIFAR-10")

    @property
    def num_classes(self) -> int:
        """Number of classes of the dataset."""
        return NUM_CLASSES[self.dataset]


@dataclass(frozen=True)
class Architecture:
    """A family: its paper, its network and its published variants.

    The docstring of the network's module tells the rest: the link to the paper in its second
    paragraph, and where the networks differ from it under "Deviations".

    Attributes:
        title: Name on screen.
        year: Year of the first publication.
        paper: Authors, title and venue.
        idea: What was new, in one sentence.
        network: Builds the network from (config, in_channels, num_classes).
        variants: Published configurations by name, smallest first.
        resolutions: Image sides that some configuration accepts, besides those of the variants.
        has_feature_maps: Whether the stages output feature maps (C, H, W).
    """

    title: str
    year: int
    paper: str
    idea: str
    network: Callable[..., Network]
    variants: Mapping[str, Variant] = field(hash=False)
    resolutions: tuple[int, ...] = (32, 224)
    has_feature_maps: bool = True

    @property
    def name(self) -> str:
        """Identifier in URLs and on the command line: the name of the network's module."""
        return self.network.__module__.rpartition(".")[2]

    @property
    def config(self) -> type[NetworkConfig]:
        """Class of the hyperparameters."""
        return type(next(iter(self.variants.values())).config)

    @property
    def url(self) -> str:
        """Link to the paper."""
        return next(re.finditer(r"https?://[^\s)]+", self.module_docstring))[0]

    @property
    def module_docstring(self) -> str:
        """The paper, what its sections give, and where the networks differ from it."""
        return inspect.getdoc(import_module(self.network.__module__)) or ""

    def build(self, spec: NetworkSpec) -> Network:
        """Build the network of a specification in eval mode, initialised as in the paper."""
        network = self.network(spec.config, spec.in_channels, spec.num_classes)
        network.spec = spec
        return network.eval()

    @property
    def deviation_notes(self) -> str:
        """The "Deviations" section of the module's docstring as a paragraph of Markdown."""
        section = self.module_docstring.partition("Deviations:\n")[2].partition("\n\n")[0]
        return " ".join(section.split()).replace("``", "`")

    def year_of(self, variant: str) -> int:
        """Year in which a variant was published."""
        return self.variants[variant].year or self.year
