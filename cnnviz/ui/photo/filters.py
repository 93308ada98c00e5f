"""Filters of a layer on screen, with the map that one of them makes."""

import numpy as np
import streamlit as st

from cnnviz.analysis.graph import NetworkGraph
from cnnviz.analysis.makers import Maker, maker, origin
from cnnviz.architectures.resnet import PaddedShortcut
from cnnviz.figures import colour_maps
from cnnviz.figures.images.image_tiles import enlarged, gallery
from cnnviz.figures.legend import signed_scale
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_flag
from cnnviz.ui.photo.subject import LayerOfSubject
from cnnviz.vision.maps.filters import filters_of, rgb_images, signed_images, strongest_slices

MAX_SLICES = 64
LARGE = 280  # px of the chosen filter and of its map


def show_filters(
    layer: LayerOfSubject, channel: int | None = None, activation: np.ndarray | None = None
) -> None:
    """Draw the filter that makes a map of a layer, or all of them where they read the image.

    Args:
        layer: The layer.
        channel: The chosen map; None if none is.
        activation: What the layer puts out for a photo, (K, h, w): the chosen map is drawn beside
            its filter.
    """
    graph, index = layer.graph, layer.index
    has_maps = len(graph.nodes[index].output_shape) == 3
    made = maker(graph, index, channel or 0) if has_maps else None
    if made is None:
        st.info(_not_one_filter(graph, index, channel or 0))
        return
    reads_image = origin(graph, graph.nodes[made.index].inputs[0], 0).index == 0
    if channel is None and not reads_image:
        st.info("Choose a map to see the filter that makes it.")
        return
    name = graph.nodes[made.index].name
    filters = filters_of(layer.subject.network, name)
    images, text = _drawn_image_filters(filters) if reads_image else (None, "")
    if channel is not None:
        st.markdown(_made_text(graph, made))
        _show_beside(None if images is None else images[made.channel], channel, activation)
    if images is None:
        _show_slices(graph, made, filters)
    else:
        _show_all(name, images, None if channel is None else made.channel)
        st.caption(f"All {len(filters)} filters of {name}. {text}")


def _show_all(name: str, images: np.ndarray, chosen: int | None) -> None:
    numbers = [str(number) for number in range(len(images))]
    st.html(gallery(images, numbers, 52, chosen, f"Filter of {name}"))


def _not_one_filter(graph: NetworkGraph, index: int, channel: int) -> str:
    """Why no single filter makes a map."""
    node = graph.nodes[index]
    if len(node.output_shape) != 3:
        return f"{node.name} has no feature maps, so no filter makes one."
    source = origin(graph, index, channel)
    at = graph.nodes[source.index]
    if source.index == 0:
        return "These are channels of the image itself: no filter has made them."
    if isinstance(at.module, PaddedShortcut):
        return f"No filter makes this map: {at.name} fills it with zeros."
    read = " and ".join(graph.nodes[i].name for i in dict.fromkeys(at.inputs))
    return f"No single filter makes this map: {at.name} ({at.kind}) makes it of maps of {read}."


def _drawn_image_filters(filters: np.ndarray) -> tuple[np.ndarray, str]:
    """Filters that read the image, drawn, and what their colours mean."""
    together = choose_flag(
        "One scale for all filters",
        address.ONE_SCALE,
        "Weak filters look weak. Otherwise each has its own scale, so that its pattern shows.",
    )
    whose = "of all filters" if together else "of each filter"
    if filters.shape[1] == 3:
        return rgb_images(filters, together), (
            "As pictures: the weights for red, green and blue, with 0 as mid-grey; the largest "
            f"|w| {whose} is black or full colour."
        )
    text = f"Blue: weights below 0, white: 0, red: above 0, up to the largest |w| {whose}."
    return colour_maps.signed(signed_images(filters, together)), text


def _show_slices(graph: NetworkGraph, made: Maker, filters: np.ndarray) -> None:
    """The strongest slices of one filter of a layer that reads maps."""
    slices = strongest_slices(filters[made.channel], MAX_SLICES)
    images = colour_maps.signed(slices.values)
    # A filter of a grouped convolution reads the maps of its group alone.
    groups = getattr(graph.nodes[made.index].module, "groups", 1)
    first = made.channel // (len(filters) // groups) * slices.count
    captions = [f"{first + c}" for c in slices.channels]
    st.html(gallery(images, captions, 52, alt=f"Filter {made.channel}, slice for map"))
    limit = f"{slices.largest:.3g}"
    st.html(signed_scale(f"\N{MINUS SIGN}{limit}", limit))
    st.caption(_slices_text(slices.count, len(images), float(slices.shares.sum()), first))


def _slices_text(count: int, shown: int, share: float, first: int) -> str:
    of = f" (maps {first} to {first + count - 1})" if first else ""
    if shown < count:
        which = f"The {shown} strongest of its {count:,} slices{of}: {share:.0%} of the sum of |w|"
    else:
        which = f"All {count} slices{of}, the strongest first"
    return (
        f"{which}. A slice is what the filter does with one map of its input, whose number stands "
        "below; their results and the bias are added up."
    )


def _made_text(graph: NetworkGraph, made: Maker) -> str:
    """Which filter makes the map, and what happens between the two."""
    node = graph.nodes[made.index]
    through = [graph.nodes[i] for i in made.through if graph.nodes[i].kind != "concatenation"]
    then = ", ".join(dict.fromkeys(step.kind for step in through))
    behind = f" Between the two: {then}." if then else ""
    return f"Filter {made.channel} of {node.name} makes this map.{behind}"


def _show_beside(filter: np.ndarray | None, channel: int, activation: np.ndarray | None) -> None:
    """A filter that is one image, and the map that it makes."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if filter is not None:
            side, across = filter.shape[:2]
            title = f"The filter, {side} x {across}"
            st.image(enlarged(filter, LARGE), title, width=LARGE, alt=title)
        if activation is not None:
            values = activation[channel]
            size = f"{values.shape[0]} x {values.shape[1]}"
            title = f"Map {channel}, {size}: {values.min():.3g} to {values.max():.3g}"
            title = title.replace("-", "\N{MINUS SIGN}")
            st.image(enlarged(_map_image(values), LARGE), title, width=LARGE, alt=title)


def _map_image(values: np.ndarray) -> np.ndarray:
    """A map in viridis from 0, or in signed colours where it goes below 0."""
    largest = float(np.abs(values).max()) or 1.0
    if values.min() < 0:
        return colour_maps.signed(values / largest)
    return colour_maps.coloured(values / largest)
