"""Networks as text for URLs and command lines: "resnet50,width=32,resolution=160"."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cnnviz.architectures import NetworkSpec, specify, variant
from cnnviz.architectures.given import made_for
from cnnviz.hyperparameters import Value, require_whole, text

# Settings of every network besides its hyperparameters.
ENDS = ("in_channels", "num_classes")
MAX_RESOLUTION = 4096  # px


def require_resolution(resolution: object) -> None:
    """Refuse what is no side of a square image.

    Raises:
        ValueError: It is no whole number from 1 to ``MAX_RESOLUTION``.
    """
    require_whole("resolution", resolution, MAX_RESOLUTION, " px", "the side of a square image")


@dataclass(frozen=True)
class SizedNetwork:
    """A network with the size of its input image.

    Attributes:
        spec: The network.
        resolution: Side of the image in pixels.

    Raises:
        ValueError: At creation, if ``resolution`` is no whole number from 1 to ``MAX_RESOLUTION``.
    """

    spec: NetworkSpec
    resolution: int

    def __post_init__(self) -> None:
        require_resolution(self.resolution)

    @property
    def changes(self) -> dict[str, str]:
        """Settings that differ from the published variant, by name."""
        published = variant(self.spec.variant)
        before = published.config.to_text()
        changes = {k: v for k, v in self.spec.config.to_text().items() if v != before[k]}
        for end in ENDS:
            if getattr(self.spec, end) != getattr(published, end):
                changes[end] = str(getattr(self.spec, end))
        if self.resolution != made_for(self.spec):
            changes["resolution"] = str(self.resolution)
        return changes

    def __str__(self) -> str:
        """The variant and its changes, as ``read`` parses them."""
        return _joined(self.spec.variant, self.changes)

    def with_setting(self, name: str, value: Value) -> "SizedNetwork":
        """The network with one setting replaced: a hyperparameter, an end, or the resolution.

        Raises:
            KeyError: It has no such setting; the message lists the hyperparameters.
            ValueError: The value is outside its domain or clashes with the other settings.
        """
        return read(_joined(self.spec.variant, {**self.changes, name: text(value)}))


def settings_of(written: str) -> tuple[str, dict[str, str]]:
    """The variant of a written network, and the settings behind it by name.

    Raises:
        ValueError: A part is not ``name=value``.
    """
    name, _, rest = written.partition(",")
    # A value may hold a comma: "pooling=convolution, pooling".
    settings = re.split(r",(?=\w+=)", rest) if rest else []
    return name, dict(_setting(setting) for setting in settings)


def read(written: str) -> SizedNetwork:
    """Parse a network.

    Raises:
        KeyError: Unknown variant or hyperparameter; the message lists the known names.
        ValueError: A part is not ``name=value``, or a value is outside its domain.
    """
    name, values = settings_of(written)
    published = variant(name)
    ends = {end: _number(end, values.pop(end)) for end in ENDS if end in values}
    is_fixed = "resolution" in published.config.to_text()
    resolution = None if is_fixed else values.pop("resolution", None)
    plain = specify(name, **ends)
    config = published.config.with_text(values)
    spec = NetworkSpec(name, config, plain.in_channels, plain.num_classes)
    if spec.fixed_resolution:
        return SizedNetwork(spec, spec.fixed_resolution)
    side = published.resolution if resolution is None else _number("resolution", resolution)
    return SizedNetwork(spec, side)


def _joined(variant: str, settings: Mapping[str, str]) -> str:
    return ",".join([variant, *(f"{name}={value}" for name, value in settings.items())])


def _setting(setting: str) -> tuple[str, str]:
    name, equals, value = setting.partition("=")
    if not equals:
        raise ValueError(f"A setting must be written name=value; received {setting!r}.")
    return name, value


def _number(name: str, written: str) -> int:
    try:
        return int(written)
    except ValueError:
        raise ValueError(f"{name} must be a whole number; received {written!r}.") from None
