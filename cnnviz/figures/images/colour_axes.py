"""The principal colours of pixels: a bar of colours along each axis, with its numbers."""

from collections.abc import Sequence

import numpy as np

from cnnviz.figures.legend import colour_bar
from cnnviz.figures.theme import hexadecimal

STEPS = 9  # colours of a bar
REACH = 2.0  # standard deviations from the mean to each end


def axis_colours(mean: np.ndarray, value: float, vector: np.ndarray) -> list[str]:
    """Colours "#rrggbb" along one axis, from the mean minus to the mean plus ``REACH`` deviations.

    Args:
        mean: Of the pixels, in [0, 1], (3,).
        value: The eigenvalue: the variance along the axis.
        vector: Of length 1, (3,).
    """
    places = np.linspace(-REACH, REACH, STEPS)[:, None] * np.sqrt(max(value, 0.0))
    pixels = np.rint((mean + places * vector).clip(0, 1) * 255).astype(int)
    return [hexadecimal(pixel) for pixel in pixels]


def colour_axes_drawing(
    mean: np.ndarray, values: Sequence[float], vectors: Sequence[np.ndarray]
) -> str:
    """HTML of all axes, as they are given.

    Args:
        mean: Of the pixels, in [0, 1], (3,).
        values: Eigenvalues.
        vectors: Of length 1, (3,) each, in the same order.
    """
    total = sum(values) or 1.0
    rows = []
    for number, (value, vector) in enumerate(zip(values, vectors, strict=True), 1):
        numbers = ", ".join(f"{round(float(part), 3) + 0.0:.3f}" for part in vector)
        text = f"λ{number} = {value:.4f}, {value / total:.1%} of the variance; e{number} = "
        text = f"{text}({numbers})".replace("-", "\N{MINUS SIGN}")
        rows.append(colour_bar(axis_colours(mean, value, vector), [text], text, height=34))
    return "".join(rows)
