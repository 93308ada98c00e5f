"""Images as points of a plane."""

from collections.abc import Collection, Sequence

import numpy as np

from cnnviz.figures.legend import legend
from cnnviz.figures.svg import document
from cnnviz.figures.theme import CATEGORIES

WIDTH, HEIGHT = 760, 500  # of the drawing, in its own units
EDGE = 26
PHOTO = CATEGORIES[6]
GREY = -1  # the number of the colour of what has none of its own
COLOURS = {**dict(enumerate(CATEGORIES)), GREY: "#8c8c8c"}


def placed(points: np.ndarray) -> np.ndarray:
    """Points (N, 2) brought into the drawing, with one scale for both directions.

    Distances on the drawing are therefore those between the points.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    space = np.array([WIDTH - 2 * EDGE, HEIGHT - 2 * EDGE])
    scale = (space / np.maximum(high - low, 1e-12)).min()
    centred: np.ndarray = (points - (low + high) / 2) * scale * (1, -1)
    return (centred + np.array([WIDTH, HEIGHT]) / 2).round(1)


def scatter(places: np.ndarray, colours: Sequence[int], ringed: Collection[int], title: str) -> str:
    """SVG with a dot for each image and a diamond for the photo.

    Args:
        places: Of ``placed``, (N, 2); the first is the photo's.
        colours: Of each point, numbers of ``COLOURS``; the photo's is not used.
        ringed: Points with a ring around them.
        title: What the drawing shows, for those who do not see it.
    """
    radius = 6.5 if len(places) <= 150 else 5 if len(places) <= 600 else 3.6
    dots = "".join(
        f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{COLOURS[colour]}"/>'
        for (x, y), colour in list(zip(places, colours, strict=True))[1:]
    )
    rings = "".join(
        f'<circle cx="{places[i][0]:g}" cy="{places[i][1]:g}" r="{radius + 3:g}"/>' for i in ringed
    )
    body = (
        f'<g fill-opacity="0.8">{dots}</g>'
        f'<g fill="none" stroke="currentColor" stroke-width="1.8">{rings}</g>{_photo(*places[0])}'
    )
    return document((0, 0, WIDTH, HEIGHT), body, title, is_fixed=False)


def key(names: Sequence[str], has_others: bool = False) -> str:
    """HTML of a legend of the colours.

    Args:
        names: Of the first colours.
        has_others: There are grey points.
    """
    others = {"other classes": COLOURS[GREY]} if has_others else {}
    return legend({name: COLOURS[index] for index, name in enumerate(names)} | others)


def _photo(x: float, y: float) -> str:
    """The diamond of the photo, with its name to the side that has room."""
    size, left = 11, x > WIDTH - 110
    edge = f"M{x - size:g},{y:g} L{x:g},{y - size:g} L{x + size:g},{y:g} L{x:g},{y + size:g} Z"
    return (
        f'<path class="photo" d="{edge}" fill="{PHOTO}" stroke="#ffffff" stroke-width="2.4" '
        'paint-order="stroke"/>'
        f'<text class="name" x="{x - 16 if left else x + 16:g}" y="{y + 5:g}" font-size="15" '
        f'font-weight="600" fill="currentColor" text-anchor="{"end" if left else "start"}">'
        "the photo</text>"
    )
