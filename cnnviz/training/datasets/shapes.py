"""Circles, squares, triangles and stars, drawn on the fly at any size, with the object's mask.

An image is one object on a background. Both have two colours and a pattern between them, drawn
alike for all classes, so that neither colour nor texture nor area tells the class: only the outline
does. The mask says where the object is, so that a class activation map can be scored by the truth.

How it is drawn: all images of a batch at once, as arrays (N, H, W). A point's place relative to
the object's centre, turned and divided by its radius, gives a signed distance from the outline,
below 0 inside. A regular polygon or star of n points looks alike in each of 2n wedges, so its
points are folded into one, where the outline is the straight line from a tip, at radius 1, to the
middle between two tips, at an inner radius (`OUTLINES`). The distance in pixels, clipped to
[-0.5, 0.5], is how much of a pixel the object covers: that is the antialiasing.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from cnnviz.progress import Progress, batches, ignore_progress, part
from cnnviz.training.datasets.base import Data, Split
from cnnviz.training.datasets.preparing import mean_and_std, require_size

CLASSES = ("circle", "square", "triangle", "star")
# Number of tips, and radius of the outline between two of them; a circle has no tips. The star is
# the pentagram, whose edges lie on five lines: sin 18° / sin 54°.
OUTLINES = (
    None,
    (4, math.cos(math.pi / 4)),
    (3, math.cos(math.pi / 3)),
    (5, math.sin(math.pi / 10) / math.sin(3 * math.pi / 10)),
)
SIZES = (0.13, 0.27)  # Radius of the circle of the same area, as a share of the side.
# Positions in ``PATTERNS``.
OBJECT_PATTERNS = (0, 1, 2, 3)
BACKGROUND_PATTERNS = (0, 1, 2, 4)
PERIODS = (3.0, 8.0)  # of stripes and checks along the side
TRAIN, TEST = 2000, 500
BATCH_PIXELS = 2**20


@dataclass(frozen=True)
class _Surfaces:
    """What the images' objects, or their backgrounds, are painted with; one row an image.

    Attributes:
        patterns: Positions in ``PATTERNS``.
        first: Colour (N, C) in [0, 1].
        second: The other colour.
        angles: Direction of the pattern, in radians.
        periods: How often it repeats along the side.
    """

    patterns: np.ndarray
    first: np.ndarray
    second: np.ndarray
    angles: np.ndarray
    periods: np.ndarray


def shapes(
    count: int, side: int, channels: int = 3, seed: int = 0, progress: Progress = ignore_progress
) -> Split:
    """Images (count, side, side, channels) of as many objects of each class, with masks.

    Args:
        count: How many.
        side: Height and width in pixels, from 8 to 512.
        channels: 1 or 3.
        seed: The same seed draws the same scenes at every side, apart from the noise.
        progress: Told how far it is.

    Raises:
        ValueError: Side or channels are outside of that.
        DataError: So many images do not fit the memory.
    """
    require_size(count, side, channels)
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(count) % len(CLASSES))
    radii, centres, angles = _placed(labels, rng)
    background, foreground = _surfaces(count, channels, rng)
    images = np.empty((count, side, side, channels), dtype=np.uint8)
    masks = np.empty((count, side, side), dtype=bool)
    for rows in batches(count, max(1, BATCH_PIXELS // side**2), progress):
        points = _points(side, centres[rows], angles[rows]) / radii[rows, None, None, None]
        distance = _distances(points, labels[rows]) * (radii[rows] * side)[:, None, None]
        cover = np.clip(0.5 - distance, 0, 1)[..., None]
        behind, before = (
            _painted(surfaces, rows, side, rng) for surfaces in (background, foreground)
        )
        images[rows] = np.rint((behind + cover * (before - behind)) * 255)
        masks[rows] = distance < 0
    return Split(torch.from_numpy(images), torch.from_numpy(labels).long(), torch.from_numpy(masks))


def _placed(
    labels: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Radius to the tips, centre (N, 2) as shares of the side, and turn in radians."""
    size = rng.uniform(*SIZES, len(labels))
    radii = size * np.array([_radius_of_unit_area(outline) for outline in OUTLINES])[labels]
    centres = rng.uniform(radii[:, None], 1 - radii[:, None], (len(labels), 2))
    angles = rng.uniform(0, 2 * np.pi, len(labels))
    return radii.astype(np.float32), centres.astype(np.float32), angles.astype(np.float32)


def _radius_of_unit_area(outline: tuple[int, float] | None) -> float:
    """Radius to the tips of the figure whose area is that of a circle of radius 1."""
    if outline is None:
        return 1.0
    tips, inner = outline
    return math.sqrt(math.pi / (tips * inner * math.sin(math.pi / tips)))


def _surfaces(count: int, channels: int, rng: np.random.Generator) -> tuple[_Surfaces, _Surfaces]:
    """Backgrounds and objects, whose first colours differ by 0.3 or more in each channel."""
    behind = rng.uniform(0, 1, (count, channels))
    before = (behind + rng.uniform(0.3, 0.7, (count, channels))) % 1
    surfaces = []
    for colour, patterns in ((behind, BACKGROUND_PATTERNS), (before, OBJECT_PATTERNS)):
        change = rng.uniform(-0.3, 0.3, (count, channels))
        surfaces.append(
            _Surfaces(
                rng.choice(patterns, count),
                colour.astype(np.float32),
                np.clip(colour + change, 0, 1).astype(np.float32),
                rng.uniform(0, 2 * np.pi, count).astype(np.float32),
                rng.uniform(*PERIODS, count).astype(np.float32),
            )
        )
    return surfaces[0], surfaces[1]


def _points(side: int, centres: np.ndarray, angles: np.ndarray) -> np.ndarray:
    """Places of the pixels about a centre, turned: (N, 2, H, W), shares of the side."""
    steps = (np.arange(side, dtype=np.float32) + 0.5) / side
    x = steps[None, None, :] - centres[:, 0, None, None]
    y = steps[None, :, None] - centres[:, 1, None, None]
    cosine, sine = np.cos(angles)[:, None, None], np.sin(angles)[:, None, None]
    points: np.ndarray = np.stack([cosine * x + sine * y, cosine * y - sine * x], axis=1)
    return points


def _distances(points: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Signed distances (N, H, W) of points (N, 2, H, W) from outlines whose tips have radius 1."""
    distances: np.ndarray = np.hypot(points[:, 0], points[:, 1])
    for label, outline in enumerate(OUTLINES):
        rows = labels == label
        if outline is None:
            distances[rows] -= 1
        else:
            distances[rows] = _from_edge(points[rows], distances[rows], *outline)
    return distances


def _from_edge(points: np.ndarray, radii: np.ndarray, tips: int, inner: float) -> np.ndarray:
    """Signed distances from the edge between a tip and the middle between two tips."""
    wedge = math.pi / tips
    turn = np.arctan2(points[:, 1], points[:, 0])
    folded = np.abs((turn + wedge) % (2 * wedge) - wedge)
    across, along = inner * math.sin(wedge), 1 - inner * math.cos(wedge)
    length = math.hypot(across, along)
    x, y = radii * np.cos(folded), radii * np.sin(folded)
    distances: np.ndarray = ((x - 1) * across + y * along) / length
    return distances


def _painted(surfaces: _Surfaces, rows: slice, side: int, rng: np.random.Generator) -> np.ndarray:
    """Surfaces as colours (N, H, W, C) in [0, 1]."""
    patterns, angles = surfaces.patterns[rows], surfaces.angles[rows]
    middle = np.full((len(angles), 2), 0.5, dtype=np.float32)
    blend = np.zeros((len(angles), side, side), dtype=np.float32)
    for number in np.unique(patterns):
        of_it = patterns == number
        points = _points(side, middle[of_it], angles[of_it])
        periods = surfaces.periods[rows][of_it, None, None]
        blend[of_it] = PATTERNS[number](points[:, 0], points[:, 1], periods, rng)
    first, second = (c[rows, None, None] for c in (surfaces.first, surfaces.second))
    painted: np.ndarray = first + blend[..., None] * (second - first)
    return painted


def _waves(places: np.ndarray, periods: np.ndarray) -> np.ndarray:
    waves: np.ndarray = np.sin(2 * np.pi * periods * places)
    return waves


def _bands(waves: np.ndarray) -> np.ndarray:
    """Waves with steep sides."""
    blend: np.ndarray = np.clip(0.5 + 2 * waves, 0, 1)
    return blend


# How much of the second colour is where, in [0, 1], (N, H, W), by the coordinates of the places.
PATTERNS: tuple[Callable[..., np.ndarray | float], ...] = (
    lambda x, y, periods, rng: 0.0,  # plain
    lambda x, y, periods, rng: _bands(_waves(x, periods)),  # stripes
    lambda x, y, periods, rng: rng.random(x.shape, dtype=np.float32),  # noise
    lambda x, y, periods, rng: _bands(_waves(x, periods) * _waves(y, periods)),  # checks
    lambda x, y, periods, rng: x / math.sqrt(2) + 0.5,  # gradient
)


def load_shapes(
    name: str, title: str, side: int, channels: int, seed: int, progress: Progress
) -> Data:
    """Shapes to train on and others to test on."""
    require_size(TRAIN + TEST, side, channels)
    share = TRAIN / (TRAIN + TEST)
    # Even seeds train and odd ones test: no seed tests what another one trains on.
    train = shapes(TRAIN, side, channels, 2 * seed, part(progress, 0.0, share))
    test = shapes(TEST, side, channels, 2 * seed + 1, part(progress, share, 1.0))
    return Data(name, title, CLASSES, train, test, *mean_and_std(train.images))
