"""Gradient flow: does the gradient reach the first layer?"""

import streamlit as st

from cnnviz.ui.gradient_flow.activations import show_activations
from cnnviz.ui.gradient_flow.by_architecture import show_by_architecture
from cnnviz.ui.gradient_flow.chain import show_chain
from cnnviz.ui.gradient_flow.controls import choose_view
from cnnviz.ui.gradient_flow.during_training import show_during_training
from cnnviz.ui.gradient_flow.identity_path import show_identity_path
from cnnviz.ui.parts.page import made_or_said, open_page

# The question of each view, and the function that draws it.
ANSWERS = {
    "twins": (
        "How large is the gradient of each layer before the first step? Networks "
        "with different connections, overlaid.",
        show_by_architecture,
    ),
    "over a run": (
        "How does the gradient change during training?",
        show_during_training,
    ),
    "the chain": (
        "Why does a gradient vanish? Change a number and watch the product.",
        show_chain,
    ),
    "the identity path": (
        "Why does it not vanish in residual networks? The share of the signal that takes the "
        "shortcut, forward and backward.",
        show_identity_path,
    ),
    "activations": (
        "What reaches the last layer under each initialisation? Choose a network and its "
        "activation.",
        show_activations,
    ),
}

open_page("Gradient flow")
st.title("Does the gradient reach the first layer?")
question, show = ANSWERS[choose_view()]
st.markdown(question)
made_or_said(show)
