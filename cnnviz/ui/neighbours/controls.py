"""Widgets for the distance and for the number of neighbours."""

from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_labelled, choose_step

METRICS = ("euclidean", "cosine", "both")
COUNTS = (3, 6, 12, 24)


def choose_metrics() -> tuple[str, ...]:
    """Buttons of the distance; returns one or both."""
    metric = choose_labelled(
        "Distance",
        METRICS,
        address.METRIC,
        help="Euclidean is the length of the difference of two vectors, as in AlexNet's paper. "
        "Cosine is 1 minus the cosine of their angle: it ignores their lengths.",
    )
    return METRICS[:2] if metric == "both" else (metric,)


def choose_count() -> int:
    """Slider of the number of neighbours."""
    return choose_step(
        "Neighbours", COUNTS, address.NEIGHBOURS, 6, help="AlexNet's Figure 4 shows 6."
    )
