"""From shallow to deep: the strongest maps of the stem and of each stage for one photo."""

import numpy as np
import streamlit as st

from cnnviz.analysis.node import shape_text
from cnnviz.figures.images.mosaic import enlarged, mosaic, png
from cnnviz.ui.photo.subject import Subject
from cnnviz.vision.maps.statistics import map_statistics, reaches, rectified

SHOWN = 9  # maps of a part
COLUMN = 480  # px


def show_strip(subject: Subject) -> None:
    """Draw a column for each part of the network, trained and untrained."""
    st.caption(
        f"The {SHOWN} strongest maps of the stem and of each stage, after ReLU, each on its own "
        "scale. Shallow layers detect edges and colours at high resolution, deep layers complex "
        "patterns at low resolution."
    )
    _show_parts(subject)
    if not subject.is_random:
        st.markdown("**The same with random weights (untrained)**")
        _show_parts(subject.untrained)


def _show_parts(subject: Subject) -> None:
    parts = {
        name: output[0].numpy()
        for name, output in subject.passed.outputs.items()
        # Some networks have no stem; the image itself is no feature map.
        if output.dim() == 4 and output is not subject.passed.image
    }
    with st.grid(len(parts), min_column_width=150):
        for name, maps in parts.items():
            stage = name.rpartition(".")[2]
            _show_part(f"Stage {int(stage) + 1}" if "." in name else name.capitalize(), maps)


def _show_part(title: str, raw: np.ndarray) -> None:
    facts, maps = map_statistics(raw), rectified(raw)
    strongest = facts.order("strongest first")[:SHOWN]
    shown = mosaic(maps[strongest], reaches(maps, "each map", ())[strongest])
    text = (
        f"{title}: {shape_text(raw.shape)}, {facts.zeros.mean():.0%} not above 0, "
        f"{len(facts.dead)} maps dead"
    )
    st.image(png(enlarged(shown, COLUMN)), text, width="stretch", alt=text)
