"""The catalogue of architectures, oldest first: look-up and construction."""

from functools import cache
from importlib import import_module

import torch

from cnnviz.architectures.base import Architecture, Layer, Network, NetworkSpec, Role, Variant
from cnnviz.hyperparameters import Value, named, require_whole

# A family's file, and where it stands in menus.
FAMILIES = (
    *("mlp", "lenet", "alexnet", "zfnet", "nin", "vgg", "googlenet", "deeply_supervised"),
    *("all_cnn", "highway", "inception", "resnet", "squeezenet", "preact_resnet"),
    *("stochastic_depth", "wide_resnet", "fractalnet", "densenet"),
)
MAX_CLASSES = 100_000
ARCHITECTURES: tuple[Architecture, ...] = tuple(
    import_module(f"{__name__}.{family}").ARCHITECTURE for family in FAMILIES
)

__all__ = [
    "ARCHITECTURES",
    "Architecture",
    "Layer",
    "Network",
    "NetworkSpec",
    "Role",
    "Variant",
    "accepts",
    "architecture",
    "architecture_of",
    "build",
    "is_published",
    "specify",
    "variant",
    "variants",
]


def variants() -> tuple[str, ...]:
    """Names of all published variants, family by family, oldest first."""
    return tuple(_families())


def architecture(name: str) -> Architecture:
    """Look up a family by name.

    Raises:
        KeyError: The name is unknown; the message lists the known names.
    """
    return named(name, {family.name: family for family in ARCHITECTURES}, "architecture")


def architecture_of(variant: str) -> Architecture:
    """The family of a variant.

    Raises:
        KeyError: There is no such variant; the message lists the known names.
    """
    return named(variant, _families(), "variant")


def variant(name: str) -> Variant:
    """Look up a published configuration by name.

    Raises:
        KeyError: The name is unknown; the message lists the known names.
    """
    return architecture_of(name).variants[name]


def specify(
    variant: str,
    num_classes: int | None = None,
    in_channels: int | None = None,
    **hyperparameters: Value,
) -> NetworkSpec:
    """The specification of a variant with some settings replaced.

    Raises:
        KeyError: Unknown variant or hyperparameter; the message lists the known names.
        ValueError: A value outside its domain, fewer than 1 class, or other than 1 or 3 channels.
    """
    family = architecture_of(variant)
    published = family.variants[variant]
    if num_classes is None:
        num_classes = published.num_classes
    require_whole("num_classes", num_classes, MAX_CLASSES)
    if in_channels is None:
        in_channels = published.in_channels
    if type(in_channels) is not int or in_channels not in (1, 3):
        raise ValueError(f"in_channels must be 1 or 3; received {in_channels!r}.")
    config = published.config.with_values(hyperparameters)
    return NetworkSpec(variant, config, in_channels, num_classes)


def build(
    variant: str | NetworkSpec,
    num_classes: int | None = None,
    in_channels: int | None = None,
    **hyperparameters: Value,
) -> Network:
    """Build a network in eval mode, initialised as in its paper.

    Under ``torch.device("meta")`` it has shapes but no weights.

    Args:
        variant: Name of a published variant, or a specification (then omit the other arguments).
        num_classes: Outputs of the last layer; default as published.
        in_channels: Channels of the image, 1 or 3; default as published: 3 for photos.
        **hyperparameters: Settings of the family that differ from the variant's.

    Raises:
        KeyError: Unknown variant or hyperparameter; the message lists the known names.
        ValueError: A value outside its domain.
    """
    if not isinstance(variant, NetworkSpec):
        variant = specify(variant, num_classes, in_channels, **hyperparameters)
    return architecture_of(variant.variant).build(variant)


def accepts(spec: NetworkSpec, side: int) -> bool:
    """Whether a network accepts square images of a side; tried without weights."""
    try:
        with torch.device("meta"), torch.inference_mode():
            build(spec)(torch.zeros(1, spec.in_channels, side, side))
    except RuntimeError:
        return False
    return True


def is_published(spec: NetworkSpec) -> bool:
    """Whether the hyperparameters equal those of the published variant."""
    return spec.config == variant(spec.variant).config


@cache
def _families() -> dict[str, Architecture]:
    return {name: family for family in ARCHITECTURES for name in family.variants}
