"""The feature maps of one layer on screen: a mosaic of all, and one large."""

import numpy as np
import streamlit as st

from cnnviz.analysis.graph import shape_text
from cnnviz.figures.bars import histogram
from cnnviz.figures.images.mosaic import WIDTH, drawing, enlarged, mosaic, over_photo, png, scale
from cnnviz.ui.feature_maps.controls import MapsChoice, choose_map, choose_maps
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_flag
from cnnviz.ui.parts.drawing import clickable, clicked
from cnnviz.ui.photo.overlay import choose_opacity, resized, sharp_region
from cnnviz.ui.photo.subject import LayerOfSubject, Subject
from cnnviz.vision.maps.statistics import MapStatistics, map_statistics, reaches, rectified

WINDOW = 760  # px of height at most


def show_maps(layer: LayerOfSubject) -> None:
    """Draw the controls, the mosaic and the chosen map of a layer large."""
    subject, raw = layer.subject, layer.activation()
    choice = choose_maps(len(raw))
    maps = rectified(raw) if choice.is_rectified else raw
    facts = map_statistics(raw)
    shown = facts.order(choice.order)[choice.positions]
    ends = reaches(maps, choice.scale, _other_layers(subject))
    left, right = st.columns([3, 2], gap="large")
    with right:
        channel = choose_map(shown.tolist())
    with left:
        st.markdown(f"**{layer.name}: {shape_text(raw.shape)}**")
        _show_mosaic(maps, facts, shown, ends, channel, f"{subject.spec.variant} {layer.name}")
        st.caption(summary(raw, facts))
    with right:
        _show_large(subject, maps, facts, channel, float(ends[channel]))
    if choose_flag(
        "Compare with random weights",
        address.UNTRAINED,
        "The same layer of the same network before any training, on the same photo.",
    ):
        _show_untrained(layer, choice)


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


def _other_layers(subject: Subject) -> list[np.ndarray]:
    *parts, _ = subject.passed.outputs.values()
    return [part.numpy() for part in parts]


def _show_mosaic(
    maps: np.ndarray,
    facts: MapStatistics,
    shown: np.ndarray,
    ends: np.ndarray,
    channel: int,
    name: str,
) -> None:
    svg = drawing(
        mosaic(maps[shown], ends[shown]),
        names=[str(each) for each in shown],
        titles=[map_title(facts, each) for each in shown],
        selected=str(channel),
        crossed_out=[bool(facts.maximum[each] <= 0) for each in shown],
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


def _show_large(
    subject: Subject, maps: np.ndarray, facts: MapStatistics, channel: int, end: float
) -> None:
    values = maps[channel]
    picture = over_photo(sharp_region(subject), resized(values), end, choose_opacity())
    text = map_title(facts, channel)
    st.image(picture, f"M{text[1:]}", width="stretch", alt=text)
    st.html(scale(values, end))
    left, right = st.columns(2)
    left.html(histogram(values, f"The {values.size:,} values of map {channel}"))
    right.html(histogram(maps, f"The {maps.size:,} values of all maps"))


def _show_untrained(layer: LayerOfSubject, choice: MapsChoice) -> None:
    untrained = layer.subject.untrained
    raw = layer.activation(untrained)
    maps = rectified(raw) if choice.is_rectified else raw
    facts = map_statistics(raw)
    shown = facts.order(choice.order)[choice.positions]
    ends = reaches(maps, choice.scale, _other_layers(untrained))
    st.markdown(f"**{layer.name} with random weights (untrained)**")
    picture = png(enlarged(mosaic(maps[shown], ends[shown]), WIDTH))
    left, _ = st.columns([3, 2], gap="large")
    with left:
        st.image(picture, summary(raw, facts), width="stretch", alt="Maps of an untrained network")
