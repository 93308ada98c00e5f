"""Base classes of the architectures: Network, Variant, Architecture and their records."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import nn

from cnnviz.hyperparameters import Config


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
    """

    variant: str
    config: Config
    in_channels: int
    num_classes: int
    trained_on: TrainedOn | None = None

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
    """

    spec: NetworkSpec

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
    """

    title: str
    config: Config
    resolution: int = 224
    dataset: str = "ImageNet"
    in_channels: int = 3
    half_normalised: bool = False
    torchvision: str | None = None
    year: int | None = None

    @property
    def num_classes(self) -> int:
        """Number of classes of the dataset."""
        return NUM_CLASSES[self.dataset]


@dataclass(frozen=True)
class Deviation:
    """A published figure that the built network does not round to, with the reason."""

    variants: tuple[str, ...]
    quantity: str
    reason: str


@dataclass(frozen=True)
class Architecture:
    """A family: its paper, its hyperparameters, its network and its published variants.

    Attributes:
        name: Identifier in URLs and on the command line.
        title: Name on screen.
        year: Year of the first publication.
        paper: Authors, title and venue.
        url: Link to the paper.
        idea: What was new, in one sentence.
        config: Class of the hyperparameters.
        network: Builds the network from (config, in_channels, num_classes).
        variants: Published configurations by name, smallest first.
        deviations: Published figures that the networks do not round to.
        resolutions: Image sides that some configuration accepts, besides those of the variants.
        has_feature_maps: Whether the stages output feature maps (C, H, W).
    """

    name: str
    title: str
    year: int
    paper: str
    url: str
    idea: str
    config: type[Config]
    network: Callable[..., Network]
    variants: Mapping[str, Variant] = field(hash=False)
    deviations: tuple[Deviation, ...] = ()
    resolutions: tuple[int, ...] = (32, 224)
    has_feature_maps: bool = True

    def build(self, spec: NetworkSpec) -> Network:
        """Build the network of a specification in eval mode, initialised as in the paper."""
        network = self.network(spec.config, spec.in_channels, spec.num_classes)
        network.spec = spec
        return network.eval()

    @property
    def deviation_notes(self) -> str:
        """The "Deviations" section of the family module's docstring as a paragraph of Markdown."""
        text = inspect.getdoc(inspect.getmodule(self.config)) or ""
        section = text.partition("Deviations:\n")[2].partition("\n\n")[0]
        return " ".join(section.split()).replace("``", "`")

    def year_of(self, variant: str) -> int:
        """Year in which a variant was published."""
        return self.variants[variant].year or self.year

    def deviation(self, variant: str, quantity: str) -> str | None:
        """Why a variant's count differs from the published one; None if it does not."""
        reasons = (
            d.reason for d in self.deviations if variant in d.variants and quantity == d.quantity
        )
        return next(reasons, None)
