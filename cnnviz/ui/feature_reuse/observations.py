"""The four observations of the DenseNet paper on screen, each with this network's number."""

from collections.abc import Sequence

import streamlit as st

from cnnviz.analysis.reuse.observations import Observation

SIGNS = {
    "true": (":material/check_circle:", "green"),
    "false": (":material/cancel:", "red"),
    "undecided": (":material/help:", "gray"),
}


def show_observations(observations: Sequence[Observation]) -> None:
    """Draw each statement with its verdict, its number and the rule by which it is decided."""
    st.subheader("Do the paper's observations hold for this network?")
    with st.container(horizontal=True, gap="small"):
        for each in observations:
            with st.container(border=True, width=268):
                _show(each)
    st.caption(
        "The statements are those of Huang et al. 2017, section 5; the paper gives no numbers for "
        "them, so the limits are this program's. The measure is always the mean absolute weight. "
        "Random weights decide nothing: the chi-square value of the weights must be five "
        "standard deviations above its mean."
    )


def _show(observation: Observation) -> None:
    icon, colour = SIGNS[observation.verdict]
    st.markdown(f"{observation.claim} :{colour}-badge[{icon} {observation.verdict}]")
    number = "nothing to measure" if observation.number is None else f"{observation.number:.3g}"
    st.markdown(f"**{number}**: {observation.says}.")
    st.caption(f"{observation.why} {observation.rule}".strip())
