"""Gradient flow: does the gradient reach the first layer?"""

import streamlit as st

from cnnviz.ui.gradient_flow.activations import show_activations
from cnnviz.ui.gradient_flow.by_architecture import show_by_architecture
from cnnviz.ui.gradient_flow.chain import show_chain
from cnnviz.ui.gradient_flow.during_training import show_during_training
from cnnviz.ui.gradient_flow.identity_path import show_identity_path
from cnnviz.ui.parts import address
from cnnviz.ui.parts.layout import Section, choose_section
from cnnviz.ui.parts.page import made_or_said, open_page

VIEWS = {
    "twins": Section(
        show_by_architecture,
        "How large is the gradient of each layer before the first step? Networks "
        "with different connections, overlaid.",
        "By architecture",
    ),
    "over a run": Section(
        show_during_training, "How does the gradient change during training?", "During training"
    ),
    "the chain": Section(
        show_chain,
        "Why does a gradient vanish? Change a number and watch the product.",
        "Chain rule",
    ),
    "the identity path": Section(
        show_identity_path,
        "Why does it not vanish in residual networks? The share of the signal that takes the "
        "shortcut, forward and backward.",
        "Identity path",
    ),
    "activations": Section(
        show_activations,
        "What reaches the last layer under each initialisation? Choose a network and its "
        "activation.",
    ),
}

open_page("Gradient flow")
st.title("Does the gradient reach the first layer?")
view = choose_section("View", VIEWS, address.VIEW)
st.markdown(view.question)
made_or_said(view.show)
