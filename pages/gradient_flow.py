"""Gradient flow: does the gradient reach the first layer?"""

import streamlit as st

from cnnviz.ui.gradient_flow.activations import show_activations
from cnnviz.ui.gradient_flow.chain import show_chain
from cnnviz.ui.gradient_flow.controls import choose_view
from cnnviz.ui.gradient_flow.identity_path import show_identity_path
from cnnviz.ui.gradient_flow.over_a_run import show_over_a_run
from cnnviz.ui.gradient_flow.twins import show_twins
from cnnviz.ui.page import open_page
from cnnviz.ui.photo.chosen import show_or_say

# What each view answers, and what draws it.
ANSWERS = {
    "twins": (
        "How large is the gradient of each layer before the first step? Networks that differ in "
        "how a layer's input gets to the next, laid over each other.",
        show_twins,
    ),
    "over a run": (
        "The same while a network trains: does it get better or worse with the epochs?",
        show_over_a_run,
    ),
    "the chain": (
        "Why a gradient vanishes, by hand: change a number and watch the product.",
        show_chain,
    ),
    "the identity path": (
        "Why it does not vanish in residual networks: how much of the signal takes the shortcut, "
        "forward and back.",
        show_identity_path,
    ),
    "activations": (
        "What arrives in the last layer under each way of drawing the weights? Choose a network "
        "and its activation.",
        show_activations,
    ),
}

open_page("Gradient flow")
st.title("Does the gradient reach the first layer?")
question, show = ANSWERS[choose_view()]
st.markdown(question)
show_or_say(show)
