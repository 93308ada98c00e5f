"""Convolution of a grid step by step: all positions, all terms and the output size.

A transposed convolution is shown as the equivalent convolution with stride 1 over the input
with stride - 1 zeros between its numbers, padded by dilation (kernel size - 1) - padding, by the
kernel turned by 180 degrees and with its channels exchanged (Dumoulin and Visin 2016, section 4).
"""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch.nn import functional

from cnnviz.hyperparameters import Config, choice, flag

MODES = {"zero": "constant", "reflect": "reflect", "replicate": "replicate"}
SAME = "same"


@dataclass(frozen=True)
class Settings(Config):
    """Settings of a convolution."""

    stride: int = choice(1, 2, 3, 4, default=1, help="Distance between positions in pixels.")
    padding: str = choice(
        *("0", "1", "2", "3", SAME),
        default="0",
        help="Padding of the input; same: preserves its size at stride 1.",
    )
    padding_mode: str = choice(
        *MODES, default="zero", help="Padding values: zeros, a mirror image, or the edge."
    )
    dilation: int = choice(1, 2, 3, default=1, help="Distance between the pixels read by a kernel.")
    transposed: bool = flag(default=False, help="Transposed convolution: spreads the input first.")

    def check(self) -> None:
        """Check that torch has a layer for the settings."""
        if self.padding == SAME and (self.stride > 1 or self.transposed):
            raise ValueError(f"padding must be a number where stride is not 1; received {SAME}.")
        if self.transposed and self.padding_mode != "zero":
            raise ValueError(
                f"padding_mode must be zero in a transposed convolution; received "
                f"{self.padding_mode}."
            )


@dataclass(frozen=True, eq=False)
class Slide:
    """A convolution with all intermediate numbers.

    Attributes:
        settings: Settings of the convolution.
        image: Input, float32 (channels, rows, columns).
        weight: float32 (filters, channels of a group, kernel rows, kernel columns).
        bias: float32 (filters,).
        groups: Number of groups of channels; each filter reads one.
        read: Padded (and for a transposed convolution spread out) input.
        before: Rows and columns of padding above and on the left.
        step: Distance between positions on ``read`` in pixels.
    """

    settings: Settings
    image: torch.Tensor
    weight: torch.Tensor
    bias: torch.Tensor
    groups: int
    read: torch.Tensor
    before: tuple[int, int]
    step: int

    @property
    def extent(self) -> tuple[int, int]:
        """Rows and columns spanned by the kernel: d (k - 1) + 1."""
        rows, columns = self.weight.shape[2:]
        return _span(rows, self.settings.dilation), _span(columns, self.settings.dilation)

    @cached_property
    def windows(self) -> torch.Tensor:
        """Input of each position, (filters, rows, columns, channels, kernel rows, columns)."""
        dilation, (rows, columns) = self.settings.dilation, self.extent
        windows = self.read.unfold(1, rows, self.step).unfold(2, columns, self.step)
        windows = windows[..., ::dilation, ::dilation].permute(1, 2, 0, 3, 4)
        size, per_group = self.weight.shape[1], len(self.weight) // self.groups
        parts = [
            windows[:, :, number // per_group * size : (number // per_group + 1) * size]
            for number in range(len(self.weight))
        ]
        return torch.stack(parts)

    @cached_property
    def products(self) -> torch.Tensor:
        """All terms of all sums, shaped like ``windows``."""
        return self.windows * self.weight[:, None, None]

    @cached_property
    def output(self) -> torch.Tensor:
        """Output, (filters, rows, columns)."""
        return self.products.sum((3, 4, 5)) + self.bias[:, None, None]

    @property
    def terms(self) -> int:
        """Number of products in one sum."""
        return self.weight[0].numel()

    @property
    def unread(self) -> tuple[int, int]:
        """Number of rows at the bottom and columns on the right that are never read."""
        left = [
            (side - span) % self.step
            for side, span in zip(self.read.shape[1:], self.extent, strict=True)
        ]
        return left[0], left[1]


def slide(
    image: torch.Tensor,
    weight: torch.Tensor,
    settings: Settings = Settings(),
    bias: torch.Tensor | None = None,
    groups: int = 1,
) -> Slide:
    """Convolve an image with a kernel.

    Args:
        image: (channels, rows, columns).
        weight: In the shape of ``torch.nn.Conv2d``, (filters, channels / groups, rows, columns), or
            of ``torch.nn.ConvTranspose2d``.
        settings: Default stride 1 without padding.
        bias: (filters,); default 0.
        groups: Number of groups; as many as channels for a depthwise convolution.

    Raises:
        ValueError: Image and kernel do not fit.
    """
    _require_groups(image, weight, groups, settings.transposed)
    if settings.transposed:
        read, before, weight = _spread(image, weight, settings, groups)
        step = 1
    else:
        read, before = _padded(image, weight, settings)
        step = settings.stride
    spans = [_span(side, settings.dilation) for side in weight.shape[2:]]
    for side, span in zip(read.shape[1:], spans, strict=True):
        if side < span:
            raise ValueError(
                f"The kernel spans {spans[0]} x {spans[1]} and must not be larger than the padded "
                f"input; received {read.shape[1]} x {read.shape[2]}."
            )
    bias = torch.zeros(len(weight)) if bias is None else bias
    return Slide(settings, image, weight, bias, groups, read, before, step)


def _require_groups(image: torch.Tensor, weight: torch.Tensor, groups: int, turned: bool) -> None:
    channels = len(image)
    filters = len(weight)
    if channels % groups or (filters % groups and not turned):
        raise ValueError(f"groups must divide {channels} channels and {filters} filters.")
    read = filters if turned else weight.shape[1] * groups
    if read != channels:
        raise ValueError(
            f"The kernel must have {channels // groups} channels, as the input; received "
            f"{read // groups}."
        )


def _padded(
    image: torch.Tensor, weight: torch.Tensor, settings: Settings
) -> tuple[torch.Tensor, tuple[int, int]]:
    (top, bottom), (left, right) = (
        _sides(settings, side, kernel)
        for side, kernel in zip(image.shape[1:], weight.shape[2:], strict=True)
    )
    mode = MODES[settings.padding_mode]
    return functional.pad(image[None], (left, right, top, bottom), mode=mode)[0], (top, left)


def _sides(settings: Settings, side: int, kernel: int) -> tuple[int, int]:
    """Padding before and after; an odd sum has its larger half after, as in torch."""
    total = settings.dilation * (kernel - 1)
    before, after = total // 2, total - total // 2
    if settings.padding != SAME:
        before = after = int(settings.padding)
    if settings.padding_mode == "reflect" and max(before, after) >= side:
        raise ValueError(
            f"padding must be below the input's side to mirror it, {side}; received {after}."
        )
    return before, after


def _spread(
    image: torch.Tensor, weight: torch.Tensor, settings: Settings, groups: int
) -> tuple[torch.Tensor, tuple[int, int], torch.Tensor]:
    channels, rows, columns = image.shape
    stride = settings.stride
    spread = torch.zeros(channels, (rows - 1) * stride + 1, (columns - 1) * stride + 1)
    spread[:, ::stride, ::stride] = image
    around = [settings.dilation * (k - 1) - int(settings.padding) for k in weight.shape[2:]]
    if min(around) < 0:
        raise ValueError(
            "padding of a transposed convolution must be at most dilation x (kernel size - 1); "
            f"received {settings.padding}."
        )
    read = functional.pad(spread, (around[1], around[1], around[0], around[0]))
    parts = weight.flip(2, 3).chunk(groups)
    turned = torch.cat([part.transpose(0, 1) for part in parts])
    return read, (around[0], around[1]), turned


def _span(kernel: int, dilation: int) -> int:
    return dilation * (kernel - 1) + 1


def written_size(slide: Slide, axis: int = 0) -> str:
    """The formula of the output size with the numbers of a convolution.

    Args:
        slide: The convolution.
        axis: 0: rows; 1: columns.
    """
    settings = slide.settings
    side, kernel = slide.image.shape[1 + axis], slide.weight.shape[2 + axis]
    span = _span(kernel, settings.dilation)
    padded = slide.read.shape[1 + axis]
    if settings.transposed:
        law = f"({side} - 1) x {settings.stride} - 2 x {settings.padding} + {span}"
        return f"{law} = {padded - span + 1}"
    padding = f"2 x {settings.padding}" if settings.padding != SAME else str(padded - side)
    law = f"({side} + {padding} - {span}) / {settings.stride} + 1"
    exact = (padded - span) / settings.stride + 1
    whole = (padded - span) // settings.stride + 1
    if exact == whole:
        return f"{law} = {whole}"
    left, name = slide.unread[axis], ("row", "column")[axis]
    last = f"the last {left} {name}s are" if left > 1 else f"the last {name} is"
    return f"{law} = {exact:.2f}, rounded down to {whole}: {last} never read"
