"""A map of images that shows the thumbnail of the point under the mouse or finger."""

from collections.abc import Sequence

import numpy as np

from cnnviz.figures.images import planar_map
from cnnviz.figures.images.grid import columns
from cnnviz.ui.parts.drawing import component

HTML = """
<div class="map">
  <div class="drawing"></div>
  <div class="tip" hidden><div class="thumbnail"></div><div class="words"></div></div>
</div>
"""

_component = component(__file__, HTML)


def thumbnail_map(
    svg: str, places: np.ndarray, mosaic: str, words: Sequence[str], key: str
) -> None:
    """Draw a map.

    Args:
        svg: Of ``figures.planar_map.scatter``.
        places: The points on it, (N, 2).
        mosaic: Address of the picture of all thumbnails, of ``figures.images.grid.tiled``.
        words: What is said of each point.
        key: Of the component.
    """
    _component(
        key=key,
        data={
            "svg": svg,
            "width": planar_map.WIDTH,
            "points": places.tolist(),
            "mosaic": mosaic,
            "columns": columns(len(places)),
            "words": list(words),
        },
    )
