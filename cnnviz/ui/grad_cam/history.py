"""One photo through history: several networks, oldest first, each with its own preprocessing."""

import streamlit as st

from cnnviz.architectures import architecture_of, specify, variant, variants
from cnnviz.figures.legend import colour_scale
from cnnviz.ui.grad_cam.maps import show_answers
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_option_or_none, choose_several
from cnnviz.ui.parts.layout import in_columns
from cnnviz.ui.parts.page import plain
from cnnviz.ui.photo.overlay import choose_opacity, overlay
from cnnviz.ui.photo.subject import Subject
from cnnviz.ui.photo.weights import variants_with_files
from cnnviz.vision.cam.class_activation import default_layer
from cnnviz.weights.sources import sources
from cnnviz.weights.state_dict import WeightsError

MAX_NETWORKS = 8
AT_FIRST = 6


def show_history(subject: Subject) -> None:
    """Draw a menu of networks, and their predictions, maps and times side by side."""
    names = _choose_networks(subject.spec.variant)
    wanted, opacity = in_columns(lambda: _choose_label(subject), choose_opacity)
    st.html(colour_scale("0: no support for the class", "1: most support"))
    st.caption(
        "Grad-CAM at each network's last stage, all on this one scale from 0 to the map's own "
        "largest value; each network sees the photo in its own resolution."
    )
    looking = [subject.about(None)] if subject.spec.trained_on else []
    for name in names:
        weights = next(source for source in sources(name) if source.kind != "download")
        looking.append(Subject(specify(name), weights, subject.photo))
    with st.grid(4, min_column_width=220):
        for each in looking:
            with st.container(border=True):
                _show_network(each, wanted, opacity)


def _choose_networks(current: str) -> list[str]:
    by_year = sorted(variants(), key=lambda name: architecture_of(name).year_of(name))
    options = [name for name in by_year if architecture_of(name).has_feature_maps]
    available = [name for name in options if name in variants_with_files()]
    if len(available) < 2:
        st.info(
            "Trained weights of fewer than two networks are on this machine; fetch some with "
            "python -m cnnviz fetch alexnet_torchvision resnet18 densenet121. The others have "
            "random weights and are labelled so."
        )
    first = (available or [current])[:AT_FIRST]
    chosen = choose_several(
        "Networks",
        options,
        address.NETWORKS,
        first,
        max_selections=MAX_NETWORKS,
        help="Shown oldest first.",
    )
    return chosen or first


def _choose_label(subject: Subject) -> str | None:
    """A class by its name, for all networks that know it; None: each network's own answer."""
    return choose_option_or_none(
        "Class",
        sorted(set(subject.labels)),
        address.LABEL,
        placeholder="Each network's most probable; type to search",
        help="Networks without this class explain their own prediction.",
    )


def _show_network(subject: Subject, wanted: str | None, opacity: float) -> None:
    name, known = subject.spec.variant, subject.labels
    title = variant(name).title
    st.markdown(f"**{title}** ({architecture_of(name).year_of(name)})")
    if subject.is_random:
        st.badge("random weights (untrained)", icon=":material/casino:", color="orange")
    else:
        st.badge(plain(subject.weights.title), color="gray")
    try:
        subject = subject.about(known.index(wanted) if wanted in known else None)
        layer = default_layer(subject.network)
        timed = subject.maps((layer,), "grad-cam")
    except WeightsError as error:
        st.error(str(error), icon=":material/error:")
        return
    picture = overlay(subject, timed.value[layer], opacity)
    milliseconds, side = (subject.pass_seconds + timed.seconds) * 1000, subject.side
    st.image(
        picture,
        f"“{subject.label}”, {subject.probability:.1%}; {side} x {side} px; {milliseconds:.0f} ms",
        width="stretch",
        alt=f"Grad-CAM of {title} for {subject.label}",
    )
    show_answers(subject)
