"""The feature maps of one layer on screen: a mosaic of all, and one large."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import streamlit as st

from cnnviz.analysis.node import shape_text
from cnnviz.figures.bars import histogram
from cnnviz.figures.images.mosaic import (
    WIDTH,
    Mosaic,
    drawing,
    enlarged,
    mosaic,
    over_photo,
    png,
    scale,
)
from cnnviz.ui.feature_maps.controls import MapsChoice, choose_map, choose_maps
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_flag
from cnnviz.ui.parts.drawing import clickable, clicked
from cnnviz.ui.photo.overlay import choose_opacity, resized, sharp_region
from cnnviz.ui.photo.subject import LayerOfSubject, Subject
from cnnviz.vision.maps.statistics import MapStatistics, map_statistics, reaches, rectified

WINDOW = 760  # px of height at most


@dataclass(frozen=True, eq=False)
class LayerMaps:
    """The maps of a layer of one network, and how a visitor wants to see them.

    Attributes:
        subject: The network and the photo.
        raw: What the layer puts out, (K, H, W).
        choice: Order, number, scale and values.
    """

    subject: Subject
    raw: np.ndarray
    choice: MapsChoice

    @cached_property
    def maps(self) -> np.ndarray:
        """The values that are shown."""
        return rectified(self.raw) if self.choice.is_rectified else self.raw

    @cached_property
    def facts(self) -> MapStatistics:
        """Statistics of the raw maps."""
        return map_statistics(self.raw)

    @cached_property
    def shown(self) -> np.ndarray:
        """Numbers of the maps that are shown, in their order."""
        return self.facts.order(self.choice.order)[self.choice.positions]

    @cached_property
    def ends(self) -> np.ndarray:
        """The value of the last colour of each map."""
        *parts, _ = self.subject.passed.outputs.values()
        return reaches(self.maps, self.choice.scale, [part.numpy() for part in parts])

    @property
    def mosaic(self) -> Mosaic:
        """The shown maps side by side."""
        return mosaic(self.maps[self.shown], self.ends[self.shown])


def show_maps(layer: LayerOfSubject) -> None:
    """Draw the controls, the mosaic and the chosen map of a layer large."""
    raw = layer.activation()
    maps = LayerMaps(layer.subject, raw, choose_maps(len(raw)))
    left, right = st.columns([3, 2], gap="large")
    with right:
        channel = choose_map(maps.shown.tolist())
    with left:
        st.markdown(f"**{layer.name}: {shape_text(raw.shape)}**")
        _show_mosaic(maps, channel, f"{layer.subject.spec.variant} {layer.name}")
        st.caption(summary(raw, maps.facts))
    with right:
        _show_large(maps, channel)
    if choose_flag(
        "Compare with random weights",
        address.UNTRAINED,
        "The same layer of the same network before any training, on the same photo.",
    ):
        subject = layer.subject.untrained
        untrained = LayerMaps(subject, layer.activation(subject), maps.choice)
        st.markdown(f"**{layer.name} with random weights (untrained)**")
        picture = png(enlarged(untrained.mosaic, WIDTH))
        text = summary(untrained.raw, untrained.facts)
        left, _ = st.columns([3, 2], gap="large")
        left.image(picture, text, width="stretch", alt="Maps of an untrained network")


def summary(raw: np.ndarray, facts: MapStatistics) -> str:
    """Caption of a layer: its values and its dead maps."""
    text = (
        f"{len(raw)} maps. Raw values: mean {raw.mean():.3g}, largest {raw.max():.3g}, smallest "
        f"{raw.min():.3g}; {facts.zeros.mean():.0%} of them are not above 0. "
    )
    dead = facts.dead
    if not len(dead):
        return text + "No map is dead on this photo."
    named = ", ".join(map(str, dead[:20])) + (", ..." if len(dead) > 20 else "")
    return text + f"Dead on this photo (crossed out, nowhere above 0): {len(dead)}, map {named}."


def map_title(facts: MapStatistics, channel: int) -> str:
    """Caption of one map: mean, largest value and share of zeros."""
    dead = "; dead on this photo" if facts.maximum[channel] <= 0 else ""
    return (
        f"map {channel}: mean {facts.mean[channel]:.3g}, largest {facts.maximum[channel]:.3g}, "
        f"{facts.zeros[channel]:.0%} not above 0{dead}"
    )


def _show_mosaic(layer: LayerMaps, channel: int, name: str) -> None:
    svg = drawing(
        layer.mosaic,
        names=[str(each) for each in layer.shown],
        titles=[map_title(layer.facts, each) for each in layer.shown],
        selected=str(channel),
        crossed_out=[bool(layer.facts.maximum[each] <= 0) for each in layer.shown],
    )
    height = float(svg.partition(' height="')[2].partition('"')[0])
    clickable(
        svg,
        name=name,
        selected=str(channel),
        height=round(min(height + 8, WINDOW)),
        key="mosaic",
        on_click=_follow_click,
        legible=0.3,
    )


def _follow_click() -> None:
    st.session_state[address.MAP] = int(clicked("mosaic")["select"])


def _show_large(layer: LayerMaps, channel: int) -> None:
    maps, values, end = layer.maps, layer.maps[channel], float(layer.ends[channel])
    photo = sharp_region(layer.subject)
    picture = over_photo(photo, resized(values), end, choose_opacity())
    text = map_title(layer.facts, channel)
    st.image(picture, f"M{text[1:]}", width="stretch", alt=text)
    st.html(scale(values, end))
    left, right = st.columns(2)
    left.html(histogram(values, f"The {values.size:,} values of map {channel}"))
    right.html(histogram(maps, f"The {maps.size:,} values of all maps"))
