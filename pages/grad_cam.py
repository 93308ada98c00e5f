"""Grad-CAM: what does the network answer, and where did it look?"""

import streamlit as st

from cnnviz.architectures import NetworkSpec, architecture_of, specify
from cnnviz.ui.cached import TimedMaps, TimedPass, cached_maps, cached_pass
from cnnviz.ui.cam_controls import choose_class, choose_layer, choose_opacity, stage_names
from cnnviz.ui.cam_view import (
    offer_download,
    overlay,
    show_answers,
    show_pictures,
    show_stages,
)
from cnnviz.ui.page import open_page
from cnnviz.ui.photo_controls import Photo, choose_photo
from cnnviz.ui.weights_controls import choose_trained
from cnnviz.vision.prediction import labels
from cnnviz.vision.weights import WeightsError, WeightsSource


def show_activation(photo: Photo, spec: NetworkSpec, weights: WeightsSource) -> None:
    """The whole answer for one photo, one network and its weights."""
    stages = stage_names(spec, weights)
    left, right = st.columns([2, 3], gap="large")
    with left:
        answers = st.container()
        class_index = choose_class(labels(spec))
        layer = choose_layer(spec, weights, stages)
        opacity = choose_opacity()
    passed = cached_pass(spec, weights, photo.key, photo.image)
    if class_index is None:
        class_index = int(passed.found.logits.argmax())
    layers = tuple(dict.fromkeys((*stages, layer)))
    seen = cached_maps(spec, weights, photo.key, class_index, layers, "grad-cam", photo.image)
    with answers:
        st.subheader("What the network answers")
        show_answers(passed.found.probabilities, labels(spec))
    with left:
        picture = overlay(spec, photo, seen.maps[layer], opacity)
        offer_download(picture, f"grad-cam-{spec.variant}-{class_index}.png")
        st.caption(explanation(passed, seen, class_index, layer))
    with right:
        st.subheader(f"Where it looked for “{labels(spec)[class_index]}”")
        show_pictures(spec, photo, seen.maps[layer], opacity)
    st.subheader("Stage by stage")
    st.caption("Early stages see edges and texture, the last stage sees objects.")
    show_stages(spec, photo, {s: seen.maps[s] for s in stages}, opacity)


def explanation(passed: TimedPass, seen: TimedMaps, class_index: int, layer: str) -> str:
    """Method, layer, class, probability and time in a sentence or two."""
    milliseconds = (passed.seconds + seen.seconds) * 1000
    said = (
        f"Grad-CAM (Selvaraju et al. 2017) at {layer}: which region speaks for class "
        f"{class_index}, which has {passed.found.probabilities[class_index]:.1%}. "
        f"{milliseconds:.0f} ms for one forward pass and the gradients of all stages."
    )
    if seen.maps[layer].max() == 0:
        said += " No region speaks for this class at this layer; try another class or layer."
    return said


open_page("Grad-CAM")
with st.sidebar:
    photo = choose_photo()
    trained = choose_trained()
st.title("Where does the network look?")
if trained is None:
    st.info("Download the weights in the sidebar, or choose other weights or another network.")
elif not architecture_of(trained[0]).has_feature_maps:
    st.info("This network has no feature maps to look at; choose a convolutional one.")
elif photo is None:
    st.info("Choose a sample photo, or give one of your own, in the sidebar.")
else:
    variant, weights = trained
    if weights.kind == "random":
        st.warning(
            "Random weights: this network is untrained, its answers mean nothing.",
            icon=":material/casino:",
        )
    try:
        show_activation(photo, specify(variant), weights)
    except WeightsError as error:
        st.error(str(error), icon=":material/error:")
