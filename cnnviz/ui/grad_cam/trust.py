"""Tests of a heatmap on demand: deletion and insertion, ROAD, and the sanity check."""

import numpy as np
import streamlit as st

from cnnviz.figures.line_chart import Line, line_chart
from cnnviz.figures.theme import CATEGORIES
from cnnviz.ui.grad_cam.maps import Explanation
from cnnviz.ui.parts.drawing import show_drawing
from cnnviz.ui.photo.subject import Subject
from cnnviz.ui.work.view import Offer
from cnnviz.vision.cam.deletion import DeletionInsertion, deletion_insertion
from cnnviz.vision.cam.heatmap import Heatmap
from cnnviz.vision.cam.road import Road, road
from cnnviz.vision.cam.sanity import RandomisedMap, randomised_maps

MAP, RANDOM = CATEGORIES[0], CATEGORIES[1]
# A map whose mean correlation with those of randomised networks is not below this fails the check:
# a rule of ours, as Adebayo et al. 2018 draw no line.
LIMIT = 0.5


# Title and idea of each test, by the name of its offer.
TESTS = {
    "curves": (
        "Deletion and insertion",
        "Deletion removes the pixels in the map's order, the most important first; insertion adds "
        "them to a blurred photo in the same order. **With a good map the deletion curve falls "
        "at once and the insertion curve rises at once.**",
    ),
    "road": (
        "ROAD: remove and debias",
        "Removed pixels are filled from their neighbours, so that the network cannot see the shape "
        "of the removed region. **With a good map the probability falls when the most important "
        "pixels are removed and stays when the least important ones are.**",
    ),
    "sanity": (
        "The sanity check: randomised weights",
        "The same map while the weights are randomised, from the head down. **A map that stays "
        "the same shows the photo, not what the network has learned.**",
    ),
}


def show_tests(explained: Explanation, heatmap: Heatmap) -> None:
    """Draw three tests of a map, each started by its button."""
    if explained.subject.is_random:
        st.warning(
            "These weights are random: the network has learned nothing its maps could show.",
            icon=":material/casino:",
        )
    if not heatmap.has_region:
        st.info(
            f"This map is empty: {heatmap.why_empty}, so the order of its pixels is random. Choose "
            "another class, layer or method."
        )
    for offer in _offers(explained, heatmap.values):
        title, idea = TESTS[offer.name]
        st.subheader(title)
        st.markdown(idea)
        offer.draw()


def _offers(explained: Explanation, map: np.ndarray) -> list[Offer]:
    subject, layer, method = explained.subject, explained.layer, explained.name
    network, passed, class_index = subject.network, subject.passed, subject.class_index
    key = (subject.key, layer, method)
    repeated = f" {explained.method.title} repeats its many passes for each step."
    return [
        Offer(
            "curves",
            ("deletion and insertion", key),
            lambda work: deletion_insertion(
                network, passed.image, class_index, map, progress=work.tell
            ),
            "Draw the curves",
            lambda curves: _show_curves(curves, subject.label, subject.preprocessing.zero_text),
            help="Runs the network about 330 times.",
        ),
        Offer(
            "road",
            ("road", key),
            lambda work: road(network, passed.image, class_index, map, progress=work.tell),
            "Compute ROAD",
            lambda curves: _show_road(curves, subject.label),
            help="Solves 18 systems of equations, one for each share and order.",
        ),
        Offer(
            "sanity",
            ("sanity", key),
            lambda work: randomised_maps(
                network, passed, class_index, layer, method, progress=work.tell
            ),
            "Randomise the weights",
            lambda steps: _show_sanity(explained, steps),
            help=f"On a copy of the network.{repeated if explained.method.is_slow else ''}",
        ),
    ]


def _show_curves(curves: DeletionInsertion, label: str, zero: str) -> None:
    left, right = st.columns(2)
    for place, name, by_map, at_random in (
        (left, "deleted", curves.by_map.deletion, curves.at_random.deletion),
        (right, "inserted", curves.by_map.insertion, curves.at_random.insertion),
    ):
        lines = [
            Line("random order", at_random, RANDOM, dashed=True),
            Line("the map's order", by_map, MAP),
        ]
        title = f"Probability of {label} while pixels are {name}"
        chart = line_chart(curves.shares, lines, f"pixels {name}", f"P({_short(label)})", title)
        with place:
            show_drawing(chart, f"curve_{name}")
    st.markdown(curves_text(curves))
    st.caption(
        f"Petsiuk et al. 2018, RISE, section 4.1. Deleted pixels are {zero}; insertion begins with "
        "a Gaussian blur, 11 px wide, sigma 5 px, as in the "
        f"authors' code. {len(curves.shares) - 1} equal steps, where the authors' code takes one a "
        "row of the photo. The dashed line is the mean of three random orders. Deleting at random "
        "leaves a pattern of holes that no photo has, which can confuse a network faster than any "
        "map: ROAD is made against that."
    )


def curves_text(curves: DeletionInsertion) -> str:
    """The areas under the curves beside those of random orders, in two sentences."""
    ours, at_random = curves.by_map, curves.at_random
    deletion = "better" if ours.deletion_area < at_random.deletion_area else "no better"
    insertion = "better" if ours.insertion_area > at_random.insertion_area else "no better"
    return (
        f"**Deletion**: the area under the curve is {ours.deletion_area:.3f}, in a random order "
        f"{at_random.deletion_area:.3f}; lower is better, so the map is {deletion} than chance. "
        f"**Insertion**: {ours.insertion_area:.3f}, in a random order "
        f"{at_random.insertion_area:.3f}; higher is better, so the map is {insertion} than chance."
    )


def _show_road(curves: Road, label: str) -> None:
    # The percentiles say what stays: from the last to the first, more and more is removed.
    removed = [1 - percentile / 100 for percentile in curves.percentiles[::-1]]
    most, least = curves.most_relevant_first[::-1], curves.least_relevant_first[::-1]
    lines = [
        Line("least important first", least, RANDOM, dashed=True),
        Line("most important first", most, MAP),
    ]
    title = f"Change of the probability of {label} when pixels are removed"
    left, right = st.columns([3, 2], vertical_alignment="center")
    with left:
        chart = line_chart(removed, lines, "pixels removed", "change of P", title, -0.05, 0.05)
        show_drawing(chart, "road_lines")
    with right:
        st.dataframe(
            {
                "removed": [f"{share:.0%}" for share in removed],
                "most important": [points(change) for change in most],
                "least important": [points(change) for change in least],
            },
            hide_index=True,
            width="stretch",
        )
    st.markdown(road_text(curves))
    st.caption(
        "Rong et al. 2022, by pytorch-grad-cam; the change of the class's probability in "
        "percentage points. Equal values of the map are ordered at random. The library adds a "
        "little noise (0.01), so that a repetition differs slightly."
    )


def road_text(curves: Road) -> str:
    """The combined score and what it means."""
    combined = curves.combined
    meaning = "no more than the rest: no better than chance."
    if combined > 0:
        meaning = "more to the network than the rest."
    return (
        f"**Combined: {points(combined)} points**, half the mean difference of the two lines; "
        f"0 is chance, more is better. The pixels it calls important matter {meaning}"
    )


def _show_sanity(explained: Explanation, steps: list[RandomisedMap]) -> None:
    with st.grid(len(steps), min_column_width=130):
        for step in steps:
            caption = f"{step_name(explained.subject, step)}: {correlation_text(step)}"
            picture = explained.over_photo(step.map)
            st.image(picture, caption, width="stretch", alt=caption)
    st.markdown(verdict(steps, explained.method.title))
    st.caption(
        "Adebayo et al. 2018, section 3.2, cascading randomisation, here part by part where the "
        "paper goes layer by layer. Below each map: Spearman's rank correlation with the first "
        "one, over all pixels."
    )


def step_name(subject: Subject, step: RandomisedMap) -> str:
    """Which weights have just become random, in words."""
    if not step.random_parts:
        return "Untrained, as it is" if subject.is_random else "Trained"
    part = step.random_parts[-1]
    name = f"stage {int(part.rpartition('.')[2]) + 1}" if part.startswith("stages") else part
    return f"+ {name} (all random)" if part == "stem" else f"+ {name}"


def correlation_text(step: RandomisedMap) -> str:
    """The correlation with the original map."""
    if np.isnan(step.correlation):
        return "empty map"
    return f"ρ = {step.correlation:.2f}".replace("-", "−")  # noqa: RUF001


def verdict(steps: list[RandomisedMap], title: str) -> str:
    """Whether a map follows the weights, by the mean correlation of all randomised steps."""
    known = [step.correlation for step in steps[1:] if not np.isnan(step.correlation)]
    if not known:
        return "No verdict: the map, or every map of the randomised networks, is empty."
    mean = float(np.mean(known))
    rule = (
        f"The mean correlation of the randomised maps with the first one is {mean:.2f}; "
        f"below {LIMIT} a map passes, which is a rule of ours: the paper draws no line. "
    ).replace("-", "−")  # noqa: RUF001
    if mean < LIMIT:
        return f"**Passed.** {rule}{title} here depends on what the network has learned."
    return (
        f"**Failed.** {rule}{title} here shows much the same whatever the network has learned: "
        "the image's edges more than the network's reasons."
    )


def points(share: float) -> str:
    """A difference of probabilities in percentage points, with its sign."""
    return f"{100 * share:+.1f}".replace("-", "−")  # noqa: RUF001


def _short(label: str) -> str:
    return label if len(label) <= 18 else f"{label[:17]}…"
