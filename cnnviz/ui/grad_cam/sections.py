"""The views of the Grad-CAM page of one network and one photo."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from cnnviz.analysis.timing import seconds_text
from cnnviz.figures.legend import colour_scale, signed_scale
from cnnviz.ui.grad_cam.controls import (
    choose_class,
    choose_layer,
    choose_method,
    class_options,
    stage_names,
)
from cnnviz.ui.grad_cam.maps import (
    enlarged_signed,
    offer_download,
    picture_of,
    show_answers,
    show_map,
    show_method,
    show_pictures,
)
from cnnviz.ui.grad_cam.trust import show_tests
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import bound, choose_flag
from cnnviz.ui.photo.overlay import choose_opacity, overlay
from cnnviz.ui.photo.subject import Subject
from cnnviz.vision.cam.methods import METHODS, suits
from cnnviz.vision.prediction import top

MAX_CLASSES = 4
SLOW = [name for name, method in METHODS.items() if method.is_slow]


def show_one_map(subject: Subject) -> None:
    """Draw the prediction, one map and its method, and on request the untrained network's map."""
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.subheader("Prediction")
        show_answers(subject)
        subject = _about_chosen_class(subject)
        method, layer = _method_and_layer(subject)
        opacity = choose_opacity()
        beside = choose_flag(
            "Compare with random weights",
            address.UNTRAINED,
            "The same map of the same network before any training.",
        )

    def show(values: np.ndarray, seconds: float) -> None:
        picture = overlay(subject, values, opacity)
        show_pictures(subject, values, picture)
        st.caption(explanation(subject, layer, method, values, seconds))
        offer_download(picture, f"{method}-{subject.spec.variant}-{subject.class_index}.png")

    with left:
        show_method(method)
    with right:
        st.subheader(f"Where it looked for “{subject.label}”")
        show_map(subject, layer, method, show)
        if beside:
            _show_untrained(subject, layer, method, opacity)


def explanation(
    subject: Subject, layer: str, method: str, values: np.ndarray, seconds: float
) -> str:
    """Caption of a map: method, layer, class, probability and time."""
    about = METHODS[method]
    place = f" at {layer}" if about.reads_layer else ""
    sentences = (
        f"{about.title}{place}: the region that supports class {subject.class_index}, "
        f"probability {subject.probability:.1%}. {seconds_text(subject.pass_seconds)} for the "
        f"forward pass, {seconds_text(seconds)} for the map."
    )
    if values.max() == 0:
        sentences += " No region supports this class at this layer; try another class or layer."
    return sentences


def show_methods(subject: Subject) -> None:
    """Draw the maps of all methods that suit the network, each with equation, paper and cost."""
    first, second, third = st.columns(3)
    with first:
        subject = _about_chosen_class(subject)
    with second:
        layer = choose_layer(subject)
    with third:
        opacity = choose_opacity()
    st.caption(f"All for “{subject.label}”, each on the scale from 0 to its own largest value.")
    st.html(colour_scale("0", "1"))
    suiting = [name for name in METHODS if suits(name, subject.network)]
    with st.grid(3, min_column_width=280):
        for method in suiting:
            with st.container(border=True):
                st.markdown(f"**{METHODS[method].title}**")
                show_map(subject, layer, method, _small(subject, method, opacity))
                show_method(method)
    _say_what_is_missing(suiting)


def show_classes(subject: Subject) -> None:
    """Draw maps of several classes, and the difference of the first two."""
    subjects = [subject.about(index) for index in _choose_classes(subject)]
    (method, layer), opacity = _row_of_controls(subject)
    maps = [each.maps((layer,), method).value[layer] for each in subjects]
    with st.grid(max(len(subjects) + 1, 3), min_column_width=220):
        for each, values in zip(subjects, maps, strict=True):
            picture, note = picture_of(each, method, values, opacity)
            caption = f"{note}{each.label}: {each.probability:.1%}"
            st.image(picture, caption, width="stretch", alt=f"Map for {caption}")
        if len(maps) > 1:
            with st.container():
                _show_difference(subjects[0].label, subjects[1].label, maps[0] - maps[1])


def show_stages(subject: Subject) -> None:
    """Draw the map at every stage, trained and untrained."""
    first, second, third = st.columns(3)
    with first:
        subject = _about_chosen_class(subject)
    with second:
        method = choose_method(subject.network, but=[*SLOW, *_blind_to_layers()])
    with third:
        opacity = choose_opacity()
    st.caption("Early stages see edges and texture, the last stage sees objects.")
    _show_strip(subject, method, opacity)
    if not subject.is_random:
        st.markdown("**The same with random weights (untrained)**")
        _show_strip(subject.untrained, method, opacity)


def show_trust(subject: Subject) -> None:
    """Draw the tests of a heatmap: deletion and insertion, ROAD, the sanity check."""
    left, right = st.columns(2)
    with left:
        subject = _about_chosen_class(subject)
        opacity = choose_opacity()
    with right:
        method, layer = _method_and_layer(subject, but=SLOW)
    values = subject.maps((layer,), method).value[layer]
    show_tests(subject, layer, method, values, opacity)


def _about_chosen_class(subject: Subject) -> Subject:
    return subject.about(choose_class(subject.labels))


def _method_and_layer(subject: Subject, but: list[str] | tuple[()] = ()) -> tuple[str, str]:
    method = choose_method(subject.network, but)
    return method, choose_layer(subject, disabled=not METHODS[method].reads_layer)


def _row_of_controls(subject: Subject) -> tuple[tuple[str, str], float]:
    """Method, layer and opacity."""
    first, second = st.columns([2, 1])
    with first, st.container(horizontal=True):
        chosen = _method_and_layer(subject, but=SLOW)
    with second:
        return chosen, choose_opacity()


def _blind_to_layers() -> list[str]:
    return [name for name, method in METHODS.items() if not method.reads_layer]


def _show_untrained(subject: Subject, layer: str, method: str, opacity: float) -> None:
    untrained = subject.untrained
    st.markdown(f"**The same map with random weights** (untrained), for “{subject.label}”")
    show_map(untrained, layer, method, _small(untrained, method, opacity))


def _small(subject: Subject, method: str, opacity: float) -> Callable[[np.ndarray, float], None]:
    """Draws one picture of a map with the time that it took."""

    def show(values: np.ndarray, seconds: float) -> None:
        picture, note = picture_of(subject, method, values, opacity)
        caption = f"{note}{seconds_text(seconds)} beyond the forward pass"
        alt = f"{METHODS[method].title} for {subject.label}"
        st.image(picture, caption, width="stretch", alt=alt)

    return show


def _say_what_is_missing(suiting: list[str]) -> None:
    missing = [method.title for name, method in METHODS.items() if name not in suiting]
    if missing:
        st.caption(f"Not for this network: {' and '.join(missing)}.")


def _choose_classes(subject: Subject) -> list[int]:
    options = class_options(subject.labels)
    chosen = st.multiselect(
        "Classes",
        options,
        max_selections=MAX_CLASSES,
        **bound(address.CLASSES),
        placeholder="The two most probable; type to search",
        help="The first two are compared; dog against cat, for instance.",
    )
    best = top(subject.probabilities, subject.labels, 2)
    indices = [options.index(each) for each in chosen if each in options]
    return indices or [answer.class_index for answer in best]


def _show_difference(first: str, second: str, difference: np.ndarray) -> None:
    """The first class's map minus the second's, each on its own scale."""
    caption = f"{first} minus {second}"
    st.image(enlarged_signed(difference), caption, width="stretch", alt=caption)
    st.html(signed_scale(second, first, "alike"))


def _show_strip(subject: Subject, method: str, opacity: float) -> None:
    stages = tuple(stage_names(subject.network))
    maps = subject.maps(stages, method).value
    with st.grid(len(maps), min_column_width=140):
        for number, (_, values) in enumerate(maps.items(), start=1):
            picture = overlay(subject, values, opacity)
            caption = f"Stage {number}"
            st.image(picture, caption, width="stretch", alt=f"Overlay of {caption}")
