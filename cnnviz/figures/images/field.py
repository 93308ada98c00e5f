"""A receptive field on a photo: what one unit of a layer sees of it, and what it heeds."""

from html import escape

import numpy as np

from cnnviz.figures.colour_maps import overlay
from cnnviz.figures.images.image_tiles import image_url
from cnnviz.figures.svg import Extent, rectangle
from cnnviz.figures.theme import CATEGORIES

Point = tuple[float, float]  # row, column

FIELD = CATEGORIES[6]
WIDTH = 480  # px on screen, at most
# A field that exceeds the photo by more than half of its side is cut there.
MAX_AROUND = 0.5
BRIGHT = 0.99  # share of the pixels with a gradient that the colours tell apart

HATCH = (
    '<pattern id="field-hatch" width="{step:.2f}" height="{step:.2f}" '
    'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="{step:.2f}" height="{step:.2f}" fill="#9a9a9a"/>'
    '<rect width="{half:.2f}" height="{step:.2f}" fill="#777777"/></pattern>'
)


def field_drawing(
    photo: np.ndarray,
    first: Point,
    last: Point,
    effective: np.ndarray | None = None,
    effective_side: int = 0,
    title: str = "",
) -> str:
    """SVG of a photo with the field's border and centre; what lies outside of the field is dimmed.

    Where the field exceeds the photo, the padding that it reads is hatched; the part of it that is
    farther from the photo than half of the photo's side is cut off.

    Args:
        photo: As the network sees it, uint8 (H, W, 3).
        first: Row and column of the first pixel that the unit sees, perhaps outside of the photo.
        last: Row and column of the last one.
        effective: The gradient in [0, 1], (H, W), laid over the photo's greys in viridis.
        effective_side: Side in pixels of a dashed square around the centre; 0 for none.
        title: What the picture shows, for those who do not see it.
    """
    height, width = photo.shape[:2]
    box = (first[1], first[0], last[1] + 1 - first[1], last[0] + 1 - first[0])
    around = _around(box, height, width)
    line = (width + 2 * around) / WIDTH  # one pixel on screen, in pixels of the photo
    view = (-around, -around, width + 2 * around, height + 2 * around)
    if effective is not None:
        photo = _heeded(photo, effective)
    shown = _padding(box, view, line) + _image(photo) + _dimmed(box, height, width)
    centre = (box[0] + box[2] / 2, box[1] + box[3] / 2)
    if effective_side:
        corner = (centre[0] - effective_side / 2, centre[1] - effective_side / 2)
        shown += _square((*corner, effective_side, effective_side), "#000000", line, dashed=True)
    shown += _square(box, FIELD, 2 * line)
    if min(box[2:]) > 20 * line:
        shown += _cross(centre, line)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="{_numbers(*view)}" '
        f'width="{WIDTH}" height="{WIDTH * view[3] / view[2]:.2f}">'
        f"<title>{escape(title)}</title>{shown}</svg>"
    )


def _around(box: Extent, height: int, width: int) -> float:
    """How far to look beyond the photo, the same on all sides so that it stays in the middle."""
    left, top, across, down = box
    beyond = max(0.0, -left, -top, left + across - width, top + down - height)
    side = max(height, width)
    return min(beyond + 0.015 * side, MAX_AROUND * side)


def _heeded(photo: np.ndarray, effective: np.ndarray) -> np.ndarray:
    """Grey where there is no gradient; else its square root, because few pixels have most of it."""
    grey = np.repeat(photo.mean(axis=2, keepdims=True) * 0.7, 3, axis=2).astype(np.uint8)
    felt = effective[effective > 0]
    if not felt.size:
        return grey
    return overlay(grey, np.sqrt(np.minimum(effective / np.quantile(felt, BRIGHT), 1)), 0.95)


def _image(pixels: np.ndarray) -> str:
    height, width = pixels.shape[:2]
    return (
        f'<image width="{width}" height="{height}" image-rendering="pixelated" '
        f'href="{image_url(pixels, quality=92)}"></image>'
    )


def _padding(box: Extent, view: Extent, line: float) -> str:
    """Hatching over the whole field; the photo is laid over it."""
    hatch = HATCH.format(step=9 * line, half=4.5 * line)
    left, top = max(box[0], view[0]), max(box[1], view[1])
    right = min(box[0] + box[2], view[0] + view[2])
    bottom = min(box[1] + box[3], view[1] + view[3])
    padding = (left, top, max(right - left, 0), max(bottom - top, 0))
    return f"<defs>{hatch}</defs>" + rectangle(padding, 'fill="url(#field-hatch)"', digits=2)


def _dimmed(box: Extent, height: int, width: int) -> str:
    """The photo without the field, darkened: a rectangle with a hole."""
    left, top = max(box[0], 0), max(box[1], 0)
    right, bottom = min(box[0] + box[2], width), min(box[1] + box[3], height)
    outer, hole = f"M0 0H{width}V{height}H0Z", ""
    if right > left and bottom > top:
        hole = f"M{left:g} {top:g}V{bottom:g}H{right:g}V{top:g}Z"
    return f'<path d="{outer}{hole}" fill="#000000" fill-opacity="0.62" fill-rule="evenodd"/>'


def _square(box: Extent, colour: str, line: float, dashed: bool = False) -> str:
    """A border in a colour between two white lines between two dark ones: seen on any photo."""
    dashes = f' stroke-dasharray="{5 * line:.2f} {4 * line:.2f}"' if dashed else ""
    strokes = (("#000000", 3.0, ""), ("#ffffff", 2.2, ""), (colour, 1.2, dashes))
    return "".join(
        rectangle(box, f'fill="none" stroke="{c}" stroke-width="{width * line:.2f}"{more}', "", 2)
        for c, width, more in strokes
    )


def _cross(centre: Point, line: float) -> str:
    (x, y), arm = centre, 6 * line
    path = f"M{_numbers(x - arm, y)}H{x + arm:.2f}M{_numbers(x, y - arm)}V{y + arm:.2f}"
    return "".join(
        f'<path d="{path}" stroke="{colour}" stroke-width="{width * line:.2f}"/>'
        for colour, width in (("#000000", 4), ("#ffffff", 2))
    )


def _numbers(*numbers: float) -> str:
    return " ".join(f"{number:.2f}" for number in numbers)
