"""Feature maps: what does each layer see of a photo?"""

import streamlit as st

from cnnviz.analysis.graph import NetworkGraph
from cnnviz.architectures import architecture_of, specify
from cnnviz.ui.cached import cached_graph
from cnnviz.ui.cam_view import warn_if_random
from cnnviz.ui.card_view import choose_layer, chosen_layer
from cnnviz.ui.maps_controls import spatial_layers
from cnnviz.ui.maps_view import show_maps
from cnnviz.ui.network_controls import NetworkChoice
from cnnviz.ui.page import open_page
from cnnviz.ui.photo_controls import choose_photo
from cnnviz.ui.picture_view import show_picture
from cnnviz.ui.strip_view import show_strip
from cnnviz.ui.subject import Subject
from cnnviz.ui.weights_controls import choose_trained
from cnnviz.vision.prediction import preprocessing
from cnnviz.vision.weights import WeightsError

VIEWS = ("maps", "shallow to deep")


def choose_in_picture(subject: Subject, graph: NetworkGraph) -> str:
    """The layer that is looked at, chosen in the network's picture or from the menu."""
    layers = spatial_layers(graph)
    choice = NetworkChoice(
        architecture_of(subject.spec.variant), subject.spec, graph.input_shape[-1]
    )
    layer = chosen_layer(layers) or layers[0]
    with st.expander("Choose the layer in the network's picture", icon=":material/lan:"):
        show_picture(choice, layer, ())
    chosen = choose_layer(
        layers,
        placeholder=f"{layers[0]}, the first; choose one in the picture or type its name",
        help="Whose maps are shown: any layer or operation with feature maps.",
    )
    return chosen or layers[0]


def show(subject: Subject) -> None:
    """The chosen view of a photo in a network."""
    view = st.segmented_control(
        "View", VIEWS, default=VIEWS[0], required=True, key="view", bind="query-params"
    )
    if view == "shallow to deep":
        show_strip(subject)
        return
    graph = cached_graph(subject.spec, preprocessing(subject.spec).crop)
    show_maps(subject, graph, choose_in_picture(subject, graph))


open_page("Feature maps")
with st.sidebar:
    photo = choose_photo()
    trained = choose_trained()
st.title("What does each layer see?")
if trained is None:
    st.info("Download the weights in the sidebar, or choose other weights or another network.")
elif not architecture_of(trained[0]).has_feature_maps:
    st.info("This network has no feature maps to look at; choose a convolutional one.")
elif photo is None:
    st.info("Choose a sample photo, or give one of your own, in the sidebar.")
else:
    subject = Subject(specify(trained[0]), trained[1], photo)
    warn_if_random(subject)
    try:
        show(subject)
    except WeightsError as error:
        st.error(str(error), icon=":material/error:")
