"""The four observations of the DenseNet paper on screen, each with this network's number."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnnviz.analysis.reuse.observations import Observation

SIGNS = {
    "true": (":material/check_circle:", "green"),
    "false": (":material/cancel:", "red"),
    "undecided": (":material/help:", "gray"),
}


def show_observations(found: Sequence[Observation]) -> None:
    """Draw each statement with its verdict, its number and the rule by which it is decided."""
    st.subheader("Does what the paper observes hold for this network?")
    with st.container(horizontal=True, gap="small"):
        for each in found:
            with st.container(border=True, width=268):
                _show(each)
    st.caption(
        "The statements are those of Huang et al. 2017, section 5; the paper gives no numbers for "
        "them, so the limits are rules of this program. They are measured by the mean absolute "
        "weight, whatever the pictures show. Freshly drawn weights decide nothing: a chi-square "
        "value of the weights concerned must lie five standard deviations above its mean."
    )


def _show(found: Observation) -> None:
    icon, colour = SIGNS[found.verdict]
    st.markdown(f"{found.claim} :{colour}-badge[{icon} {found.verdict}]")
    number = "nothing to measure" if found.number is None else f"{found.number:.3g}"
    st.markdown(f"**{number}**: {found.says}.")
    st.caption(f"{found.why} {found.rule}".strip())
