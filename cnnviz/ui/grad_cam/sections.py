"""The views of the Grad-CAM page of one network and one photo."""

from collections.abc import Collection
from dataclasses import replace

import streamlit as st

from cnnviz.figures import colour_maps
from cnnviz.figures.legend import colour_scale, signed_scale
from cnnviz.ui.grad_cam.controls import (
    choose_class,
    choose_layer,
    choose_method,
    class_options,
    stage_names,
    suiting_methods,
)
from cnnviz.ui.grad_cam.maps import SCALE, Explanation, empty_text, show_answers
from cnnviz.ui.grad_cam.trust import show_tests
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import bound, choose_flag
from cnnviz.ui.parts.layout import in_columns
from cnnviz.ui.photo.overlay import choose_opacity, overlay, resized
from cnnviz.ui.photo.subject import Subject
from cnnviz.vision.cam.methods import METHODS
from cnnviz.vision.cam.target_layer import size_text
from cnnviz.vision.prediction import top

MAX_CLASSES = 4
SLOW = [name for name, method in METHODS.items() if method.is_slow]
BLIND_TO_LAYERS = [name for name, method in METHODS.items() if not method.reads_layer]


def show_one_map(subject: Subject) -> None:
    """Draw the prediction, one map and its method, and on request the untrained network's map."""
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.subheader("Prediction")
        show_answers(subject)
        subject = choose_class(subject)
        explained = Explanation(subject, *_layer_and_method(subject), choose_opacity())
        is_compared = choose_flag(
            "Compare with random weights",
            address.UNTRAINED,
            "The same map of the same network before any training.",
        )
        explained.show_method()
    with right:
        st.subheader(f"Where it looked for “{subject.label}”")
        explained.show_large()
        if is_compared:
            st.markdown(f"**The same map with random weights** (untrained), for “{subject.label}”")
            replace(explained, subject=subject.untrained).show_small()


def show_methods(subject: Subject) -> None:
    """Draw the maps of all methods that suit the network, each with equation, paper and cost."""
    subject, layer, opacity = in_columns(
        lambda: choose_class(subject), lambda: choose_layer(subject), choose_opacity
    )
    st.caption(f"All for “{subject.label}”, each on the scale from 0 to its own maximum. {SCALE}")
    st.html(colour_scale("0", "the map's maximum"))
    suiting = suiting_methods(subject)
    with st.grid(3, min_column_width=280):
        for name in suiting:
            explained = Explanation(subject, layer, name, opacity)
            with st.container(border=True):
                st.markdown(f"**{explained.method.title}**")
                explained.show_small()
                explained.show_method()
    missing = [method.title for name, method in METHODS.items() if name not in suiting]
    if missing:
        st.caption(f"Not for this network: {' and '.join(missing)}.")


def show_classes(subject: Subject) -> None:
    """Draw maps of several classes, and the difference of the first two."""
    classes = _choose_classes(subject)
    first, second = st.columns([2, 1])
    with first, st.container(horizontal=True):
        layer, name = _layer_and_method(subject, but=SLOW)
    with second:
        opacity = choose_opacity()
    explained = [Explanation(subject.about(i), layer, name, opacity) for i in classes]
    with st.grid(max(len(explained) + 1, 3), min_column_width=220):
        for each in explained:
            heatmap = each.heatmap
            picture, note = each.picture(heatmap.values)
            caption = f"{note}{each.subject.label}: {each.subject.probability:.1%}"
            caption += empty_text(heatmap)
            st.image(picture, caption, width="stretch", alt=f"Map for {caption}")
        if len(explained) > 1:
            with st.container():
                _show_difference(*explained[:2])


def show_stages(subject: Subject) -> None:
    """Draw the map at every stage, trained and untrained."""
    subject, name, opacity = in_columns(
        lambda: choose_class(subject),
        lambda: choose_method(subject, but=[*SLOW, *BLIND_TO_LAYERS]),
        choose_opacity,
    )
    st.caption("Early stages see edges and texture, the last stage sees objects.")
    _show_strip(subject, name, opacity)
    if not subject.is_random:
        st.markdown("**The same with random weights (untrained)**")
        _show_strip(subject.untrained, name, opacity)


def show_trust(subject: Subject) -> None:
    """Draw the tests of a heatmap: deletion and insertion, ROAD, the sanity check."""
    left, right = st.columns(2)
    with left:
        subject, opacity = choose_class(subject), choose_opacity()
    with right:
        explained = Explanation(subject, *_layer_and_method(subject, but=SLOW), opacity)
    show_tests(explained, explained.heatmap)


def _layer_and_method(subject: Subject, but: Collection[str] = ()) -> tuple[str, str]:
    name = choose_method(subject, but)
    return choose_layer(subject, disabled=not METHODS[name].reads_layer), name


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


def _show_difference(first: Explanation, second: Explanation) -> None:
    """The first class's map minus the second's, each on its own scale, in [-1, 1]."""
    one, two = first.subject.label, second.subject.label
    caption = f"{one} minus {two}"
    difference = colour_maps.signed(resized(first.heatmap.values - second.heatmap.values))
    st.image(difference, caption, width="stretch", alt=caption)
    st.html(signed_scale(two, one, "alike"))


def _show_strip(subject: Subject, method: str, opacity: float) -> None:
    maps = subject.maps(stage_names(subject.network), method).value
    with st.grid(len(maps), min_column_width=140):
        for number, heatmap in enumerate(maps.values(), start=1):
            picture = overlay(subject, heatmap.values, opacity)
            caption = f"Stage {number} ({size_text(heatmap.places)})"
            caption += "" if heatmap.has_region else f": no region, since {heatmap.why_empty}"
            st.image(picture, caption, width="stretch", alt=f"Overlay of {caption}")
