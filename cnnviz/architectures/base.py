"""What every architecture is made of: Network, Variant, Architecture and their small records."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import torch
from torch import nn

from cnnviz.hyperparameters import Config


@dataclass(frozen=True)
class TrainedOn:
    """What a network was trained to see, where that is not its variant's own data set.

    Attributes:
        title: Of the data set, with what must be said of it ("JPEG-compressed").
        classes: Their names, by index.
        resolution: Side of the images in pixels.
        mean: Of red, green and blue in [0, 1]; subtracted from them.
        std: What the differences are divided by.
    """

    title: str
    classes: tuple[str, ...]
    resolution: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]


@dataclass(frozen=True)
class NetworkSpec:
    """Everything that determines a network except its weights; hashable, so it is a cache key.

    Attributes:
        variant: Name of the published variant that the settings started from.
        config: The family's hyperparameters.
        in_channels: Channels of the image, 1 or 3.
        num_classes: Outputs of the last layer.
        trained_on: What a run of this program has trained it on, if one has.
    """

    variant: str
    config: Config
    in_channels: int
    num_classes: int
    trained_on: TrainedOn | None = None

    @property
    def fixed_resolution(self) -> int | None:
        """The only image side that the network takes, where a hyperparameter says it."""
        return getattr(self.config, "resolution", None)


class Layer(nn.Module):
    """A layer that torch.nn does not have; the analysis shows it as one row.

    Attributes:
        kind: The layer's name on screen.
        kernel_size: Side of the window that one output unit reads, in input units.
        stride: Input units between neighbouring outputs.
    """

    kind = "layer"
    kernel_size = 1
    stride = 1

    def macs(self, output_shape: tuple[int, ...]) -> int:
        """Multiply-accumulates of its convolutions or linear maps for one image; 0 if it has none.

        Args:
            output_shape: (C, H, W) or (features,).
        """
        return 0


class Network(nn.Module):
    """A network as stem, stages and head with one shared forward.

    A stage is a run of layers at one resolution; what reduces the resolution is its first layer.
    ``stages[-1]`` is therefore the last feature map before the head: the usual target of a class
    activation map. Auxiliary heads, where a paper has them, read the output of earlier stages and
    are used in training alone.

    Attributes:
        spec: What it was built from; set by ``Architecture.build``.
    """

    spec: NetworkSpec

    def __init__(
        self,
        stem: nn.Module,
        stages: Iterable[nn.Module],
        head: nn.Module,
        auxiliary: Mapping[int, nn.Module] | None = None,
    ) -> None:
        """Join the parts; ``auxiliary`` heads are given by the position of the stage they read."""
        super().__init__()
        self.stem = stem
        self.stages = nn.Sequential(*stages)
        self.head = head
        if auxiliary:
            self.auxiliary = nn.ModuleDict({str(i): head for i, head in auxiliary.items()})

    def forward(self, image: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, ...]:
        """Logits (N, num_classes) of images (N, in_channels, H, W).

        In training mode, with auxiliary heads: a tuple of the logits and of each such head's.
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
        """Heads used in training alone, by the position of the stage that they read."""
        return dict(self.auxiliary.items()) if hasattr(self, "auxiliary") else {}


# Classes of the data sets that networks were published for.
NUM_CLASSES = {"ImageNet": 1000, "CIFAR-10": 10, "MNIST": 10, "two classes": 2}


@dataclass(frozen=True)
class Variant:
    """A published configuration.

    Attributes:
        title: Name as people write it ("ResNet-50").
        config: Its hyperparameters.
        resolution: Side of its input image in pixels.
        dataset: The data set that it was published for; a key of ``NUM_CLASSES``.
        in_channels: Channels of its input image.
        half_normalised: Its published weights take pixels scaled to [-1, 1], not normalised by
            ImageNet's mean and standard deviation.
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
        """Classes of its data set."""
        return NUM_CLASSES[self.dataset]


@dataclass(frozen=True)
class Deviation:
    """A printed figure that the built network does not round to, and why."""

    variants: tuple[str, ...]
    quantity: str
    reason: str


@dataclass(frozen=True)
class Architecture:
    """A family: its paper, its hyperparameters, its network and its published variants.

    Attributes:
        name: Identifier in URLs and on the command line.
        title: Name on screen.
        year: Year in which the paper became public.
        paper: Authors, title and venue.
        url: Where to read it.
        idea: What was new, in one sentence.
        config: The family's hyperparameters.
        network: Builds the network from (config, in_channels, num_classes).
        variants: Published configurations by name, smallest first.
        deviations: Printed figures that the networks do not round to.
        resolutions: Sides of images that some configuration opens; a variant's own come on top.
        has_feature_maps: Whether its stages give feature maps (C, H, W).
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
        """The network of a specification in eval mode, initialised as its paper says."""
        network = self.network(spec.config, spec.in_channels, spec.num_classes)
        network.spec = spec
        return network.eval()

    @property
    def deviation_notes(self) -> str:
        """The section "Deviations" of the family file's docstring as one paragraph of Markdown."""
        text = inspect.getdoc(inspect.getmodule(self.config)) or ""
        section = text.partition("Deviations:\n")[2].partition("\n\n")[0]
        return " ".join(section.split()).replace("``", "`")

    def year_of(self, variant: str) -> int:
        """Year in which a variant was published."""
        return self.variants[variant].year or self.year

    def deviation(self, variant: str, quantity: str) -> str | None:
        """Why a variant's count differs from the printed one, or None if it does not."""
        reasons = (
            d.reason for d in self.deviations if variant in d.variants and quantity == d.quantity
        )
        return next(reasons, None)
