"""The views of the Feature maps page of one layer, and of one channel in it."""

import streamlit as st

from cnnviz.architectures.written import SizedNetwork
from cnnviz.ui.feature_maps.controls import choose_map, spatial_layers
from cnnviz.ui.feature_maps.exciting import Search, show_exciting, show_on_photo
from cnnviz.ui.feature_maps.mosaic import show_maps
from cnnviz.ui.feature_maps.visualisation import show_visualisation
from cnnviz.ui.network.picture import choose_layer, chosen_layer, show_picture
from cnnviz.ui.photo.collection import choose_collection, choose_positions
from cnnviz.ui.photo.filters import show_filters
from cnnviz.ui.photo.subject import LayerOfSubject, Subject
from cnnviz.vision.maps.statistics import map_statistics


def show_layer_maps(subject: Subject) -> None:
    """Draw all maps of a layer, and one of them large."""
    show_maps(_choose(subject))


def show_layer_filters(subject: Subject) -> None:
    """Draw the filters of a layer, and the map that one of them makes."""
    layer = _choose(subject)
    show_filters(layer, _choose_channel(layer), layer.activation())


def show_layer_exciting(subject: Subject) -> None:
    """Draw the top activations of one channel, on the photo and in a collection of images."""
    layer = _choose(subject)
    channel = _choose_channel(layer)
    show_on_photo(layer, channel)
    collection = choose_collection("Top activations among")
    if collection is not None:
        show_exciting(Search(layer, collection, choose_positions(collection)), channel)


def show_layer_visualisation(subject: Subject) -> None:
    """Draw an image that activates one channel most, made by gradient ascent."""
    layer = _choose(subject)
    channel = _choose_channel(layer)
    show_visualisation(subject, layer.place, channel)


def _choose(subject: Subject) -> LayerOfSubject:
    graph = subject.graph
    layers = spatial_layers(graph)
    shown = chosen_layer(layers) or layers[0]
    with st.expander("Choose the layer in the network's drawing", icon=":material/lan:"):
        show_picture(SizedNetwork(subject.spec, graph.input_shape[-1]), shown, ())
    chosen = choose_layer(
        layers,
        placeholder=f"{layers[0]}, the first; choose one in the drawing or type its name",
        help="Any layer or operation with feature maps.",
    )
    return LayerOfSubject(subject, chosen or layers[0])


def _choose_channel(layer: LayerOfSubject) -> int:
    """Menu of the layer's channels, the strongest first."""
    return choose_map(map_statistics(layer.activation()).order("strongest first").tolist())
