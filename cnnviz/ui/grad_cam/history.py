"""One photo through history: several networks, oldest first, each with its own preprocessing."""

from collections.abc import Collection, Mapping

import streamlit as st

from cnnviz.architectures import architecture_of, variant, variants
from cnnviz.figures.legend import colour_scale
from cnnviz.ui.grad_cam.maps import empty_text, show_answers
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_option_or_none, choose_several
from cnnviz.ui.parts.layout import in_columns
from cnnviz.ui.parts.page import plain
from cnnviz.ui.photo.overlay import choose_opacity, overlay
from cnnviz.ui.photo.subject import Subject
from cnnviz.ui.photo.trained import weights_here
from cnnviz.ui.photo.weighted import WeightedNetwork
from cnnviz.ui.photo.weights import visible_runs
from cnnviz.vision.cam.target_layer import default_layer
from cnnviz.vision.prediction import labels
from cnnviz.weights.state_dict import WeightsError

MAX_NETWORKS = 8
AT_FIRST = 6


def show_history(subject: Subject) -> None:
    """Draw a menu of networks, and their predictions, maps and times side by side."""
    runs = visible_runs()
    here = {name: weights_here(name, runs) for name in _by_year()}
    names = _choose_networks(subject, here)
    wanted, opacity = in_columns(lambda: _choose_label(subject), choose_opacity)
    st.html(colour_scale("0: no support for the class", "the map's maximum: most support"))
    st.caption(
        "Grad-CAM at each network's last stage that has at least 4 x 4 places, each divided by its "
        "own maximum; each network sees the photo in its own resolution. The network of the "
        "sidebar has the weights chosen there, every other one the best that are on this machine."
    )
    with st.grid(4, min_column_width=220):
        for each in subjects(subject, names, here):
            with st.container(border=True):
                _show_network(each, wanted, opacity)


def subjects(
    subject: Subject, names: Collection[str], here: Mapping[str, WeightedNetwork]
) -> list[Subject]:
    """The photo in the eyes of each network, oldest first; the subject itself stands for its own.

    Args:
        subject: Of the sidebar. If its weights were trained here it is shown in any case, first.
        names: Of variants.
        here: The weights of each variant, oldest first.
    """
    own, me = subject.spec.variant, subject.about(None)
    shown = [
        me if name == own else Subject(each.spec, each.weights, subject.photo)
        for name, each in here.items()
        if name in names
    ]
    return [me, *shown] if subject.spec.trained_on and own not in names else shown


def _by_year() -> list[str]:
    """The variants that have feature maps, oldest first."""
    by_year = sorted(variants(), key=lambda name: architecture_of(name).year_of(name))
    return [name for name in by_year if architecture_of(name).has_feature_maps]


def _choose_networks(subject: Subject, here: Mapping[str, WeightedNetwork]) -> list[str]:
    trained = [name for name, each in here.items() if not each.is_random]
    if len(trained) < 2:
        st.info(
            "Trained weights of fewer than two networks are on this machine; fetch some with "
            "python -m cnnviz fetch alexnet_torchvision resnet18 densenet121. The others have "
            "random weights and are labelled so."
        )
    # The same photo is compared best by networks that know the same classes.
    alike = sorted(trained, key=lambda name: labels(here[name].spec) != subject.labels)
    first = alike[:AT_FIRST] or [subject.spec.variant]
    chosen = choose_several(
        "Networks",
        list(here),
        address.NETWORKS,
        [name for name in here if name in first],
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
        layer = default_layer(subject.passed)
        timed = subject.maps((layer,), "grad-cam")
    except WeightsError as error:
        st.error(str(error), icon=":material/error:")
        return
    heatmap = timed.value[layer]
    picture = overlay(subject, heatmap.values, opacity)
    milliseconds, side = (subject.pass_seconds + timed.seconds) * 1000, subject.side
    st.image(
        picture,
        f"“{subject.label}”, {subject.probability:.1%}; {layer} at {side} x {side} px; "
        f"{milliseconds:.0f} ms{empty_text(heatmap)}",
        width="stretch",
        alt=f"Grad-CAM of {title} for {subject.label}",
    )
    show_answers(subject)
