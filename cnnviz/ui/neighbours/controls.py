"""The widgets that say by which distance, and how many neighbours are shown."""

from __future__ import annotations

from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_segment, choose_step

METRICS = ("euclidean", "cosine", "both")
COUNTS = (3, 6, 12, 24)


def choose_metrics() -> tuple[str, ...]:
    """The distances to compare by."""
    metric = choose_segment(
        "Distance",
        METRICS,
        address.METRIC,
        help="Euclidean is the length of the difference of two vectors, as in AlexNet's paper. "
        "Cosine is 1 minus the cosine of their angle: it ignores their lengths.",
    )
    return METRICS[:2] if metric == "both" else (metric,)


def choose_count() -> int:
    """How many neighbours to show."""
    return choose_step(
        "Neighbours", COUNTS, address.NEIGHBOURS, 6, help="AlexNet's Figure 4 shows 6."
    )
