"""The widgets that say by which distance, and how many neighbours are shown."""

from __future__ import annotations

import streamlit as st

METRICS = ("euclidean", "cosine", "both")
COUNTS = (3, 6, 12, 24)


def choose_metrics() -> tuple[str, ...]:
    """The distances to compare by."""
    metric = st.segmented_control(
        "Distance",
        METRICS,
        default="euclidean",
        required=True,
        key="metric",
        bind="query-params",
        help="Euclidean is the length of the difference of two vectors, as in AlexNet's paper. "
        "Cosine is 1 minus the cosine of their angle: it ignores their lengths.",
    )
    return METRICS[:2] if metric == "both" else (str(metric),)


def choose_count() -> int:
    """How many neighbours to show."""
    count = st.select_slider(
        "Neighbours",
        COUNTS,
        6,
        key="neighbours",
        bind="query-params",
        help="AlexNet's Figure 4 shows 6.",
    )
    return count if count in COUNTS else 6
