"""A network's shape as a small drawing: how its maps shrink and its channels grow."""

from collections.abc import Sequence
from math import log2

from cnnviz.figures.svg import rectangle
from cnnviz.figures.theme import stage_colour

HEIGHT, GAP = 64, 3  # px


def thumbnail(parts: Sequence[tuple[str, tuple[int, ...]]]) -> str:
    """An SVG with one bar a part: as high as its maps, as wide as its channels, both logarithmic.

    Args:
        parts: Name ("stem", "stage 1", ..., "head") and output shape, (C, H, W) or (features,).
    """
    bars, x = [], 0.0
    for name, shape in parts:
        width, height = _size(shape)
        box = (x, (HEIGHT - height) / 2, width, height)
        bars.append(rectangle(box, f'rx="1.5" fill="{stage_colour(name)}"', name))
        x += width + GAP
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{x:.0f}" height="{HEIGHT}" '
        f'viewBox="0 0 {x:.0f} {HEIGHT}">{"".join(bars)}</svg>'
    )


def _size(shape: tuple[int, ...]) -> tuple[float, float]:
    channels, side = shape[0], shape[-1] if len(shape) == 3 else 1
    return 2 + 2.2 * log2(channels + 1), 4 + (HEIGHT - 4) * min(log2(side + 1) / log2(300), 1)
