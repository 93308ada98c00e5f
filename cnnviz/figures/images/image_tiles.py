"""Images in rows that break where the page ends, with words below each."""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image

from cnnviz.figures.templates import render
from cnnviz.figures.theme import CATEGORIES

SMALL = 64  # px; images of fewer pixels stay without loss, and are enlarged without smoothing
CHOSEN = CATEGORIES[6]


@dataclass(frozen=True, eq=False)
class ImageTile:
    """One or more views of an image side by side, with words below them.

    Attributes:
        views: Each uint8 (H, W, 3).
        title: The first line, bold.
        label: The second line.
        text: The last lines, grey; cut where they are long.
        alt: What the views show; empty: the words.
        is_framed: Whether it stands out.
    """

    views: Sequence[np.ndarray]
    title: str = ""
    label: str = ""
    text: str = ""
    alt: str = ""
    is_framed: bool = False


def image_tiles(
    tiles: Sequence[ImageTile], least: str = "min(6.5rem, 46%)", most: int | None = None
) -> str:
    """HTML of the tiles; a row is filled.

    Args:
        tiles: In order.
        least: Width of a tile at least, as CSS says it.
        most: Tiles in a row at most; None: as many as fit.
    """
    drawn = [
        {
            **vars(tile),
            "alt": tile.alt or ", ".join(filter(None, (tile.title, tile.label, tile.text))),
            "images": [
                {
                    "url": image_url(view),
                    "ratio": view.shape[1] / view.shape[0],
                    "is_small": max(view.shape[:2]) <= SMALL,
                }
                for view in tile.views
            ],
        }
        for tile in tiles
    ]
    return render("tiles", tiles=drawn, least=least, most=most, colour=CHOSEN)


def gallery(
    images: Iterable[np.ndarray],
    captions: Sequence[str],
    side: int,
    chosen: int | None = None,
    alt: str = "",
    most: int | None = None,
) -> str:
    """HTML of images with a caption each.

    Args:
        images: Each uint8 (h, w, 3).
        captions: What stands below each; an empty one leaves no room.
        side: Width of an image on screen in pixels, at least.
        chosen: Position of the one that is framed.
        alt: What the images show; each one's caption is added.
        most: Images in a row at most; None: as many as fit.
    """
    tiles = [
        ImageTile(
            [image],
            title=caption if position == chosen else "",
            label="" if position == chosen else caption,
            alt=f"{alt} {caption}".strip(),
            is_framed=position == chosen,
        )
        for position, (image, caption) in enumerate(zip(images, captions, strict=True))
    ]
    return image_tiles(tiles, f"min({side}px, 45%)", most)


def image_url(image: np.ndarray, quality: int = 88) -> str:
    """An image, uint8 (H, W, 3), as an address that holds it: a PNG where it is small, or a JPEG.

    Args:
        image: The pixels.
        quality: Of the JPEG.
    """
    file, kind = BytesIO(), "png" if max(image.shape[:2]) <= SMALL else "jpeg"
    Image.fromarray(image).save(file, kind, quality=quality, subsampling=0)
    return f"data:image/{kind};base64,{b64encode(file.getvalue()).decode()}"


def enlarged(image: np.ndarray, side: int) -> np.ndarray:
    """An image (h, w, 3) with whole pixels repeated until its longer side is about ``side``."""
    times = max(1, round(side / max(image.shape[:2])))
    return image.repeat(times, axis=0).repeat(times, axis=1)
