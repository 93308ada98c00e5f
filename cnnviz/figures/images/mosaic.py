"""Feature maps as one picture, as a drawing whose cells can be chosen, and one of them large."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from math import ceil

import numpy as np
from PIL import Image

from cnnviz.figures import colour_maps
from cnnviz.figures.images.grid import columns, tiled
from cnnviz.figures.legend import colour_scale, signed_scale
from cnnviz.figures.svg import document, rectangle, selectable

LEVELS = 255  # colours of a palette; the last entry is the gap between maps
GAP = 255
MAX_SIDE = 128  # px that a map has in a mosaic at most
WIDTH = 720  # px of the drawing
SPACE = 3  # px around the drawing
BETWEEN = 1  # px between maps of the picture


def shades(maps: np.ndarray, reaches: np.ndarray) -> np.ndarray:
    """Maps (K, h, w) as positions in a palette, uint8: 0 to 254.

    Without negative values 0 is the first colour; with them it is the middle one.

    Args:
        maps: Values.
        reaches: The value of each map that has the last colour, (K,).
    """
    scaled = maps / np.where(reaches > 0, reaches, 1)[:, np.newaxis, np.newaxis]
    if is_signed(maps):
        scaled = (scaled + 1) / 2
    return (np.clip(scaled, 0, 1) * (LEVELS - 1) + 0.5).astype(np.uint8)


def is_signed(maps: np.ndarray) -> bool:
    """Whether a diverging scale is needed."""
    return bool((maps < 0).any())


def colours(signed: bool) -> np.ndarray:
    """The colours of a palette, uint8 (255, 3): viridis, or diverging for signed values."""
    if signed:
        return colour_maps.signed(np.linspace(-1, 1, LEVELS))
    return colour_maps.coloured(np.linspace(0, 1, LEVELS))


@dataclass(frozen=True, eq=False)
class Mosaic:
    """Maps side by side in rows, left to right.

    Attributes:
        picture: With a palette; the gaps are transparent.
        count: How many maps there are.
        cell: Height and width of a map in pixels of the picture.
    """

    picture: Image.Image
    count: int
    cell: tuple[int, int]

    def place(self, index: int) -> tuple[int, int]:
        """Left and top of a map in pixels of the picture."""
        row, column = divmod(index, columns(self.count))
        return column * (self.cell[1] + BETWEEN), row * (self.cell[0] + BETWEEN)


def mosaic(maps: np.ndarray, reaches: np.ndarray) -> Mosaic:
    """All maps (K, h, w) side by side; a map has at most ``MAX_SIDE`` px.

    Args:
        maps: Values.
        reaches: The value of each map that has the last colour, (K,).
    """
    step = ceil(max(maps.shape[1:]) / MAX_SIDE)
    cells = shades(_reduced(maps, step), reaches)
    count, height, width = cells.shape
    picture = Image.fromarray(tiled(cells, columns(count), BETWEEN, GAP), mode="P")
    picture.putpalette(colours(is_signed(maps)).tobytes() + bytes(3))
    return Mosaic(picture, count, (height, width))


def _reduced(maps: np.ndarray, step: int) -> np.ndarray:
    """Maps in which each block of step x step values is its mean."""
    if step == 1:
        return maps
    count, height, width = maps.shape
    cut = maps[:, : height // step * step, : width // step * step]
    blocks = cut.reshape(count, height // step, step, width // step, step)
    reduced: np.ndarray = blocks.mean(axis=(2, 4))
    return reduced


def drawing(
    shown: Mosaic,
    names: Sequence[str],
    titles: Sequence[str],
    selected: str,
    crossed_out: Sequence[bool],
) -> str:
    """SVG of a mosaic in which every map can be chosen.

    Args:
        shown: The maps.
        names: What is selected by a click on each map.
        titles: The description of each map.
        selected: The name of the map that is selected.
        crossed_out: Which maps are dead.
    """
    scale = WIDTH / shown.picture.width
    height, (tall, wide) = shown.picture.height * scale, (side * scale for side in shown.cell)
    url = f"data:image/png;base64,{b64encode(png(shown.picture)).decode()}"
    image = (
        f'<image width="{WIDTH}" height="{height:.1f}" preserveAspectRatio="none" '
        f'image-rendering="pixelated" href="{url}"></image>'
    )
    cells = []
    for index, (name, title) in enumerate(zip(names, titles, strict=True)):
        x, y = (scale * pixel for pixel in shown.place(index))
        body = rectangle((x, y, wide, tall), 'class="cell" fill="transparent"')
        if crossed_out[index]:
            body += _cross(x, y, wide, tall)
        cells.append(selectable(name, title, body, name == selected))
    box = (-SPACE, -SPACE, WIDTH + 2 * SPACE, height + 2 * SPACE)
    return document(box, image + "".join(cells), f"{shown.count} feature maps")


def _cross(x: float, y: float, width: float, height: float) -> str:
    return (
        f'<path d="M{x:.1f} {y:.1f}l{width:.1f} {height:.1f}m{-width:.1f} 0l{width:.1f} '
        f'{-height:.1f}" stroke="#999999" stroke-width="1"/>'
    )


def enlarged(shown: Mosaic, width: int) -> Image.Image:
    """A mosaic's picture, every pixel as a square of pixels, about so wide."""
    times = max(1, round(width / shown.picture.width))
    return shown.picture.resize([side * times for side in shown.picture.size])


def png(picture: Image.Image) -> bytes:
    """A picture as a PNG file."""
    file = BytesIO()
    options = {"transparency": GAP} if picture.mode == "P" else {}
    picture.save(file, "PNG", compress_level=3, **options)
    return file.getvalue()


def over_photo(photo: np.ndarray, values: np.ndarray, reach: float, opacity: float) -> np.ndarray:
    """One map over a photo, uint8 (H, W, 3), the more opaque the farther its value is from 0.

    Args:
        photo: uint8 (H, W, 3).
        values: The map at the photo's size, (H, W).
        reach: The value that has the last colour.
        opacity: In [0, 1], of the last colour.
    """
    (places,) = shades(values[np.newaxis], np.array([reach]))
    painted = colours(is_signed(values))[places]
    strength = np.clip(np.abs(values) / (reach or 1), 0, 1)
    return colour_maps.covered(photo, painted, opacity * np.sqrt(strength))


def scale(values: np.ndarray, reach: float) -> str:
    """HTML of the colours of a map with the values of its ends."""
    last = f"{reach:.3g}"
    if is_signed(values):
        return signed_scale(f"-{last}", last)
    return colour_scale("0", last)
